import { createPrng } from "../../src/core/prng.ts";
import { type KnownTable, playOptimise } from "../../src/evaluation/play-optimise.ts";
import type { BenchmarkPool } from "./optimise-pools.ts";

/** One played campaign. */
export interface Play {
  readonly sampled: readonly number[];
  readonly regret: number;
  readonly hypervolume: number;
}

/** One campaign on a pool with random first points, the same for every method. */
export function play(pool: BenchmarkPool, seed: number, initial: number, budget: number): Play {
  const inputs = Object.keys(pool.rows[0] ?? {});
  const prng = createPrng(`initial/${seed}`);
  const initialRows = new Set<number>();
  while (initialRows.size < initial) initialRows.add(prng.integer(pool.rows.length));
  const run = playOptimise(
    tableOf(pool),
    {
      model: { objectives: pool.objectives, inputs, initial },
      batch: 1,
      budget,
      seed,
      reference: pool.reference,
      initialRows: [...initialRows],
    },
    () => performance.now(),
  );
  return {
    sampled: run.sampled,
    regret: run.simpleRegret.at(-1) ?? Number.NaN,
    hypervolume: run.hypervolume.at(-1) ?? Number.NaN,
  };
}

export function tableOf(pool: BenchmarkPool): KnownTable {
  return {
    space: { kind: "table", rows: pool.rows },
    candidates: pool.rows.length,
    outcomes: pool.outcomes,
  };
}
