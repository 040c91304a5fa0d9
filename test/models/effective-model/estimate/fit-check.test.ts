import { expect, test } from "vitest";
import { createPrng } from "../../../../src/core/prng.ts";
import { checkFit } from "../../../../src/models/effective-model/estimate/fit-check.ts";
import type { MeasuredCurve } from "../../../../src/models/effective-model/estimate/measured-curve.ts";

const L = 60;
const SIGMA = 0.01;
const map = { free: ["J1"] } as never;

function check(residual: (k: number) => number, isNoiseKnown: boolean) {
  const values = Float64Array.from({ length: L }, (_, k) => Math.tanh(k / 20));
  const curves = [values.subarray(0, 30), values.subarray(30)].map(
    (part) => ({ quantity: "magnetisation", points: [], values: part }) as MeasuredCurve,
  );
  const scales = new Float64Array(L).fill(isNoiseKnown ? SIGMA : 1);
  const found = values.map((v, k) => v + residual(k));
  return checkFit({ values, scales, isNoiseKnown, map }, curves, found);
}

test("white noise is explained, with and without a known sigma", () => {
  for (let seed = 0; seed < 30; seed++) {
    const prng = createPrng(seed);
    const noise = Float64Array.from({ length: L }, () => SIGMA * prng.normal());
    expect(check((k) => noise[k]!, true).isExplained).toBe(true);
    expect(check((k) => noise[k]!, false).isExplained).toBe(true);
  }
});

test("smooth residuals are a pattern even where sigma is not known", () => {
  const found = check((k) => 0.03 * Math.sin(k / 6), false);
  expect(found.isExplained).toBe(false);
  expect(found.neighbourRatio).toBeLessThan(0.2);
});

test("white residuals three times as large as stated are not explained", () => {
  const prng = createPrng("large");
  const found = check(() => 3 * SIGMA * prng.normal(), true);
  expect(found.isExplained).toBe(false);
  expect(found.reducedChi2).toBeGreaterThan(5);
});

test("what rounding leaves of data without noise is no pattern", () => {
  expect(check((k) => 1e-9 * Math.sin(k / 6), false).isExplained).toBe(true);
});
