import type { Prng } from "../../core/prng.ts";
import { covarianceRows, type ScaledPool, whitenedRows } from "../../numeric/dense-kernel.ts";
import { type Inputs, scaleInputs } from "./kernel.ts";
import { type ProcessFactor, VARIANCE_min_share, type WhitenedPool } from "./process-factor.ts";
import { drawPath } from "./sample-path.ts";
import type { PoolBelief } from "./surrogate-model.ts";

/**
 * The posterior of a Gaussian process over every candidate, kept up to date row by row. With V = L^-1 K(X, pool):
 *
 *   mean = m + V' z,   variance = s^2 - sum_i V_i^2      (standardised units, noise not included)
 *
 * A new result appends one row of V: cost 2 count N instead of N count^2 (design page, section 6).
 */
export class PoolPosterior implements PoolBelief, WhitenedPool {
  readonly gp: ProcessFactor;
  readonly count: number;
  readonly scaled: Float64Array;
  readonly rows: Float64Array[];
  readonly mean: Float64Array;
  readonly variance: Float64Array;

  constructor(gp: ProcessFactor, pool: Inputs) {
    this.gp = gp;
    this.count = pool.count;
    this.scaled = scaleInputs(pool, gp.theta.widths, gp.groups);
    this.mean = new Float64Array(pool.count).fill(gp.mean);
    this.variance = new Float64Array(pool.count).fill(gp.s2);
    // Appended rows go the same way as they will go live: a restart gives the same bits.
    const { kind, s2 } = gp;
    const points = gp.points.slice(0, gp.factored);
    this.rows = whitenedRows({ kind, s2, pool: this.scaledPool(), points }, gp.l, gp.ld);
    this.rows.forEach((row, i) => {
      this.absorb(row, gp.z[i]!);
    });
    this.update();
  }

  /** Takes in the rows that the Gaussian process has appended since. */
  update(): void {
    const { gp } = this;
    for (let i = this.rows.length; i < gp.count; i++) {
      const row = this.covariances(gp.points[i]!);
      const l = gp.l.subarray(i * gp.ld, i * gp.ld + i);
      reduceRow(row, this.rows, l, 1 / gp.l[i * gp.ld + i]!);
      this.rows.push(row);
      this.absorb(row, gp.z[i]!);
    }
  }

  /** Prior covariances of one scaled point with every candidate. */
  covariances(point: Float64Array): Float64Array {
    const { kind, s2 } = this.gp;
    const rows = covarianceRows({ kind, s2, pool: this.scaledPool(), points: [point] });
    return rows[0]!;
  }

  private scaledPool(): ScaledPool {
    return { values: this.scaled, count: this.count, columns: this.gp.groups.length };
  }

  covarianceWith(index: number): Float64Array {
    const row = this.covariances(this.pointOf(index));
    reduceRow(
      row,
      this.rows,
      Float64Array.from(this.rows, (v) => v[index]!),
      1,
    );
    return row;
  }

  drawPath(prng: Prng): Float64Array {
    return drawPath(this, prng);
  }

  /** Candidate `index` as a scaled point. */
  pointOf(index: number): Float64Array {
    const columns = this.count === 0 ? 0 : this.scaled.length / this.count;
    return Float64Array.from({ length: columns }, (_, c) => this.scaled[c * this.count + index]!);
  }

  private absorb(row: Float64Array, z: number): void {
    absorbRow(row, z, this.mean, this.variance, VARIANCE_min_share * this.gp.s2);
  }
}

/** row <- (row - sum_j l_j rows_j) / d, four rows a pass so that memory is read once. */
export function reduceRow(
  row: Float64Array,
  rows: readonly Float64Array[],
  l: Float64Array,
  inverseDiagonal: number,
): void {
  const count = row.length;
  let j = 0;
  for (; j + 3 < l.length; j += 4) {
    const [a, b, c, d] = [l[j]!, l[j + 1]!, l[j + 2]!, l[j + 3]!];
    const p = rows[j]!;
    const q = rows[j + 1]!;
    const r = rows[j + 2]!;
    const s = rows[j + 3]!;
    for (let n = 0; n < count; n++) row[n]! -= a * p[n]! + b * q[n]! + (c * r[n]! + d * s[n]!);
  }
  for (; j < l.length; j++) {
    const a = l[j]!;
    const p = rows[j]!;
    for (let n = 0; n < count; n++) row[n]! -= a * p[n]!;
  }
  for (let n = 0; n < count; n++) row[n]! *= inverseDiagonal;
}

/** mean += z row, variance -= row^2 (kept above `variance_min`). */
export function absorbRow(
  row: Float64Array,
  z: number,
  mean: Float64Array,
  variance: Float64Array,
  variance_min: number,
): void {
  for (let n = 0; n < row.length; n++) {
    const v = row[n]!;
    mean[n]! += z * v;
    variance[n] = Math.max(variance_min, variance[n]! - v * v);
  }
}
