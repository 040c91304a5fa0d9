import { covarianceRows, type ScaledPool } from "../../numeric/dense-kernel.ts";
import { visitSolved } from "../../numeric/pool-kernel.ts";
import { type ProcessFactor, VARIANCE_min_share } from "./process-factor.ts";
import { reduced, WhitenedColumns } from "./whitened-columns.ts";

/**
 * Candidates with V = L^-1 K(X, pool) by columns and what they are by it: mean = m + V' z, variance = s^2 - sum_i V_i^2. A column is solved
 * when its candidate is first asked for, cost M^2 / 2, and takes in a result that is appended, cost 2 M, when it is asked for again. What
 * a candidate is does not depend on when it was asked for, to the bit.
 */
export class SettledCandidates {
  readonly v: WhitenedColumns;
  /** Rows of V that a candidate has; 0: nothing was solved yet. */
  readonly taken: Int32Array;
  readonly means: Float64Array;
  readonly variances: Float64Array;
  private readonly gp: ProcessFactor;
  private readonly scaled: Float64Array;

  constructor(gp: ProcessFactor, scaled: Float64Array, count: number) {
    this.gp = gp;
    this.scaled = scaled;
    this.v = new WhitenedColumns(count, gp.factored);
    this.taken = new Int32Array(count);
    this.means = new Float64Array(count).fill(gp.mean);
    this.variances = new Float64Array(count).fill(gp.s2);
  }

  /** Makes room for results that were appended. */
  reserve(): void {
    this.v.reserve(this.gp.count, this.taken);
  }

  settle(asked: readonly number[]): void {
    const { gp, taken } = this;
    this.reserve();
    const fresh = asked.filter((n) => taken[n] === 0);
    if (fresh.length > 0) this.solve(fresh);
    const behind = asked.filter((n) => taken[n]! < gp.count);
    if (behind.length > 0) this.append(behind);
  }

  /** The rows that were factored at once. */
  solve(fresh: readonly number[]): void {
    const { gp, means, variances, taken } = this;
    const { values, room } = this.v;
    const { kind, s2, factored, mean } = gp;
    const request = { kind, s2, pool: this.gather(fresh), points: gp.points.slice(0, factored) };
    visitSolved(request, gp, { mean, variance_min: VARIANCE_min_share * s2 }, (strip) => {
      for (let k = 0; k < strip.size; k++) {
        const n = fresh[strip.start + k]!;
        const at = k * strip.rows;
        values.set(strip.columns.subarray(at, at + factored), n * room);
        means[n] = strip.means[k]!;
        variances[n] = strip.variances[k]!;
        taken[n] = factored;
      }
    });
  }

  /** Appended rows, one after the other as they came: a restart gives the same bits. */
  private append(behind: readonly number[]): void {
    const { gp, taken } = this;
    const { values, room } = this.v;
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
        const v = reduced(row[k]!, values, n * room, own, i) * inverse;
        values[n * room + i] = v;
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
    const whole = this.means.length;
    const values = new Float64Array(columns * count);
    for (let c = 0; c < columns; c++)
      for (let k = 0; k < count; k++) values[c * count + k] = this.scaled[c * whole + asked[k]!]!;
    return { values, count, columns };
  }
}
