import type { Prng } from "../../core/prng.ts";
import { VARIANCE_min_share } from "./process-factor.ts";
import { absorbRow, reduceRow } from "./row-updates.ts";
import type { PoolBelief } from "./surrogate-model.ts";

/**
 * The posterior conditioned on points whose results are not known yet: jobs in flight and the batch chosen so far. Their outcomes are
 * drawn jointly, `draws` times. The variance does not depend on outcomes, so one appended row serves every draw, and a
 * draw only shifts the mean by the row times a normal number: no refit.
 */
export class FantasyPosterior {
  readonly base: PoolBelief;
  readonly variance: Float64Array;
  /** One mean per draw; a single one, the base's, until the first point is conditioned on. */
  means: Float64Array[];
  /** For each draw the largest imagined outcome so far, standardised; -Infinity before the first. */
  readonly bestOutcome: Float64Array;
  private readonly draws: number;
  private readonly prng: Prng;
  private readonly extra: Float64Array[] = [];

  constructor(base: PoolBelief, draws: number, prng: Prng) {
    this.base = base;
    this.draws = draws;
    this.prng = prng;
    this.variance = base.variance.slice();
    this.means = [base.mean];
    this.bestOutcome = new Float64Array(draws).fill(Number.NEGATIVE_INFINITY);
  }

  /** The imagined mean of draw k. */
  mean(draw: number): Float64Array {
    return this.means[this.means.length === 1 ? 0 : draw]!;
  }

  /**
   * Conditions on an unknown outcome at candidate `index`. With one draw the outcome is the mean (kriging believer).
   * Cost N (count + extra) for the row and N per draw. Returns the imagined outcome of each draw.
   */
  condition(index: number): Float64Array {
    const { base } = this;
    const { gp } = base;
    const row = base.covarianceWith(index);
    const l = Float64Array.from(this.extra, (v) => v[index]!);
    const noise = gp.theta.noise ** 2;
    const d = Math.sqrt(Math.max(this.variance[index]! + noise, VARIANCE_min_share * gp.s2));
    reduceRow(row, this.extra, l, 1 / d);
    this.extra.push(row);

    if (this.means.length === 1 && this.draws > 1)
      this.means = Array.from({ length: this.draws }, () => base.mean.slice());
    else if (this.means[0] === base.mean) this.means = [base.mean.slice()];
    const outcomes = new Float64Array(this.draws);
    const scratch = this.variance.slice();
    for (let k = 0; k < this.draws; k++) {
      const mean = this.means[k]!;
      // Pairs of opposite draws: their average is exact to first order.
      const e = this.draws === 1 ? 0 : k % 2 === 1 ? -this.spare : this.prng.normal();
      this.spare = e;
      outcomes[k] = mean[index]! + e * d;
      this.bestOutcome[k] = Math.max(this.bestOutcome[k]!, outcomes[k]!);
      for (let n = 0; n < row.length; n++) mean[n]! += e * row[n]!;
    }
    absorbRow(row, 0, scratch, this.variance, VARIANCE_min_share * gp.s2);
    return outcomes;
  }

  private spare = 0;
}
