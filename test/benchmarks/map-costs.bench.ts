import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fineSection } from "./maps/large-map.ts";
import { hasSharedData } from "./maps/shared-data.ts";
import { writeTruth } from "./maps/write-truth.ts";

const HERE = resolve(import.meta.dirname, "../..");
const SECTION = resolve(HERE, "../../shared/data/phase-diagrams/al-mg-zn_608K_1pct.csv");
/** 5151 compositions at 39 temperatures. */
const LEVELS = 39;
const RESULTS = 60;
const ROUNDS = 3;

/**
 * What maps cost, each in a process of its own, in turn with an earlier checkout that `TIELINE_BASE` names:
 * `TIELINE_BASE=DIR npm run bench -- map-costs`. Processor seconds of the whole command, its start included; medians of three.
 */
export async function run(): Promise<void> {
  const base = process.env["TIELINE_BASE"];
  const trees = base === undefined ? [HERE] : [resolve(base), HERE];
  const folder = mkdtempSync(join(tmpdir(), "tieline-costs-"));
  const usage = join(folder, "usage.cjs");
  writeFileSync(usage, USAGE);
  for (const [what, argv] of rows(folder)) {
    const measured = trees.map((): Cost[] => []);
    for (let round = 0; round < ROUNDS; round++)
      for (const [k, tree] of trees.entries()) measured[k]!.push(cost(tree, usage, argv));
    const texts = measured.map((costs) => {
      const [cpu, memory] = [median(costs.map((c) => c.cpu_s)), median(costs.map((c) => c.rss_MB))];
      return `${cpu.toFixed(2)} s ${memory.toFixed(0)} MB`;
    });
    console.log(`${what}: ${texts.join(" -> ")}; load ${loadavg()[0]?.toFixed(1)}`);
  }
  rmSync(folder, { recursive: true, force: true });
}

const USAGE = `process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  require("node:fs").writeSync(2, "\\nUSAGE " + (userCPUTime + systemCPUTime) / 1e6 + " " + maxRSS / 1e3);
});`;

interface Cost {
  readonly cpu_s: number;
  readonly rss_MB: number;
}

function cost(tree: string, usage: string, argv: readonly string[]): Cost {
  const command = ["--require", usage, "--import", "tsx", join(tree, "src/main.ts"), ...argv];
  const { stderr } = spawnSync(process.execPath, command, {
    ...{ cwd: tree, encoding: "utf8", maxBuffer: 1e9 },
  });
  const [, cpu, rss] = /USAGE (\S+) (\S+)\s*$/.exec(stderr) ?? [];
  if (cpu === undefined) throw new Error(`${tree}: ${stderr.slice(-400)}`);
  return { cpu_s: Number(cpu), rss_MB: Number(rss) };
}

function rows(folder: string): (readonly [string, readonly string[]])[] {
  const section = fineSection();
  const play = ["evaluate", "phase-diagram", "--axes", section.axes.join(",")];
  const published = ["--method", "label-propagation", "--score", "least-confident"];
  const truth = writeTruth(section, section.file);
  const table = join(folder, "candidates.csv");
  writeFileSync(table, largeTable());
  const suggest = ["suggest", "--candidates", table, "--goal", "phase-diagram", "--batch", "3"];
  const noisy = ["evaluate", "phase-diagram", "--truth", SECTION, "--axes", "x_A,x_B,x_C"];
  const told = ["--label", "phases", "--composition-noise", "0.01", "--budget", "60"];
  return [
    ["version only", ["--version"]],
    [
      "published kernel, N = 5151, 10 + 8 results",
      [...play, "--truth", truth, ...published, "--initial", "10", "--budget", "18"],
    ],
    [`suggest, N = ${LEVELS * 5151}`, suggest],
    ...(hasSharedData()
      ? [["composition noise, N = 5151, 60 results", [...noisy, ...told]] as const]
      : []),
  ];
}

function largeTable(): string {
  const lines: string[] = [];
  for (let t = 0; t < LEVELS; t++) {
    for (let a = 0; a <= 100; a++) {
      for (let b = 0; a + b <= 100; b++) {
        const n = lines.length;
        const isMeasured = n % Math.floor((LEVELS * 5151) / RESULTS) === 7;
        const phase = a + t > 70 ? "alpha" : b > 45 ? "beta" : a + b < 50 - t ? "gamma" : "delta";
        const at = `${a / 100},${b / 100},${(100 - a - b) / 100},${500 + 20 * t}`;
        lines.push(`${at},${isMeasured ? phase : ""}`);
      }
    }
  }
  return `A,B,C,T,phases\n${lines.join("\n")}\n`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

if (process.argv[1] === import.meta.filename) await run();
