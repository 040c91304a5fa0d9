import { describe, expect, test } from "vitest";
import { censoredField, nearPlaces } from "../../src/numeric/censored-process.ts";
import { normalCdf } from "../../src/numeric/normal-distribution.ts";

const FIELD = { mean: -0.15, amplitude: 0.4, length: 0.3, ownDeviation: 0.02 };

function line(values: readonly number[], deviations: readonly number[], order?: readonly number[]) {
  const rows = order ?? values.map((_, k) => k);
  const points = Float64Array.from(rows, (k) => k / 20);
  const value = Float64Array.from(rows, (k) => values[k]!);
  const deviation = Float64Array.from(rows, (k) => deviations[k]!);
  return censoredField({ value, deviation }, nearPlaces(points, 1), FIELD);
}

/** P(g > 0 | y) of a place alone, by the trapezoidal rule. */
function byQuadrature(y: number, deviation: number): number {
  const spread2 = FIELD.amplitude ** 2 + FIELD.ownDeviation ** 2;
  let above = 0;
  let all = 0;
  for (let g = -3; g <= 3; g += 1e-4) {
    const seen = (y - Math.max(0, g)) / deviation;
    const weight = Math.exp(-((g - FIELD.mean) ** 2) / (2 * spread2) - (seen * seen) / 2);
    all += weight;
    if (g > 0) above += weight;
  }
  return above / all;
}

describe("a field that is cut off at zero", () => {
  test.each([
    [0, 0.05],
    [0.1, 0.05],
    [-0.08, 0.05],
    [0.05, 0.3],
  ])("a place alone, %d +- %d, is what the integral says", (y, deviation) => {
    const { present, expected } = line([y], [deviation]);
    expect(present[0]).toBeCloseTo(byQuadrature(y, deviation), 3);
    const spread = Math.hypot(FIELD.amplitude, FIELD.ownDeviation);
    expect(expected[0]).toBeCloseTo(normalCdf(FIELD.mean / spread), 9);
  });

  test("amounts too small to be seen alone are seen together", () => {
    const deviation = 0.1;
    const alone = line([0.12], [deviation]).present[0]!;
    const together = line(new Array(9).fill(0.12), new Array(9).fill(deviation)).present[4]!;
    expect(alone).toBeLessThan(0.6);
    expect(together).toBeGreaterThan(0.9);
  });

  test("where it would be seen and is not it is absent, whatever its neighbours have", () => {
    const values = [0.5, 0.4, 0.3, 0, 0, 0, 0, 0];
    const { present, expected } = line(values, new Array(8).fill(0.01));
    expect(Array.from(present, (p) => p > 0.5)).toEqual(values.map((v) => v > 0));
    expect(present[5]).toBeLessThan(0.1);
    expect(expected[3]).toBeGreaterThan(0.8);
    expect(expected[7]).toBeLessThan(0.3);
  });

  test("a place without a measurement has what the others expect, and changes nothing for them", () => {
    const known = line([0.3, 0.3, 0.3], [0.05, 0.05, 0.05]);
    const more = line([0.3, 0.3, 0.3, 0], [0.05, 0.05, 0.05, Number.POSITIVE_INFINITY]);
    expect(more.present[3]).toBe(more.expected[3]);
    expect(more.present[3]).toBeGreaterThan(0.8);
    for (const k of [0, 1, 2]) expect(more.present[k]).toBeCloseTo(known.present[k]!, 12);
  });

  test("does not depend on the order of the places", () => {
    const values = [0.3, 0.11, 0.07, 0.02, 0, -0.04];
    const deviations = [0.05, 0.1, 0.04, 0.06, 0.1, 0.05];
    const plain = line(values, deviations).present;
    const order = [3, 5, 0, 2, 4, 1];
    const other = line(values, deviations, order).present;
    order.forEach((k, row) => {
      expect(other[row]).toBeCloseTo(plain[k]!, 9);
    });
  });
});
