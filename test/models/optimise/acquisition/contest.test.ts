import { expect, test } from "vitest";
import { createPrng } from "../../../../src/core/prng.ts";
import { argmax } from "../../../../src/models/optimise/acquisition/belief.ts";
import {
  logExpectedImprovement,
  logProbabilityOfImprovement,
} from "../../../../src/models/optimise/acquisition/improvement.ts";
import { fc } from "../../../support/properties.ts";

const COUNT = 300;
const DRAWS = 8;

/** Draws that share most of a course, as those of a batch do; some candidates twice, some impossible, some taken. */
function drawn(seed: number, sharpness: number) {
  const prng = createPrng(`contest/${seed}`);
  const course = Float64Array.from({ length: COUNT }, () => sharpness * prng.normal());
  for (let n = 10; n < 20; n++) course[n] = course[n + 100]!;
  const shift = Float64Array.from({ length: COUNT }, () => prng.next() ** 8);
  const means = Array.from({ length: DRAWS }, () => {
    const e = prng.normal();
    return course.map((x, n) => x + e * shift[n]!);
  });
  const variance = Float64Array.from({ length: COUNT }, () => 1e-4 + prng.next() ** 4);
  const incumbents = Float64Array.from({ length: DRAWS }, () => sharpness + 3 * prng.next());
  const weights = [
    Float64Array.from({ length: COUNT }, () => -3 * prng.next()),
    Float64Array.from({ length: COUNT }, () => (prng.next() < 0.1 ? Number.NEGATIVE_INFINITY : 0)),
  ];
  const eligible = Uint8Array.from({ length: COUNT }, () => (prng.next() < 0.8 ? 1 : 0));
  return { belief: { means, variance }, incumbents, weights, eligible };
}

test.each([
  ["improvement", logExpectedImprovement],
  [
    "probability",
    (...[belief, incumbents, contest]: Parameters<typeof logExpectedImprovement>) =>
      logProbabilityOfImprovement(belief, incumbents, 0.01, contest),
  ],
] as const)(
  "%s: a contest has the winner of all scores, with its score to the bit, and losers that lose",
  (_, law) => {
    let exact = 0;
    fc.assert(
      fc.property(fc.nat(1e6), fc.constantFrom(0.01, 1, 30, 1e3), (seed, sharpness) => {
        const { belief, incumbents, weights, eligible } = drawn(seed, sharpness);
        const all = law(belief, incumbents);
        const some = law(belief, incumbents, { eligible, weights });
        const total = (scores: Float64Array): Float64Array =>
          scores.map((s, n) => weights.reduce((sum, w) => sum + w[n]!, s));
        const winner = (scores: Float64Array): number =>
          argmax(total(scores), eligible, (n) => belief.variance[n]!, createPrng("tie").next);
        expect(winner(some)).toBe(winner(all));
        expect(some[winner(all)]).toBe(all[winner(all)]);
        for (let n = 0; n < COUNT; n++) {
          if (eligible[n] === 0) continue;
          expect(some[n]!).toBeGreaterThanOrEqual(all[n]! - 1e-9 * Math.abs(all[n]!));
          if (some[n] === all[n]) exact++;
        }
      }),
      { numRuns: 60 },
    );
    expect(exact).toBeGreaterThan(0);
    expect(exact).toBeLessThan(0.5 * 60 * COUNT);
  },
);
