import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareCommands } from "./command-costs.ts";
import { type NoisyTask, noisySpec } from "./effective-model-estimates.ts";

const TASK = new URL("../fixtures/heisenberg/kcu4p3o12_noisy.json", import.meta.url);
/** Of each curve so many points, evenly: two curves give 22. */
const POINTS = 11;

/**
 * What an estimate of eight spins on 22 points costs, errors included, beside an earlier checkout:
 * `TIELINE_BASE=DIR npm run bench -- spin-costs`.
 */
export async function run(): Promise<void> {
  const task = JSON.parse(readFileSync(TASK, "utf8")) as NoisyTask;
  const curves = task.curves.slice(0, 2).map((curve) => {
    const every = Math.floor(curve.H.length / POINTS);
    const thin = (values: readonly number[]): number[] =>
      values.filter((_, k) => k % every === every - 1).slice(0, POINTS);
    return { T: curve.T, H: thin(curve.H), m_per_spin: thin(curve.m_per_spin) };
  });
  const folder = mkdtempSync(join(tmpdir(), "tieline-spins-"));
  compareCommands(
    [1, 2].map((seed) => {
      const spec = join(folder, `seed-${seed}.json`);
      writeFileSync(spec, JSON.stringify(noisySpec({ ...task, curves }, { prior: "L2", seed })));
      const argv = ["effective-model", "estimate", "--spec", spec, "--json"];
      return [`estimate, 8 spins, 22 points, seed ${seed}`, argv] as const;
    }),
  );
  rmSync(folder, { recursive: true, force: true });
}

if (process.argv[1] === import.meta.filename) await run();
