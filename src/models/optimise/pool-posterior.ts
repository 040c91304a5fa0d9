import type { Prng } from "../../core/prng.ts";
import { covarianceRows, type ScaledPool, visitWhitened } from "../../numeric/dense-kernel.ts";
import { type Inputs, scaleInputs } from "./kernel.ts";
import { type ProcessFactor, VARIANCE_min_share, type WhitenedPool } from "./process-factor.ts";
import { visitPromising } from "./promising-candidates.ts";
import { drawPath } from "./sample-path.ts";
import type { CandidateBelief, Contender, PoolBelief } from "./surrogate-model.ts";
import { reduced, WhitenedColumns } from "./whitened-columns.ts";

/** Candidates that are brought up to date at once: what is gathered for them stays small beside V. */
const CHUNK_all = 8192;
/** Columns that are written side by side: their rows lie in one line of the cache. */
const TURNED = 8;

/**
 * The posterior of a Gaussian process over every candidate. With V = L^-1 K(X, pool):
 *
 *   mean = m + V' z,   variance = s^2 - sum_i V_i^2      (standardised units, noise not included)
 *
 * A column of V is solved when its candidate is first asked for, cost M^2 / 2, and takes in a result that is appended, cost 2 M, when
 * it is asked for again (design page, section 6): a proposal asks for the few candidates that may win, `mean`, `variance`,
 * covariances and paths for all.
 * What a candidate is does not depend on when it was asked for, to the bit.
 */
export class PoolPosterior implements PoolBelief, WhitenedPool {
  readonly gp: ProcessFactor;
  readonly count: number;
  readonly scaled: Float64Array;
  private readonly v: WhitenedColumns;
  /** Rows of V that a candidate has; 0: nothing was solved yet. */
  private readonly taken: Int32Array;
  /** Rows that every candidate has. */
  private takenByAll = 0;
  private readonly means: Float64Array;
  private readonly variances: Float64Array;

  constructor(gp: ProcessFactor, pool: Inputs) {
    this.gp = gp;
    this.count = pool.count;
    this.scaled = scaleInputs(pool, gp.theta.widths, gp.groups);
    this.means = new Float64Array(pool.count).fill(gp.mean);
    this.variances = new Float64Array(pool.count).fill(gp.s2);
    this.taken = new Int32Array(pool.count);
    this.v = new WhitenedColumns(pool.count, gp.factored);
  }

  get mean(): Float64Array {
    this.settleAll();
    return this.means;
  }

  get variance(): Float64Array {
    this.settleAll();
    return this.variances;
  }

  at(index: number): CandidateBelief {
    this.settle([index]);
    return { mean: this.means[index]!, variance: this.variances[index]! };
  }

  /** The results since are taken in candidate by candidate, when one is asked for. */
  update(): void {
    this.v.reserve(this.gp.count, this.taken);
  }

  visitPromising(eligible: Uint8Array, contender: Contender): void {
    this.solveAll();
    const { gp, means, variances, taken } = this;
    const settle = (chunk: readonly number[]): void => this.settle(chunk);
    visitPromising(
      { z: gp.z, rows: gp.count, means, variances, taken, settle },
      eligible,
      contender,
    );
  }

  covarianceWith(index: number): Float64Array {
    this.settleAll();
    const row = this.covariances(this.pointOf(index));
    const { values: columns, room } = this.v;
    const rows = this.gp.count;
    const l = columns.subarray(index * room, index * room + rows);
    for (let n = 0; n < row.length; n++) row[n] = reduced(row[n]!, columns, n * room, l, rows);
    return row;
  }

  drawPath(prng: Prng): Float64Array {
    return drawPath(this, prng);
  }

  addRows(weights: Float64Array, out: Float64Array): void {
    this.settleAll();
    const { values: columns, room } = this.v;
    const rows = this.gp.count;
    for (let n = 0; n < out.length; n++) {
      let sum = out[n]!;
      for (let i = 0; i < rows; i++) sum += weights[i]! * columns[n * room + i]!;
      out[n] = sum;
    }
  }

  /** Candidate `index` as a scaled point. */
  private pointOf(index: number): Float64Array {
    const columns = this.count === 0 ? 0 : this.scaled.length / this.count;
    return Float64Array.from({ length: columns }, (_, c) => this.scaled[c * this.count + index]!);
  }

  /** Prior covariances of one scaled point with every candidate. */
  private covariances(point: Float64Array): Float64Array {
    const { kind, s2, groups } = this.gp;
    const pool = { values: this.scaled, count: this.count, columns: groups.length };
    return covarianceRows({ kind, s2, pool, points: [point] })[0]!;
  }

  /** Where nothing has come since, at no cost: `mean` and `variance` are read candidate by candidate too. */
  private settleAll(): void {
    const rows = this.gp.count;
    if (this.takenByAll >= rows) return;
    this.settleBelow(rows, (chunk) => this.settle(chunk));
    this.takenByAll = rows;
  }

  private solveAll(): void {
    if (this.takenByAll > 0) return;
    this.settleBelow(1, (chunk) => this.solve(chunk));
    this.takenByAll = this.gp.factored;
  }

  /** In chunks, the candidates that have fewer rows. */
  private settleBelow(rows: number, settle: (chunk: readonly number[]) => void): void {
    let chunk: number[] = [];
    for (let n = 0; n < this.count; n++) {
      if (this.taken[n]! >= rows) continue;
      chunk.push(n);
      if (chunk.length < CHUNK_all) continue;
      settle(chunk);
      chunk = [];
    }
    if (chunk.length > 0) settle(chunk);
  }

  private settle(asked: readonly number[]): void {
    const { gp, taken } = this;
    this.v.reserve(this.gp.count, this.taken);
    const fresh = asked.filter((n) => taken[n] === 0);
    if (fresh.length > 0) this.solve(fresh);
    const behind = asked.filter((n) => taken[n]! < gp.count);
    if (behind.length > 0) this.append(behind);
  }

  /** The rows that were factored at once. */
  private solve(fresh: readonly number[]): void {
    const { gp } = this;
    const { values: columns, room } = this.v;
    const { kind, s2, factored } = gp;
    const request = { kind, s2, pool: this.gather(fresh), points: gp.points.slice(0, factored) };
    visitWhitened(request, gp.l, gp.ld, (view, width, start, size) => {
      for (let first = 0; first < size; first += TURNED) {
        const end = Math.min(size, first + TURNED);
        for (let i = 0; i < factored; i++)
          for (let k = first; k < end; k++)
            columns[fresh[start + k]! * room + i] = view[i * width + k]!;
        for (let k = first; k < end; k++) this.absorbFactored(fresh[start + k]!);
      }
    });
  }

  private absorbFactored(n: number): void {
    const { gp, means, variances } = this;
    const { values: columns, room } = this.v;
    const { factored, z, s2 } = gp;
    const least = VARIANCE_min_share * s2;
    let mean = means[n]!;
    let variance = variances[n]!;
    for (let i = 0; i < factored; i++) {
      const v = columns[n * room + i]!;
      mean += z[i]! * v;
      variance = Math.max(least, variance - v * v);
    }
    means[n] = mean;
    variances[n] = variance;
    this.taken[n] = factored;
  }

  /** Appended rows, one after the other as they came: a restart gives the same bits. */
  private append(behind: readonly number[]): void {
    const { gp, taken } = this;
    const { values: columns, room } = this.v;
    const { kind, s2, l, ld } = gp;
    const first = behind.reduce((least, n) => Math.min(least, taken[n]!), gp.count);
    const points = gp.points.slice(first);
    const rows = covarianceRows({ kind, s2, pool: this.gather(behind), points });
    for (let i = first; i < gp.count; i++) {
      const own = l.subarray(i * ld, i * ld + i);
      const inverse = 1 / l[i * ld + i]!;
      const row = rows[i - first]!;
      for (let k = 0; k < behind.length; k++) {
        const n = behind[k]!;
        if (taken[n]! > i) continue;
        const v = reduced(row[k]!, columns, n * room, own, i) * inverse;
        columns[n * room + i] = v;
        this.absorb(n, v, gp.z[i]!);
        taken[n] = i + 1;
      }
    }
  }

  private absorb(n: number, v: number, z: number): void {
    this.means[n]! += z * v;
    const least = VARIANCE_min_share * this.gp.s2;
    this.variances[n] = Math.max(least, this.variances[n]! - v * v);
  }

  private gather(asked: readonly number[]): ScaledPool {
    const columns = this.gp.groups.length;
    const count = asked.length;
    const values = new Float64Array(columns * count);
    for (let c = 0; c < columns; c++)
      for (let k = 0; k < count; k++)
        values[c * count + k] = this.scaled[c * this.count + asked[k]!]!;
    return { values, count, columns };
  }
}
