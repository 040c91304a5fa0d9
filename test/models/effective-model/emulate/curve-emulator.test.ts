import { describe, expect, test } from "vitest";
import { createPrng } from "../../../../src/core/prng.ts";
import type { Calculation } from "../../../../src/models/effective-model/emulate/calculation.ts";
import { createCurveEmulator } from "../../../../src/models/effective-model/emulate/curve-emulator.ts";
import { createGradientProcess } from "../../../../src/models/effective-model/emulate/gradient-process.ts";

const low = Float64Array.of(-4, -4);
const high = Float64Array.of(4, 4);

/** Three curve values that bend in both couplings. */
function curve(x: ArrayLike<number>): Float64Array {
  const [a = 0, b = 0] = Array.from(x);
  return Float64Array.of(Math.tanh(a - 0.4 * b), Math.sin(0.5 * a) * b, 0.1 * a * a + b);
}

function calculate(x: Float64Array): Calculation {
  const [a = 0, b = 0] = x;
  const s = 1 - Math.tanh(a - 0.4 * b) ** 2;
  const slopes = Float64Array.of(
    ...[s, -0.4 * s],
    ...[0.5 * Math.cos(0.5 * a) * b, Math.sin(0.5 * a)],
    ...[0.2 * a, 1],
  );
  return { x, values: curve(x), slopes };
}

const prng = createPrng("emulator");
const calculated = Array.from({ length: 60 }, () =>
  calculate(Float64Array.of(8 * prng.next() - 4, 8 * prng.next() - 4)),
);
const identity = Float64Array.of(1, 0, 0, 1);
const methods = [
  ["Shepard interpolation", createCurveEmulator(calculated, low, high), 0.2, 1],
  ["the Gaussian process", createGradientProcess(calculated, identity)!, 0.02, 4],
] as const;

describe.each(methods)("%s", (_, emulator, tolerance, digits) => {
  test("gives the calculations back", () => {
    for (const one of calculated.slice(0, 10)) {
      const { values, slopes } = emulator.predictWithSlopes(one.x);
      for (const [l, value] of values.entries()) expect(value).toBeCloseTo(one.values[l]!, 4);
      for (const [i, slope] of slopes.entries()) expect(slope).toBeCloseTo(one.slopes[i]!, 3);
    }
  });

  // Shepard's radius moves with the point too: a small part of the slope that is left out
  test("its slopes are the derivatives of its values", () => {
    const h = 1e-5;
    for (const x of [Float64Array.of(0.3, -1.1), Float64Array.of(-2.2, 1.7)]) {
      const { slopes } = emulator.predictWithSlopes(x);
      for (const k of [0, 1]) {
        const above = emulator.predict(x.map((v, a) => (a === k ? v + h : v)));
        const below = emulator.predict(x.map((v, a) => (a === k ? v - h : v)));
        above.forEach((v, l) => {
          expect(slopes[2 * l + k]).toBeCloseTo((v - below[l]!) / (2 * h), digits);
        });
      }
    }
  });

  test("between calculations it errs little", () => {
    const errors = Array.from({ length: 50 }, () => {
      const x = Float64Array.of(6 * prng.next() - 3, 6 * prng.next() - 3);
      const truth = curve(x);
      return Math.max(...emulator.predict(x).map((v, l) => Math.abs(v - truth[l]!)));
    });
    expect(errors.sort((a, b) => a - b)[40]).toBeLessThan(tolerance);
  });
});
