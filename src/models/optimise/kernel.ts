/** Covariance functions of the surrogate, as correlations of the scaled squared distance r2 = sum_d ((x_d - x'_d)/w_d)^2. */
export type KernelKind = "squared-exponential" | "matern-5/2";

const SQRT5 = Math.sqrt(5);

/** Points in columns: column c of point n is `values[c * count + n]`; columns of one group share a width. */
export interface Inputs {
  readonly count: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** Correlation at r2, in (0, 1]. */
export function correlation(kind: KernelKind, r2: number): number {
  if (kind === "squared-exponential") return Math.exp(-0.5 * r2);
  const a = SQRT5 * Math.sqrt(r2);
  return (1 + a + (a * a) / 3) * Math.exp(-a);
}

/** The factor of ((x_d - x'_d)/w_d)^2 in the derivative of the correlation by ln w_d. */
export function correlationSlope(kind: KernelKind, r2: number): number {
  if (kind === "squared-exponential") return Math.exp(-0.5 * r2);
  const a = SQRT5 * Math.sqrt(r2);
  return (5 / 3) * (1 + a) * Math.exp(-a);
}

/**
 * Both at once, with one exponential, in place: r2 becomes the correlation there, and `slopes` that factor. The same bits.
 */
export function correlationsWithSlopes(
  kind: KernelKind,
  r2: Float64Array,
  slopes: Float64Array,
): void {
  if (kind === "squared-exponential") {
    for (let p = 0; p < r2.length; p++) {
      const value = Math.exp(-0.5 * r2[p]!);
      r2[p] = value;
      slopes[p] = value;
    }
    return;
  }
  for (let p = 0; p < r2.length; p++) {
    const a = SQRT5 * Math.sqrt(r2[p]!);
    const e = Math.exp(-a);
    r2[p] = (1 + a + (a * a) / 3) * e;
    slopes[p] = (5 / 3) * (1 + a) * e;
  }
}

/** Divides each column by its width: points in units in which the kernel is isotropic. */
export function scaleInputs(
  inputs: Inputs,
  widths: Float64Array,
  groups: Int32Array,
): Float64Array {
  const out = new Float64Array(inputs.columns * inputs.count);
  for (let c = 0; c < inputs.columns; c++) {
    const factor = 1 / widths[groups[c]!]!;
    const start = c * inputs.count;
    for (let n = 0; n < inputs.count; n++) out[start + n] = inputs.values[start + n]! * factor;
  }
  return out;
}

/** A point in the same scaled units. */
export function scalePoint(
  x: Float64Array,
  widths: Float64Array,
  groups: Int32Array,
): Float64Array {
  return x.map((v, c) => v / widths[groups[c]!]!);
}

/** Scaled squared distance of two scaled points. */
export function squaredDistance(a: Float64Array, b: Float64Array): number {
  let r2 = 0;
  for (let c = 0; c < a.length; c++) {
    const delta = a[c]! - b[c]!;
    r2 += delta * delta;
  }
  return r2;
}
