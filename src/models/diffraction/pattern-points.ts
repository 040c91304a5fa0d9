import { kthSmallest } from "../../numeric/kth-smallest.ts";
import { spacingAt, twoThetaOf } from "./bragg.ts";
import type { DiffractionPattern } from "./pattern.ts";

/** 11 to 82 degrees of copper's radiation: below it is air scatter, above it lines are too many to tell phases apart. */
const D_MAX_A = 8;
const D_MIN_A = 1.17;

/** Points of a pattern on an axis of 2theta. */
export interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** 2theta rising, within the range of spacings. */
export function toTwoTheta(pattern: DiffractionPattern, wavelength_A: number): Points {
  const angle = (x: number): number => {
    if (pattern.axis === "twoTheta_deg") return x;
    const d = pattern.axis === "d_A" ? x : (20 * Math.PI) / x;
    return twoThetaOf(wavelength_A / (2 * d));
  };
  const all = pattern.x.length;
  const x = new Float64Array(all);
  const y = new Float64Array(all);
  let n = 0;
  for (let k = 0; k < all; k++) {
    const twoTheta = angle(pattern.x[k]!);
    const d = spacingAt(twoTheta, wavelength_A);
    if (!(twoTheta > 0 && d <= D_MAX_A && d >= D_MIN_A)) continue;
    x[n] = twoTheta;
    y[n++] = pattern.intensity[k]!;
  }
  const points = { x: x.subarray(0, n), y: y.subarray(0, n) };
  if (pattern.axis === "d_A") {
    points.x.reverse();
    points.y.reverse();
  }
  return points;
}

/** Median distance of neighbouring points. */
export function nativeStep(x: Float64Array): number {
  const steps = new Float64Array(x.length - 1);
  for (let k = 0; k < steps.length; k++) steps[k] = x[k + 1]! - x[k]!;
  return kthSmallest(steps, Math.floor(steps.length / 2));
}

/** Intensities on even bins. */
export interface Binned {
  readonly start_deg: number;
  readonly step_deg: number;
  readonly y: Float64Array;
}

/** Means of the points in each bin; an empty bin lies on the line between its neighbours. */
export function rebin({ x, y }: Points, step_deg: number): Binned {
  const start = x[0]!;
  const n = Math.floor((x[x.length - 1]! - start) / step_deg + 0.5) + 1;
  const sum = new Float64Array(n);
  const count = new Float64Array(n);
  for (let k = 0; k < x.length; k++) {
    const bin = Math.min(n - 1, Math.round((x[k]! - start) / step_deg));
    sum[bin] = sum[bin]! + y[k]!;
    count[bin] = count[bin]! + 1;
  }
  const out = new Float64Array(n);
  let last = 0;
  for (let i = 0; i < n; i++) {
    if (count[i] === 0) continue;
    out[i] = sum[i]! / count[i]!;
    for (let j = last + 1; j < i; j++) {
      out[j] = out[last]! + ((out[i]! - out[last]!) * (j - last)) / (i - last);
    }
    last = i;
  }
  return { start_deg: start, step_deg, y: out };
}
