import { choleskyInPlace, solveLower, solveLowerTransposed } from "../../numeric/dense-kernel.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import {
  correlation,
  type Inputs,
  type KernelKind,
  scalePoint,
  squaredDistance,
} from "./kernel.ts";
import { JITTERS, leastSquaresMean, rowNoise } from "./marginal-likelihood.ts";
import type { OutputScale } from "./output-scale.ts";
import { PoolPosterior } from "./pool-posterior.ts";
import type { ProcessFactor } from "./process-factor.ts";
import type { PoolBelief } from "./surrogate-model.ts";
import type { TrainingSet } from "./training-set.ts";

/** A new row whose conditional variance is below this share is a repetition that teaches nothing. */
const REPETITION_share = 1e-9;
const GROWTH = 64;

/**
 * An exact Gaussian process with fixed hyperparameters: y = m + f(x) + noise, f ~ GP(0, s^2 C). Keeps the Cholesky
 * factor L of A = s^2 C + noise and z = L^-1 (y - m); a further result appends one row (cost count^2 / 2).
 */
export class GaussianProcess implements ProcessFactor {
  readonly kind: KernelKind;
  readonly theta: Hyperparameters;
  readonly groups: Int32Array;
  readonly output: OutputScale;
  /** Mean in standardised units. */
  readonly mean: number;
  /** Jitter that the factorisation needed, relative to signal^2. */
  readonly jitter: number;
  readonly s2: number;
  /** Rows that were factored at once; later ones were appended. */
  readonly factored: number;
  /** Scaled points, one array a row. */
  readonly points: Float64Array[] = [];
  readonly y: number[] = [];
  readonly noise: number[] = [];
  l: Float64Array;
  ld: number;
  z: Float64Array;
  private fittedLast: Float64Array = new Float64Array(0);

  constructor(data: TrainingSet, theta: Hyperparameters, groups: Int32Array, kind: KernelKind) {
    this.kind = kind;
    this.theta = theta;
    this.groups = groups;
    this.output = data.output;
    this.s2 = theta.signal ** 2;
    const n = data.count;
    this.factored = n;
    this.ld = n + GROWTH;
    this.l = new Float64Array(0);
    for (let i = 0; i < n; i++) {
      const x = data.x.subarray(i * data.columns, (i + 1) * data.columns);
      this.points.push(scalePoint(x, theta.widths, groups));
      this.y.push(data.y[i]!);
      this.noise.push(rowNoise(data, i, theta.noise ** 2));
    }
    this.jitter = this.factor();
    this.z = new Float64Array(this.ld);
    this.z.set(data.y);
    const ones = new Float64Array(n).fill(1);
    solveLower(this.l, n, this.ld, this.z);
    solveLower(this.l, n, this.ld, ones);
    this.mean = n === 0 ? 0 : leastSquaresMean(this.z.subarray(0, n), ones);
    for (let i = 0; i < n; i++) this.z[i]! -= this.mean * ones[i]!;
  }

  get count(): number {
    return this.points.length;
  }

  /** Covariance of two scaled points. */
  covariance(a: Float64Array, b: Float64Array): number {
    return this.s2 * correlation(this.kind, squaredDistance(a, b));
  }

  /**
   * Adds one result; returns false, and learns nothing, where the row would be a numerically exact repetition.
   * `value` is in the user's unit, `uncertainty` its known deviation.
   */
  append(x: Float64Array, value: number, uncertainty?: number): boolean {
    const n = this.count;
    const point = scalePoint(x, this.theta.widths, this.groups);
    const noise =
      uncertainty === undefined
        ? this.theta.noise ** 2
        : (uncertainty * this.output.slopeAt(value)) ** 2;
    const row = Float64Array.from(this.points, (other) => this.covariance(point, other));
    solveLower(this.l, n, this.ld, row);
    let squares = 0;
    let projection = 0;
    for (let i = 0; i < n; i++) {
      squares += row[i]! * row[i]!;
      projection += row[i]! * this.z[i]!;
    }
    const d2 = this.s2 * (1 + this.jitter) + noise - squares;
    if (!(d2 > REPETITION_share * this.s2)) return false;
    if (n + 1 > this.ld) this.grow();
    const d = Math.sqrt(d2);
    const y = this.output.toStandard(value);
    this.l.set(row, n * this.ld);
    this.l[n * this.ld + n] = d;
    this.z[n] = (y - this.mean - projection) / d;
    this.points.push(point);
    this.y.push(y);
    this.noise.push(noise);
    return true;
  }

  over(inputs: Inputs): PoolBelief {
    return new PoolPosterior(this, inputs);
  }

  /** alpha = A^-1 (y - m). */
  alpha(): Float64Array {
    const alpha = this.z.slice(0, this.count);
    solveLowerTransposed(this.l, this.count, this.ld, alpha);
    return alpha;
  }

  /** Posterior mean of the function at each learnt point, standardised: y - noise alpha. Kept until a result is appended. */
  fitted(): Float64Array {
    if (this.fittedLast.length !== this.count)
      this.fittedLast = this.alpha().map((a, i) => this.y[i]! - this.noise[i]! * a);
    return this.fittedLast;
  }

  private factor(): number {
    const n = this.count;
    for (const jitter of JITTERS) {
      this.l = new Float64Array(this.ld * this.ld);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < i; j++)
          this.l[i * this.ld + j] = this.covariance(this.points[i]!, this.points[j]!);
        this.l[i * this.ld + i] = this.s2 * (1 + jitter) + this.noise[i]!;
      }
      if (choleskyInPlace(this.l, n, this.ld) === 0) return jitter;
    }
    // Cannot happen with distinct rows and finite input; a diagonal model still gives a sensible answer.
    this.l.fill(0);
    for (let i = 0; i < n; i++) this.l[i * this.ld + i] = Math.sqrt(this.s2 + this.noise[i]!);
    return 1;
  }

  private grow(): void {
    const ld = Math.ceil(this.ld * 1.25) + GROWTH;
    const l = new Float64Array(ld * ld);
    for (let i = 0; i < this.count; i++)
      l.set(this.l.subarray(i * this.ld, i * this.ld + i + 1), i * ld);
    const z = new Float64Array(ld);
    z.set(this.z);
    this.l = l;
    this.z = z;
    this.ld = ld;
  }
}
