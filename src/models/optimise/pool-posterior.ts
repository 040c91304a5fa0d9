import type { Prng } from "../../core/prng.ts";
import { covarianceRows, type ScaledPool, visitWhitened } from "../../numeric/dense-kernel.ts";
import { type Inputs, scaleInputs } from "./kernel.ts";
import { type ProcessFactor, VARIANCE_min_share, type WhitenedPool } from "./process-factor.ts";
import { drawPath } from "./sample-path.ts";
import type { CandidateBelief, Contender, PoolBelief } from "./surrogate-model.ts";

/** Candidates that are brought up to date at once. */
const CHUNK = 64;
const CHUNK_all = 8192;
/** Columns that are written side by side: their rows lie in one line of the cache. */
const TURNED = 8;
/** Room for rows that are appended before the process is factored anew: a step of the schedule is 5 %. */
const APPENDED_share = 0.07;
const APPENDED_min = 16;

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
  /** V by candidates: row i of candidate n at n * room + i. Memory that is never written costs nothing. */
  private columns: Float64Array;
  private room: number;
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
    this.room = gp.factored + Math.max(APPENDED_min, Math.ceil(APPENDED_share * gp.factored));
    this.columns = new Float64Array(pool.count * this.room);
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
    this.reserveRoom();
  }

  visitPromising(eligible: Uint8Array, { mayWin, visit }: Contender): void {
    this.solveAll();
    const { means, variances, taken } = this;
    const leads = this.leads();
    const visitAll = (chunk: readonly number[]): void => {
      this.settle(chunk);
      for (const n of chunk) visit(n, means[n]!, variances[n]!);
    };
    const likeliest = this.likeliest(eligible);
    if (likeliest < 0) return;
    visitAll([likeliest]);
    let chunk: number[] = [];
    for (let n = 0; n < this.count; n++) {
      if (eligible[n] === 0 || n === likeliest) continue;
      // Each result moves a mean by z V, and the sum of all V^2 is at most the variance (Cauchy and Schwarz).
      const variance = variances[n]!;
      if (!mayWin(means[n]! + leads[taken[n]!]! * Math.sqrt(variance), variance)) continue;
      chunk.push(n);
      if (chunk.length < CHUNK) continue;
      visitAll(chunk);
      chunk = [];
    }
    visitAll(chunk);
  }

  covarianceWith(index: number): Float64Array {
    this.settleAll();
    const row = this.covariances(this.pointOf(index));
    const { columns, room } = this;
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
    const { columns, room } = this;
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

  /** By how many deviations a mean may have moved since row `from`: the root of the sum of z^2. */
  private leads(): Float64Array {
    const { z, count } = this.gp;
    const leads = new Float64Array(count + 1);
    for (let i = count - 1; i >= 0; i--) leads[i] = leads[i + 1]! + z[i]! * z[i]!;
    return leads.map(Math.sqrt);
  }

  private likeliest(eligible: Uint8Array): number {
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (let n = 0; n < this.count; n++) {
      if (eligible[n] === 0) continue;
      const value = this.means[n]! + Math.sqrt(this.variances[n]!);
      if (value > most) [best, most] = [n, value];
    }
    return best;
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
    this.reserveRoom();
    const fresh = asked.filter((n) => taken[n] === 0);
    if (fresh.length > 0) this.solve(fresh);
    const behind = asked.filter((n) => taken[n]! < gp.count);
    if (behind.length > 0) this.append(behind);
  }

  /** The rows that were factored at once. */
  private solve(fresh: readonly number[]): void {
    const { gp, columns, room } = this;
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
    const { gp, columns, room, means, variances } = this;
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
    const { gp, columns, room, taken } = this;
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

  private reserveRoom(): void {
    const rows = this.gp.count;
    if (rows <= this.room) return;
    const room = rows + Math.max(APPENDED_min, Math.ceil(APPENDED_share * rows));
    const columns = new Float64Array(this.count * room);
    for (let n = 0; n < this.count; n++)
      if (this.taken[n]! > 0)
        columns.set(this.columns.subarray(n * this.room, n * this.room + this.taken[n]!), n * room);
    this.columns = columns;
    this.room = room;
  }
}

/** value - sum_j l_j v_j over `rows` entries of `columns` from `at`, four a sum: the order of `reduceRow`. */
function reduced(
  value: number,
  columns: Float64Array,
  at: number,
  l: Float64Array,
  rows: number,
): number {
  let left = value;
  let j = 0;
  for (; j + 3 < rows; j += 4) {
    const k = at + j;
    left -=
      l[j]! * columns[k]! +
      l[j + 1]! * columns[k + 1]! +
      (l[j + 2]! * columns[k + 2]! + l[j + 3]! * columns[k + 3]!);
  }
  for (; j < rows; j++) left -= l[j]! * columns[at + j]!;
  return left;
}
