import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { median } from "../support/statistics.ts";

const HERE = resolve(import.meta.dirname, "../..");
const ROUNDS = 3;

const USAGE = `process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  require("node:fs").writeSync(2, "\\nUSAGE " + (userCPUTime + systemCPUTime) / 1e6 + " " + maxRSS / 1e3);
});`;

interface Cost {
  readonly cpu_s: number;
  readonly rss_MB: number;
}

/**
 * Prints what commands cost, each in a process of its own, in turn with an earlier checkout that `TIELINE_BASE` names:
 * processor seconds of the whole command, its start included, and peak memory; medians of three.
 */
export function compareCommands(rows: readonly (readonly [string, readonly string[]])[]): void {
  const base = process.env["TIELINE_BASE"];
  const trees = base === undefined ? [HERE] : [resolve(base), HERE];
  const folder = mkdtempSync(join(tmpdir(), "tieline-usage-"));
  const usage = join(folder, "usage.cjs");
  writeFileSync(usage, USAGE);
  for (const [what, argv] of rows) {
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

function cost(tree: string, usage: string, argv: readonly string[]): Cost {
  const command = ["--require", usage, "--import", "tsx", join(tree, "src/main.ts"), ...argv];
  const { stderr } = spawnSync(process.execPath, command, {
    ...{ cwd: tree, encoding: "utf8", maxBuffer: 1e9 },
  });
  const [, cpu, rss] = /USAGE (\S+) (\S+)\s*$/.exec(stderr) ?? [];
  if (cpu === undefined) throw new Error(`${tree}: ${stderr.slice(-400)}`);
  return { cpu_s: Number(cpu), rss_MB: Number(rss) };
}
