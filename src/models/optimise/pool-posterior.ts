import type { Prng } from "../../core/prng.ts";
import { covarianceRows, solveLowerTransposed } from "../../numeric/dense-kernel.ts";
import { glanceAtPool, reduceByColumns } from "../../numeric/pool-kernel.ts";
import { type Inputs, scaleInputs } from "./kernel.ts";
import { type ProcessFactor, VARIANCE_min_share, type WhitenedPool } from "./process-factor.ts";
import { visitPromising } from "./promising-candidates.ts";
import { drawPath } from "./sample-path.ts";
import { SettledCandidates } from "./settled-candidates.ts";
import type { CandidateBelief, Contender, PoolBelief } from "./surrogate-model.ts";
import { reduced } from "./whitened-columns.ts";

/** Candidates that are brought up to date at once: what is gathered for them stays small beside V. */
const CHUNK_all = 8192;
/** The first results, by which candidates are judged that nobody has asked for; with less than twice as many all are solved. */
const GLANCE_rows = 64;
/** Rounding of a sum of so many products, in units of their sizes. */
const ROUNDING = 1e-15;

/**
 * The posterior of a Gaussian process over every candidate, standardised, noise not included. A proposal asks for the few candidates that
 * may win; `mean`, `variance`, covariances and paths ask for all (docs/decisions/0374 and 0376).
 */
export class PoolPosterior implements PoolBelief, WhitenedPool {
  readonly gp: ProcessFactor;
  readonly count: number;
  readonly scaled: Float64Array;
  private readonly known: SettledCandidates;
  /** Rows that every candidate has. */
  private takenByAll = 0;
  private isGlanced = false;

  constructor(gp: ProcessFactor, pool: Inputs) {
    this.gp = gp;
    this.count = pool.count;
    this.scaled = scaleInputs(pool, gp.theta.widths, gp.groups);
    this.known = new SettledCandidates(gp, this.scaled, pool.count);
  }

  get mean(): Float64Array {
    this.settleAll();
    return this.known.means;
  }

  get variance(): Float64Array {
    this.settleAll();
    return this.known.variances;
  }

  at(index: number): CandidateBelief {
    this.known.settle([index]);
    return { mean: this.known.means[index]!, variance: this.known.variances[index]! };
  }

  /** The results since are taken in candidate by candidate, when one is asked for. */
  update(): void {
    this.known.reserve();
  }

  visitPromising(eligible: Uint8Array, contender: Contender): void {
    if (!this.glance()) this.solveAll();
    const { gp, known } = this;
    const { means, variances, taken } = known;
    const settle = (chunk: readonly number[]): void => known.settle(chunk);
    visitPromising(
      { z: gp.z, rows: gp.count, factored: gp.factored, means, variances, taken, settle },
      eligible,
      contender,
    );
  }

  covarianceWith(index: number): Float64Array {
    this.settleAll();
    const row = this.covariances(this.pointOf(index));
    const { values: columns, room } = this.known.v;
    const rows = this.gp.count;
    const l = columns.subarray(index * room, index * room + rows);
    if (reduceByColumns(row, columns, room, l)) return row;
    for (let n = 0; n < row.length; n++) row[n] = reduced(row[n]!, columns, n * room, l, rows);
    return row;
  }

  drawPath(prng: Prng): Float64Array {
    return drawPath(this, prng);
  }

  addRows(weights: Float64Array, out: Float64Array): void {
    this.settleAll();
    const { values: columns, room } = this.known.v;
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

  /**
   * Ceilings instead of means and variances for candidates that nobody has asked for: the mean and the variance given all results so far,
   * as of the last factorisation, are not above them. False where that is not worth its while, or all are solved.
   */
  private glance(): boolean {
    const { gp, known } = this;
    const { factored, kind, s2, groups } = gp;
    if (this.isGlanced || this.takenByAll > 0) return true;
    if (factored < 2 * GLANCE_rows) return false;
    const pool = { values: this.scaled, count: this.count, columns: groups.length };
    const request = { kind, s2, pool, points: gp.points.slice(0, factored) };
    const weights = this.weights();
    const found = glanceAtPool(request, gp, weights, GLANCE_rows);
    if (found === undefined) return false;
    const error = ROUNDING * factored * s2 * weights.reduce((sum, w) => sum + Math.abs(w), 0);
    for (let n = 0; n < this.count; n++) {
      if (known.taken[n]! > 0) continue;
      known.means[n] = gp.mean + found.sums[n]! + error;
      known.variances[n] = Math.max(VARIANCE_min_share * s2, found.variances[n]!);
    }
    this.isGlanced = true;
    return true;
  }

  /** A^-1 (y - m) of the results that were factored at once. */
  private weights(): Float64Array {
    const { l, ld, z, factored } = this.gp;
    const weights = z.slice(0, factored);
    solveLowerTransposed(l, factored, ld, weights);
    return weights;
  }

  /** Where nothing has come since, at no cost: `mean` and `variance` are read candidate by candidate too. */
  private settleAll(): void {
    const rows = this.gp.count;
    if (this.takenByAll >= rows) return;
    this.settleBelow(rows, (chunk) => this.known.settle(chunk));
    this.takenByAll = rows;
  }

  private solveAll(): void {
    if (this.takenByAll > 0) return;
    this.settleBelow(1, (chunk) => this.known.solve(chunk));
    this.takenByAll = this.gp.factored;
  }

  /** In chunks, the candidates that have fewer rows. */
  private settleBelow(rows: number, settle: (chunk: readonly number[]) => void): void {
    const { taken } = this.known;
    let chunk: number[] = [];
    for (let n = 0; n < this.count; n++) {
      if (taken[n]! >= rows) continue;
      chunk.push(n);
      if (chunk.length < CHUNK_all) continue;
      settle(chunk);
      chunk = [];
    }
    if (chunk.length > 0) settle(chunk);
  }
}
