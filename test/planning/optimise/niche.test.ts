import { expect, test } from "vitest";
import { GaussianProcess } from "../../../src/models/optimise/gaussian-process.ts";
import { createTrainingSet } from "../../../src/models/optimise/training-set.ts";
import { poolOf } from "../../../src/planning/optimise/candidate-pool.ts";
import { createInputEncoding } from "../../../src/planning/optimise/input-encoding.ts";
import { findNiche } from "../../../src/planning/optimise/niche.ts";

/** Candidates on a line; results all around the higher hill at 0.2 and a single one on the slope of the lower at 0.8. */
function situation(width: number) {
  const encoding = createInputEncoding([{ kind: "numeric", name: "a", min: 0, max: 1 }]);
  const candidates = Array.from({ length: 101 }, (_, k) => ({
    candidateId: `c${k}`,
    parameters: { a: k / 100 },
  }));
  const pool = poolOf(candidates, encoding);
  const hills = (a: number): number =>
    Math.exp(-(((a - 0.2) / 0.1) ** 2)) + 0.9 * Math.exp(-(((a - 0.8) / 0.1) ** 2));
  const measured = [...Array.from({ length: 41 }, (_, k) => k), 74];
  const rows = measured.map((k) => ({ x: Float64Array.of(k / 100), value: hills(k / 100) }));
  const theta = { widths: Float64Array.of(width), signal: 0.3, noise: 1e-3 };
  const gp = new GaussianProcess(
    createTrainingSet(rows, 1),
    theta,
    Int32Array.of(0),
    "squared-exponential",
  );
  const eligible = new Uint8Array(101).fill(1);
  for (const k of measured) eligible[k] = 0;
  return { pool, belief: gp.over(pool.inputs), eligible };
}

test("an exhausted hill is left out, and the next one's own best is to be beaten", () => {
  const { pool, belief, eligible } = situation(0.1);
  const niche = findNiche(pool, belief, eligible);
  expect(niche).toBeDefined();
  expect(belief.gp.output.toUser(niche!.incumbent)).toBeCloseTo(0.9 * Math.exp(-0.36), 1);
  expect(niche!.eligible[80]).toBe(1);
  for (let k = 0; k <= 28; k++) expect(niche!.eligible[k]).toBe(0);
  expect([...eligible].reduce((sum, e) => sum + e, 0)).toBe(59);
});

test("while the best hill promises a gain there is no niche", () => {
  const { pool, belief, eligible } = situation(0.1);
  belief.variance.fill(1, 45, 60);
  expect(findNiche(pool, belief, eligible)).toBeUndefined();
});

/** At a mean that equals the incumbent a deviation s promises a gain of s phi(0). */
const PHI_0 = 1 / Math.sqrt(2 * Math.PI);

test.each([
  ["the best hill promises more than 1e-4", [1.1e-4], undefined],
  ["the best hill promises less than 1e-4, the next one more than 1e-3", [0.9e-4, 1.1e-3], 2],
  ["the next one promises less than 1e-3", [0.9e-4, 0.9e-3, 1], 3],
] as const)("a hill is left where it promises too little: %s", (_, gains, hill) => {
  const { pool, belief, eligible } = situation(0.1);
  const fitted = belief.gp.fitted();
  // The three hills of this situation: around 0.2, the slope at 0.74, and what is left on both sides of the first.
  const fittedAt = (a: number): number =>
    fitted[belief.gp.points.findIndex(([x = 0]) => Math.abs(x * 0.1 - a) < 0.005)] ?? 0;
  const tops = [fittedAt(0.2), fittedAt(0.74), Math.max(fittedAt(0.08), fittedAt(0.32))];
  let asked = 0;
  const visitPromising: typeof belief.visitPromising = (_open, { mayWin, visit }) => {
    const variance = ((gains[asked] ?? 0) / PHI_0) ** 2;
    const mean = tops[asked++] ?? 0;
    if (mayWin(mean, variance)) visit(0, mean, variance);
  };
  const niche = findNiche(pool, { ...belief, gp: belief.gp, visitPromising }, eligible);
  expect(asked).toBe(gains.length);
  expect(niche?.incumbent).toBe(hill === undefined ? undefined : tops[hill - 1]);
});
