import { describe, expect, test } from "vitest";
import { GaussianProcess } from "../../../src/models/optimise/gaussian-process.ts";
import type { Hyperparameters } from "../../../src/models/optimise/hyperparameters.ts";
import { settleBounds } from "../../../src/models/optimise/settle-bounds.ts";
import { createTrainingSet, type TrainingRow } from "../../../src/models/optimise/training-set.ts";
import { normalCdf } from "../../../src/numeric/normal-distribution.ts";

const THETA: Hyperparameters = { widths: Float64Array.of(0.3), signal: 1, noise: 0.1 };
const GROUPS = Int32Array.of(0);
const KIND = "matern-5/2";
const row = (x: number, value: number, bound?: TrainingRow["bound"]): TrainingRow => ({
  x: Float64Array.of(x),
  value,
  bound,
});

/** Mean and variance of the function at `x`, standardised, by summing over a grid of its values at the bounds. */
function integrated(rows: readonly TrainingRow[], mean: number, x: number) {
  const data = createTrainingSet(rows, 1);
  const bounds = data.bounds ?? new Int8Array(data.count);
  const values = [...bounds.keys()].filter((i) => bounds[i] === 0);
  const limits = [...bounds.keys()].filter((i) => bounds[i] !== 0);
  const blank = new GaussianProcess(createTrainingSet([], 1), THETA, GROUPS, KIND);
  const place = (at: number): Float64Array => Float64Array.of(at / 0.3);
  const k = (a: number, b: number): number => blank.covariance(place(a), place(b));
  const points = [...limits.map((i) => data.x[i]!), x];
  // The process at the limits and at x, given the values: Gaussian elimination of the values' rows.
  const all = [...values.map((i) => data.x[i]!), ...points];
  const cov = all.map((a, i) =>
    all.map((b, j) => k(a, b) + (i === j && i < values.length ? THETA.noise ** 2 : 0)),
  );
  const means = all.map(() => mean);
  values.forEach((i, p) => {
    const pivot = cov[p]![p]!;
    const gap = data.y[i]! - means[p]!;
    for (let a = p + 1; a < all.length; a++) {
      const factor = cov[a]![p]! / pivot;
      means[a]! += factor * gap;
      for (let b = p + 1; b < all.length; b++) cov[a]![b]! -= factor * cov[p]![b]!;
    }
  });
  const rest = all.map((_, a) => a).slice(values.length);
  const L = rest.map(() => rest.map(() => 0));
  rest.forEach((a, i) => {
    rest.slice(0, i + 1).forEach((b, j) => {
      const sum = L[i]!.slice(0, j).reduce((t, v, c) => t + v * L[j]![c]!, 0);
      const left = cov[a]![b]! - sum;
      L[i]![j] = i === j ? Math.sqrt(Math.max(0, left)) : left / L[j]![j]!;
    });
  });
  const grid = Array.from({ length: 161 }, (_, i) => -8 + i / 10);
  const moments = [0, 0, 0];
  const last = limits.length;
  const visit = (u: number[]): void => {
    if (u.length < limits.length) {
      for (const v of grid) visit([...u, v]);
      return;
    }
    let weight = Math.exp(-0.5 * u.reduce((t, v) => t + v * v, 0));
    limits.forEach((i, j) => {
      const f = means[values.length + j]! + u.reduce((t, v, c) => t + L[j]![c]! * v, 0);
      weight *= normalCdf((bounds[i]! * (f - data.y[i]!)) / THETA.noise);
    });
    const at = means[values.length + last]! + u.reduce((t, v, c) => t + L[last]![c]! * v, 0);
    moments[0]! += weight;
    moments[1]! += weight * at;
    moments[2]! += weight * (at * at + L[last]![last]! ** 2);
  };
  visit([]);
  const m = moments[1]! / moments[0]!;
  return { mean: m, variance: moments[2]! / moments[0]! - m * m };
}

function settled(rows: readonly TrainingRow[]): GaussianProcess {
  const data = settleBounds(createTrainingSet(rows, 1), THETA, GROUPS, KIND);
  return new GaussianProcess(data, THETA, GROUPS, KIND);
}

describe("bounds in a Gaussian process, beside numerical integration", () => {
  const VALUES = [row(0.05, 1.2), row(0.4, 0.3), row(0.95, -0.8)];
  const XS = [0.2, 0.55, 0.6, 0.7, 0.85];
  test.each([
    ["one that says much", [row(0.6, 1.5, "above")], 1e-6],
    ["one that says nothing", [row(0.6, 9, "below")], 1e-6],
    ["one beside a value at its place", [row(0.4, 0.2, "below")], 1e-6],
    ["two apart", [row(0.6, 1.5, "above"), row(0.2, 0, "below")], 1e-4],
    ["two neighbours", [row(0.6, 1.5, "above"), row(0.7, 1, "above")], 1e-2],
    ["the same bound twice", [row(0.6, 1.5, "above"), row(0.6, 1.5, "above")], 3e-2],
  ] as const)("%s", (_, limits, error_max) => {
    const rows = [...VALUES, ...limits];
    const gp = settled(rows);
    const values = Float64Array.from(XS);
    const belief = gp.over({ count: XS.length, columns: 1, values });
    const far = XS.map((x, n) => {
      const exact = integrated(rows, gp.mean, x);
      const sd = Math.sqrt(belief.variance[n]!);
      return [Math.abs(belief.mean[n]! - exact.mean), Math.abs(sd - Math.sqrt(exact.variance))];
    });
    expect(Math.max(...far.flat())).toBeLessThan(error_max);
  });

  test("a bound moves what lies near it to its side, and without bounds nothing changes", () => {
    const at = (gp: GaussianProcess, x: number): number =>
      gp.over({ count: 1, columns: 1, values: Float64Array.of(x) }).mean[0]!;
    const plain = settled(VALUES);
    const data = createTrainingSet(VALUES, 1);
    expect(settleBounds(data, THETA, GROUPS, KIND)).toBe(data);
    const user = (gp: GaussianProcess, x: number): number => gp.output.toUser(at(gp, x));
    expect(user(plain, 0.6)).toBeLessThan(0.5);
    expect(user(settled([...VALUES, row(0.6, 3, "above")]), 0.6)).toBeGreaterThan(2.9);
    expect(user(settled([...VALUES, row(0.6, -2, "below")]), 0.6)).toBeLessThan(-1.9);
  });
});
