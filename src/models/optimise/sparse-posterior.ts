import type { Prng } from "../../core/prng.ts";
import { whitenedRows } from "../../numeric/dense-kernel.ts";
import { type Inputs, scaleInputs } from "./kernel.ts";
import { type SparseFactor, VARIANCE_min_share } from "./process-factor.ts";
import { absorbRow, reduceRow } from "./row-updates.ts";
import type { CandidateBelief, Contender, PoolBelief } from "./surrogate-model.ts";

/**
 * The posterior of a sparse Gaussian process over a pool: mean = m + U' z, variance = sum U^2 with U the features of every
 * candidate (m x N); each result since the rebuild subtracts one row. Cost N m^2 / 2 at the rebuild, N m a result.
 */
export class SparsePosterior implements PoolBelief {
  readonly gp: SparseFactor;
  readonly count: number;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  private readonly features: Float64Array[];
  private readonly rows: Float64Array[] = [];

  constructor(gp: SparseFactor, pool: Inputs) {
    this.gp = gp;
    this.count = pool.count;
    this.mean = new Float64Array(pool.count).fill(gp.mean);
    this.variance = new Float64Array(pool.count);
    const { kind, s2, inducing, factor } = gp;
    const values = scaleInputs(pool, gp.theta.widths, gp.groups);
    this.features = whitenedRows(
      { kind, s2, pool: { values, count: pool.count, columns: pool.columns }, points: inducing },
      factor,
      inducing.length,
    );
    this.features.forEach((row, i) => {
      addFeature(row, gp.z[i]!, this.mean, this.variance);
    });
    this.update();
  }

  at(index: number): CandidateBelief {
    return { mean: this.mean[index]!, variance: this.variance[index]! };
  }

  visitPromising(eligible: Uint8Array, { mayWin, visit }: Contender): void {
    const { mean, variance } = this;
    for (let n = 0; n < this.count; n++)
      if (eligible[n] === 1 && mayWin(mean[n]!, variance[n]!)) visit(n, mean[n]!, variance[n]!);
  }

  update(): void {
    for (const appended of this.gp.appended.slice(this.rows.length)) {
      const row = this.weigh(appended.features);
      reduceRow(row, this.rows, appended.earlier, 1 / appended.deviation);
      absorbRow(row, appended.z, this.mean, this.variance, VARIANCE_min_share * this.gp.s2);
      this.rows.push(row);
    }
  }

  covarianceWith(index: number): Float64Array {
    const row = this.weigh(Float64Array.from(this.features, (u) => u[index]!));
    reduceRow(
      row,
      this.rows,
      Float64Array.from(this.rows, (r) => r[index]!),
      1,
    );
    return row;
  }

  /** A draw of the features' weights, corrected at the appended results by their imagined innovations (Matheron's rule). */
  drawPath(prng: Prng): Float64Array {
    const weights = Float64Array.from(this.features, () => prng.normal());
    const path = this.weigh(weights);
    const innovations = new Float64Array(this.rows.length);
    this.gp.appended.forEach(({ features, earlier, deviation, noise }, j) => {
      let value = Math.sqrt(noise) * prng.normal();
      for (let i = 0; i < features.length; i++) value += features[i]! * weights[i]!;
      for (let k = 0; k < j; k++) value -= earlier[k]! * innovations[k]!;
      innovations[j] = value / deviation;
    });
    for (let n = 0; n < path.length; n++) path[n]! += this.mean[n]!;
    this.rows.forEach((row, j) => {
      const w = innovations[j]!;
      for (let n = 0; n < path.length; n++) path[n]! -= w * row[n]!;
    });
    return path;
  }

  /** sum_i weights_i U_i over the pool. */
  private weigh(weights: Float64Array): Float64Array {
    const out = new Float64Array(this.count);
    reduceRow(
      out,
      this.features,
      weights.map((w) => -w),
      1,
    );
    return out;
  }
}

/** mean += z row, variance += row^2. */
function addFeature(
  row: Float64Array,
  z: number,
  mean: Float64Array,
  variance: Float64Array,
): void {
  for (let n = 0; n < row.length; n++) {
    const u = row[n]!;
    mean[n]! += z * u;
    variance[n]! += u * u;
  }
}
