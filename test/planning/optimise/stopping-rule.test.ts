import { expect, test } from "vitest";
import { createPrng } from "../../../src/core/prng.ts";
import { GaussianProcess } from "../../../src/models/optimise/gaussian-process.ts";
import { NO_WARP } from "../../../src/models/optimise/output-scale.ts";
import type { PoolBelief } from "../../../src/models/optimise/surrogate-model.ts";
import { createTrainingSet } from "../../../src/models/optimise/training-set.ts";
import { expectedExcess } from "../../../src/numeric/normal-distribution.ts";
import type { CampaignModel } from "../../../src/planning/optimise/campaign-model.ts";
import { poolOf } from "../../../src/planning/optimise/candidate-pool.ts";
import { createInputEncoding } from "../../../src/planning/optimise/input-encoding.ts";
import { findNiche } from "../../../src/planning/optimise/niche.ts";
import { estimateOutlook } from "../../../src/planning/optimise/stopping-rule.ts";

const COUNT = 500;

const height = ([a = 0, b = 0]: ArrayLike<number> & Iterable<number>): number =>
  Math.sin(6 * a) * Math.cos(5 * b);

/** A process over a pool of two axes that is told values with jumps, so that means move far. */
function campaign(seed: string, width: number, jump: number) {
  const prng = createPrng(seed);
  const axis = (name: string) => ({ kind: "numeric" as const, name, min: 0, max: 1 });
  const candidates = Array.from({ length: COUNT }, (_, k) => ({
    candidateId: `c${k}`,
    parameters: { a: prng.next(), b: prng.next() },
  }));
  const pool = poolOf(candidates, createInputEncoding([axis("a"), axis("b")]));
  const x = () => Float64Array.of(prng.next(), prng.next());
  const rows = Array.from({ length: 25 }, x).map((p) => ({ x: p, value: height(p) }));
  const data = createTrainingSet(rows, 2, NO_WARP);
  const theta = { widths: Float64Array.of(width, width), signal: 1.2, noise: 0.02 };
  const gp = new GaussianProcess(data, theta, Int32Array.of(0, 1), "matern-5/2");
  const results = rows.map((row) => ({ x: row.x }));
  const tell = (): void => {
    const p = x();
    if (gp.append(p, height(p) + jump * prng.normal())) results.push({ x: p });
  };
  return { pool, gp, results, tell, prng };
}

test.each(["a", "b", "c", "d"])(
  "what going on promises is what all candidates promise, to the bit (%s)",
  (seed) => {
    const { pool, gp, results, tell, prng } = campaign(seed, 0.35, 1);
    const lazy = gp.over(pool.inputs);
    const quantity = { role: "objective", surrogate: { gp } };
    const known = { rows: results, isFeasible: () => true, posterior: () => lazy };
    const model = { quantities: [quantity], ...known } as unknown as CampaignModel;
    for (let round = 0; round < 30; round++) {
      const eligible = Uint8Array.from({ length: COUNT }, () => (prng.next() < 0.5 ? 1 : 0));
      const incumbent = gp.fitted().reduce((most, f) => Math.max(most, f));
      const { mean, variance } = gp.over(pool.inputs);
      let [gain, bound] = [0, incumbent];
      for (let n = 0; n < COUNT; n++) {
        if (eligible[n] === 0) continue;
        const sd = Math.sqrt(variance[n]!);
        bound = Math.max(bound, incumbent + (mean[n]! - incumbent) + 2 * sd);
        gain = Math.max(gain, sd * expectedExcess((mean[n]! - incumbent) / sd));
      }
      const { output } = gp;
      const base = output.toUser(incumbent);
      expect(estimateOutlook(model, eligible)).toEqual({
        expectedGain: output.toUser(incumbent + gain) - base,
        regretBound: output.toUser(bound) - base,
      });
      tell();
    }
  },
);

test("the next hill is the one that all candidates show, while results surprise", () => {
  let niches = 0;
  for (const seed of ["e", "f", "g", "h"]) {
    const { pool, gp, tell, prng } = campaign(seed, 0.7, 0.3);
    const lazy = gp.over(pool.inputs);
    for (let round = 0; round < 30; round++) {
      // Only what is lower than a level is open, so that the best hill may be exhausted.
      const level = 2 * prng.next() - 1;
      const eligible = Uint8Array.from(pool.candidates, ({ parameters: { a, b } }) =>
        height([Number(a), Number(b)]) < level ? 1 : 0,
      );
      const all = gp.over(pool.inputs);
      const told = { ...all, visitPromising: visitAll(all) };
      const niche = findNiche(pool, lazy, eligible);
      expect(niche).toEqual(findNiche(pool, told as unknown as PoolBelief, eligible));
      if (niche !== undefined) niches++;
      tell();
    }
  }
  expect(niches).toBeGreaterThan(10);
});

/** Shows every eligible candidate, whether it may win or not. */
function visitAll({ count, mean, variance }: PoolBelief): PoolBelief["visitPromising"] {
  return (eligible, { visit }) => {
    for (let n = 0; n < count; n++) if (eligible[n] === 1) visit(n, mean[n]!, variance[n]!);
  };
}

/** Shows two candidates one after the other, each where it may win, as far above the incumbent as is said. */
test("a candidate that promises less gain but may lie higher is looked at for the bound", () => {
  const { gp, results } = campaign("i", 0.35, 1);
  const incumbent = gp.fitted().reduce((most, f) => Math.max(most, f));
  const likely = { above: 0.5, sd: 0.1 };
  const uncertain = { above: -3, sd: 2 };
  const visitPromising: PoolBelief["visitPromising"] = (_, { mayWin, visit }) => {
    for (const [n, { above, sd }] of [likely, uncertain].entries())
      if (mayWin(incumbent + above, sd * sd)) visit(n, incumbent + above, sd * sd);
  };
  const belief = { gp, visitPromising };
  const known = { rows: results, isFeasible: () => true, posterior: () => belief };
  const quantity = { role: "objective", surrogate: { gp } };
  const model = { quantities: [quantity], ...known } as unknown as CampaignModel;
  const { expectedGain, regretBound } = estimateOutlook(model, Uint8Array.of(1, 1))!;
  const { output } = gp;
  const told = (above: number): number =>
    output.toUser(incumbent + above) - output.toUser(incumbent);
  expect(regretBound).toBeCloseTo(told(-3 + 2 * 2), 9);
  expect(expectedGain).toBeCloseTo(told(0.5), 4);
});
