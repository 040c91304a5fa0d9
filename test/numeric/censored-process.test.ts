import { describe, expect, test } from "vitest";
import { censoredField, type LatentField, nearPlaces } from "../../src/numeric/censored-process.ts";
import { normalCdf } from "../../src/numeric/normal-distribution.ts";

const LENGTH = 0.3;
const SMOOTH = {
  ...{ mean: -0.15, amplitude: 0.4, ownDeviation: 0.02 },
  kink: { chance: 0, deviation: 0.2 },
};
const KINKED = { ...SMOOTH, kink: { chance: 0.3, deviation: 0.2 } };

function line(
  values: readonly number[],
  deviations: readonly number[],
  {
    order,
    field = SMOOTH,
  }: { readonly order?: readonly number[]; readonly field?: LatentField } = {},
) {
  const rows = order ?? values.map((_, k) => k);
  const points = Float64Array.from(rows, (k) => k / 20);
  const value = Float64Array.from(rows, (k) => values[k]!);
  const deviation = Float64Array.from(rows, (k) => deviations[k]!);
  return censoredField({ value, deviation }, nearPlaces(points, 1, LENGTH), field);
}

/** P(g > 0 | y) of a place alone, by the trapezoidal rule. */
function byQuadrature(y: number, deviation: number, field: LatentField): number {
  const spread2 = field.amplitude ** 2 + field.ownDeviation ** 2;
  const { chance, deviation: kink } = field.kink;
  const density = (off: number, variance: number): number =>
    Math.exp(-(off * off) / (2 * variance)) / Math.sqrt(variance);
  let above = 0;
  let all = 0;
  for (let g = -3; g <= 3; g += 1e-4) {
    const seen = (y - Math.max(0, g)) / deviation;
    const off = g - field.mean;
    const before =
      (1 - chance) * density(off, spread2) + chance * density(off, spread2 + kink * kink);
    const weight = before * Math.exp(-(seen * seen) / 2);
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
    expect(present[0]).toBeCloseTo(byQuadrature(y, deviation, SMOOTH), 3);
    const spread = Math.hypot(SMOOTH.amplitude, SMOOTH.ownDeviation);
    expect(expected[0]).toBeCloseTo(normalCdf(SMOOTH.mean / spread), 9);
    const kinked = line([y], [deviation], { field: KINKED });
    expect(kinked.present[0]).toBeCloseTo(byQuadrature(y, deviation, KINKED), 3);
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

  test("where a field may have kinks neighbours do not carry a phase on that is not seen", () => {
    const values = [0.3, 0.3, 0.3, 0.3, 0, 0.3, 0.3, 0.3];
    const deviations = new Array<number>(8).fill(0.03);
    expect(line(values, deviations).present[4]).toBeGreaterThan(0.7);
    expect(line(values, deviations, { field: KINKED }).present[4]).toBeLessThan(0.4);
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
    const other = line(values, deviations, { order }).present;
    order.forEach((k, row) => {
      expect(other[row]).toBeCloseTo(plain[k]!, 9);
    });
  });
});
