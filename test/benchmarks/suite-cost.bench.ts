import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
/** Ticks a second of /proc, on every Linux of today. */
const TICKS_per_s = 100;
/** A checkout with its packages of the commit to compare with; without it this one alone is measured. */
const BASE = process.env["TIELINE_BASE"];

interface Cost {
  readonly cpu_s: number;
  readonly wall_s: number;
  readonly tests: number;
  readonly failed: number;
}

/**
 * Prints what `npm test` costs: processor time of all its processes (user and system, as Linux counts it for children that have ended)
 * beside that of an earlier checkout, one after the other on one machine: `TIELINE_BASE=DIR npm run bench -- suite-cost`.
 */
export async function run(): Promise<void> {
  const checkouts = [...(BASE === undefined ? [] : [BASE]), ROOT];
  const costs = checkouts.map((folder) => {
    const cost = suiteCost(folder);
    const { cpu_s, wall_s, tests, failed } = cost;
    const what = `${tests} tests (${failed} failed), ${cpu_s.toFixed(0)} s CPU, ${wall_s.toFixed(0)} s`;
    console.log(`${folder}: ${what}`);
    return cost;
  });
  const [base, now] = costs;
  if (base === undefined || now === undefined) return;
  console.log(`CPU time ${(now.cpu_s / base.cpu_s).toFixed(2)} of the base's`);
}

function suiteCost(folder: string): Cost {
  const report = join(mkdtempSync(join(tmpdir(), "tieline-suite-")), "report.json");
  const before = childTicks();
  const start_ms = performance.now();
  spawnSync("npx", ["vitest", "run", "--reporter=json", `--outputFile=${report}`], {
    cwd: folder,
    stdio: "ignore",
  });
  const { numTotalTests, numFailedTests } = JSON.parse(readFileSync(report, "utf8")) as {
    numTotalTests: number;
    numFailedTests: number;
  };
  return {
    cpu_s: (childTicks() - before) / TICKS_per_s,
    wall_s: (performance.now() - start_ms) / 1000,
    tests: numTotalTests,
    failed: numFailedTests,
  };
}

/** User and system time of ended children (proc(5): cutime, cstime). */
function childTicks(): number {
  const [, fields = ""] = readFileSync("/proc/self/stat", "utf8").split(") ");
  const [user = 0, system = 0] = fields.split(" ").slice(13, 15).map(Number);
  return user + system;
}
