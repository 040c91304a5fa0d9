import type { Prng } from "../../core/prng.ts";
import {
  type CovarianceRequest,
  choleskyInPlace,
  covarianceRows,
  gramOfRows,
  solveLower,
  solveLowerTransposed,
} from "../../numeric/dense-kernel.ts";
import { dot } from "../../numeric/dot.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import {
  correlation,
  type Inputs,
  type KernelKind,
  scalePoint,
  squaredDistance,
} from "./kernel.ts";
import { JITTERS, rowNoise } from "./marginal-likelihood.ts";
import type { OutputScale } from "./output-scale.ts";
import type { AppendedRow, SparseFactor } from "./process-factor.ts";
import { SparsePosterior } from "./sparse-posterior.ts";
import type { PoolBelief } from "./surrogate-model.ts";
import type { TrainingSet } from "./training-set.ts";

const INDUCING_min = 96;
const INDUCING_max = 512;
/** Multiplications that the posterior over pool and data may cost: about two seconds. */
const WORK_max = 6e9;
/** Below this share of signal^2 noise would make the weights' system singular. */
const NOISE_min_share = 1e-6;

/**
 * A Gaussian process whose cost is linear in the data: f = m + w' u(x) with `inducing` features
 *
 *   u(x) = (L_m L_A)^-1 k_m(x),  K_mm = L_m L_m',  A = I + L_m^-1 K_mX N^-1 K_Xm L_m^-T = L_A L_A'
 *
 * (deterministic training conditional; J. Quinonero-Candela, C. E. Rasmussen, JMLR 6, 1939 (2005), with the noise matrix N). The
 * posterior mean is m + u' z, the variance u'u: a Bayesian linear model as COMBO's, with features of the data's own kernel in
 * place of random ones. Learning costs count m^2 / 2, a new result N m.
 */
export class SparseGaussianProcess implements SparseFactor {
  readonly kind: KernelKind;
  readonly theta: Hyperparameters;
  readonly groups: Int32Array;
  readonly output: OutputScale;
  readonly mean: number;
  readonly s2: number;
  readonly factored: number;
  readonly jitter: number;
  readonly points: Float64Array[] = [];
  readonly y: number[] = [];
  readonly inducing: Float64Array[];
  /** L_m L_A, row-major. */
  readonly factor: Float64Array;
  readonly z: Float64Array;
  readonly appended: AppendedRow[] = [];

  constructor(
    data: TrainingSet,
    theta: Hyperparameters,
    groups: Int32Array,
    kind: KernelKind,
    options: { readonly poolCount: number; readonly prng: Prng },
  ) {
    this.kind = kind;
    this.theta = theta;
    this.groups = groups;
    this.output = data.output;
    this.s2 = theta.signal ** 2;
    this.factored = data.count;
    for (let i = 0; i < data.count; i++) {
      const x = data.x.subarray(i * data.columns, (i + 1) * data.columns);
      this.points.push(scalePoint(x, theta.widths, groups));
      this.y.push(data.y[i]!);
    }
    const m = Math.sqrt(WORK_max / (options.poolCount + data.count));
    const wanted = Math.round(Math.min(INDUCING_max, Math.max(INDUCING_min, m)));
    this.inducing = chooseInducing(data, wanted, options.prng).map((i) => this.points[i]!);
    const { lower, jitter } = this.factorInducing();
    this.jitter = jitter;
    this.mean = data.y.reduce((sum, y) => sum + y, 0) / data.count;
    const { gram, projection } = this.weigh(data);
    const whitened = whiten(lower, gram, this.inducing.length);
    choleskyInPlace(whitened, this.inducing.length, this.inducing.length);
    this.factor = multiplyLower(lower, whitened, this.inducing.length);
    this.z = projection;
    solveLower(this.factor, this.inducing.length, this.inducing.length, this.z);
  }

  get count(): number {
    return this.points.length;
  }

  over(inputs: Inputs): PoolBelief {
    return new SparsePosterior(this, inputs);
  }

  /** u(x) of one scaled point. */
  features(point: Float64Array): Float64Array {
    const u = Float64Array.from(
      this.inducing,
      (other) => this.s2 * correlation(this.kind, squaredDistance(point, other)),
    );
    solveLower(this.factor, u.length, u.length, u);
    return u;
  }

  append(x: Float64Array, value: number, uncertainty?: number): boolean {
    const point = scalePoint(x, this.theta.widths, this.groups);
    const y = this.output.toStandard(value);
    const features = this.features(point);
    const earlier = new Float64Array(this.appended.length);
    let prediction = this.mean + dot(features, this.z);
    let variance = dot(features, features);
    this.appended.forEach((row, j) => {
      const known = dot(earlier.subarray(0, j), row.earlier);
      const e = (dot(features, row.features) - known) / row.deviation;
      earlier[j] = e;
      prediction += e * row.z;
      variance -= e * e;
    });
    const noise =
      uncertainty === undefined
        ? this.theta.noise ** 2
        : (uncertainty * this.output.slopeAt(value)) ** 2;
    const floor = Math.max(noise, NOISE_min_share * this.s2);
    const deviation = Math.sqrt(Math.max(0, variance) + floor);
    this.appended.push({
      features,
      earlier,
      deviation,
      noise: floor,
      z: (y - prediction) / deviation,
    });
    this.points.push(point);
    this.y.push(y);
    return true;
  }

  /** Posterior mean at each row, from the rebuild's weights. */
  fitted(): Float64Array {
    const weights = this.z.slice();
    solveLowerTransposed(this.factor, weights.length, weights.length, weights);
    const out = new Float64Array(this.count).fill(this.mean);
    covarianceRows(this.request()).forEach((row, k) => {
      const w = weights[k]!;
      for (let i = 0; i < out.length; i++) out[i]! += w * row[i]!;
    });
    return out;
  }

  /** Covariances between the inducing points and the rows. */
  private request(): CovarianceRequest {
    const columns = this.groups.length;
    const count = this.count;
    const values = new Float64Array(columns * count);
    this.points.forEach((point, i) => {
      for (let c = 0; c < columns; c++) values[c * count + i] = point[c]!;
    });
    const { kind, s2, inducing: points } = this;
    return { kind, s2, pool: { values, count, columns }, points };
  }

  private factorInducing(): { lower: Float64Array; jitter: number } {
    const m = this.inducing.length;
    for (const jitter of JITTERS) {
      const lower = new Float64Array(m * m);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < i; j++)
          lower[i * m + j] =
            this.s2 * correlation(this.kind, squaredDistance(this.inducing[i]!, this.inducing[j]!));
        lower[i * m + i] = this.s2 * (1 + Math.max(jitter, 1e-8));
      }
      if (choleskyInPlace(lower, m, m) === 0) return { lower, jitter };
    }
    const lower = new Float64Array(m * m);
    for (let i = 0; i < m; i++) lower[i * m + i] = Math.sqrt(this.s2);
    return { lower, jitter: 1 };
  }

  /** K_mX N^-1 K_Xm and K_mX N^-1 (y - m). */
  private weigh(data: TrainingSet): { gram: Float64Array; projection: Float64Array } {
    const request = this.request();
    const roots = Float64Array.from({ length: data.count }, (_, i) => {
      const noise = rowNoise(data, i, this.theta.noise ** 2);
      return 1 / Math.sqrt(Math.max(noise, NOISE_min_share * this.s2));
    });
    const rows = covarianceRows(request);
    for (const row of rows) for (let i = 0; i < row.length; i++) row[i]! *= roots[i]!;
    const gram = gramOfRows(rows);
    const projection = Float64Array.from(rows, (row) => {
      let sum = 0;
      for (let i = 0; i < row.length; i++) sum += row[i]! * roots[i]! * (data.y[i]! - this.mean);
      return sum;
    });
    return { gram, projection };
  }
}

/** Half of the best results, half drawn from the rest. */
function chooseInducing(data: TrainingSet, wanted: number, prng: Prng): number[] {
  const order = Array.from({ length: data.count }, (_, i) => i);
  order.sort((p, q) => data.y[q]! - data.y[p]! || p - q);
  const kept = order.splice(0, Math.min(order.length, Math.floor(wanted / 2)));
  while (kept.length < wanted && order.length > 0) {
    const k = prng.integer(order.length);
    kept.push(order[k]!);
    order[k] = order[order.length - 1]!;
    order.pop();
  }
  return kept;
}

/** I + L^-1 G L^-T, full. */
function whiten(l: Float64Array, gram: Float64Array, m: number): Float64Array {
  const half = new Float64Array(m * m);
  const column = new Float64Array(m);
  for (let j = 0; j < m; j++) {
    for (let i = 0; i < m; i++) column[i] = gram[i * m + j]!;
    solveLower(l, m, m, column);
    half.set(column, j * m); // row j of (L^-1 G)'
  }
  const out = new Float64Array(m * m);
  for (let j = 0; j < m; j++) {
    for (let i = 0; i < m; i++) column[i] = half[i * m + j]!;
    solveLower(l, m, m, column);
    for (let i = 0; i < m; i++) out[i * m + j] = column[i]! + (i === j ? 1 : 0);
  }
  return out;
}

/** Product of two lower triangles, itself lower. */
function multiplyLower(a: Float64Array, b: Float64Array, m: number): Float64Array {
  const out = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let k = 0; k <= i; k++) {
      const f = a[i * m + k]!;
      for (let j = 0; j <= k; j++) out[i * m + j]! += f * b[k * m + j]!;
    }
  }
  return out;
}
