import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { compareCommands } from "./command-costs.ts";
import { fineSection } from "./maps/large-map.ts";
import { hasSharedData } from "./maps/shared-data.ts";
import { writeTruth } from "./maps/write-truth.ts";

const SECTION = resolve(
  import.meta.dirname,
  "../../../../shared/data/phase-diagrams/al-mg-zn_608K_1pct.csv",
);
/** 5151 compositions at 39 temperatures. */
const LEVELS = 39;
const RESULTS = 60;

/**
 * What maps cost, each in a process of its own, in turn with an earlier checkout that `TIELINE_BASE` names:
 * `TIELINE_BASE=DIR npm run bench -- map-costs`. Processor seconds of the whole command, its start included; medians of three.
 */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tieline-costs-"));
  compareCommands(rows(folder));
  rmSync(folder, { recursive: true, force: true });
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

if (process.argv[1] === import.meta.filename) await run();
