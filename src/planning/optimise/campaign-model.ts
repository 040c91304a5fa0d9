import type { CampaignResult } from "../../domain/proposal.ts";
import { Surrogate } from "../../models/optimise/surrogate.ts";
import type { PoolBelief, SurrogateModel } from "../../models/optimise/surrogate-model.ts";
import type { TrainingRow } from "../../models/optimise/training-set.ts";
import { logNormalCdf, logNormalInterval } from "../../numeric/normal-distribution.ts";
import type { CandidatePool } from "./candidate-pool.ts";
import type { LearningSettings } from "./learning-settings.ts";
import { type ResultRow, readResult } from "./result-rows.ts";

/** One measured quantity: objective, target or constraint. Values are negated inside where small is good. */
export interface Quantity {
  readonly name: string;
  readonly sign: number;
  readonly role: "objective" | "target" | "constraint";
  /** Wanted range in the user's unit, for targets and constraints. */
  readonly min: number;
  readonly max: number;
  readonly surrogate: Surrogate;
}

/** Everything that a campaign's results have taught, over a fixed pool. A function of the ordered results only. */
export class CampaignModel {
  /** The candidates; a continuous space sets a new pool for each request. */
  pool: CandidatePool;
  readonly quantities: readonly Quantity[];
  readonly seed: string;
  /** Results in the order of their positions. */
  rows: ResultRow[] = [];
  private readonly signs: ReadonlyMap<string, number>;
  private readonly feasibility: Surrogate;
  private readonly outcomes = new Map<ResultRow, TrainingRow>();
  private stale = false;

  constructor(pool: CandidatePool, settings: LearningSettings, seed: string) {
    this.pool = pool;
    this.seed = seed;
    const options = (name: string, mayBend = false) => ({
      groups: pool.encoding.groups,
      kind: settings.kernel,
      poolCount: pool.inputs.count,
      seed: `${seed}/${name}`,
      mayBend,
    });
    this.quantities = [
      ...settings.objectives.map(({ name, direction }) => ({
        name,
        sign: direction === "min" ? -1 : 1,
        role: "objective" as const,
        min: Number.NEGATIVE_INFINITY,
        max: Number.POSITIVE_INFINITY,
      })),
      ...settings.targets.map(({ name, range }) => ({
        name,
        sign: 1,
        role: "target" as const,
        min: range?.min ?? 0,
        max: range?.max ?? 0,
      })),
      ...(settings.raw.constraints ?? []).map(({ name, min, max }) => ({
        name,
        sign: 1,
        role: "constraint" as const,
        min: min ?? Number.NEGATIVE_INFINITY,
        max: max ?? Number.POSITIVE_INFINITY,
      })),
    ].map((quantity) => ({
      ...quantity,
      surrogate: new Surrogate(
        options(quantity.name, quantity.role === "objective" && settings.objectives.length === 1),
      ),
    }));
    this.signs = new Map(this.quantities.map(({ name, sign }) => [name, sign]));
    this.feasibility = new Surrogate(options("feasibility"));
  }

  learn(results: readonly CampaignResult[]): void {
    const known = new Set(this.rows.map((row) => row.result.position));
    const fresh = results
      .filter((result) => !known.has(result.position))
      .map((result) => readResult(result, this.pool.encoding, this.signs));
    if (fresh.length === 0) return;
    this.rows = [...this.rows, ...fresh].sort((a, b) => a.result.position - b.result.position);
    this.stale = true;
  }

  forget(positions: ReadonlySet<number>): void {
    this.rows = this.rows.filter((row) => !positions.has(row.result.position));
    this.stale = true;
  }

  /** Brings every model up to the results; cheap where nothing has changed. */
  update(): void {
    if (!this.stale) return;
    this.stale = false;
    for (const { name, surrogate } of this.quantities) {
      surrogate.update(this.rows.flatMap((row) => row.values.get(name) ?? []));
    }
    if (this.rows.some((row) => row.failed)) {
      this.feasibility.update(this.rows.flatMap((row) => this.outcomeOf(row)));
    }
  }

  posterior(quantity: Quantity): PoolBelief | undefined {
    return quantity.surrogate.posterior(this.pool.inputs);
  }

  /**
   * True where the result has every objective and violates no constraint by its measured value. A bound counts where it is sure: an
   * objective that is at least something, a constraint that holds whatever the value is.
   */
  isFeasible(row: ResultRow): boolean {
    return this.#holds(row, ["objective", "target", "constraint"]);
  }

  /** As {@link isFeasible} of the constraints alone: what an objective or a target has come to does not count. */
  keepsConstraints(row: ResultRow): boolean {
    return this.#holds(row, ["constraint"]);
  }

  #holds(row: ResultRow, roles: readonly Quantity["role"][]): boolean {
    const asked = this.quantities.filter(({ role }) => roles.includes(role));
    return (
      !row.failed &&
      asked.every(({ name, role, sign, min, max }) => {
        const found = row.values.get(name);
        if (found === undefined) return false;
        const { value, bound } = found;
        if (role === "objective") return bound !== "below";
        const low = bound === "below" ? Number.NEGATIVE_INFINITY : sign * value;
        const high = bound === "above" ? Number.POSITIVE_INFINITY : sign * value;
        return low >= min && high <= max;
      })
    );
  }

  /** ln of each candidate's probability to succeed and to satisfy the constraints (targets too, where asked); empty without either. */
  logFeasibility(roles: readonly Quantity["role"][]): Float64Array[] {
    const out: Float64Array[] = [];
    for (const quantity of this.quantities) {
      if (!roles.includes(quantity.role)) continue;
      const posterior = this.posterior(quantity);
      if (posterior !== undefined) out.push(logRangeProbability(posterior, quantity));
    }
    const chance = this.feasibilityPosterior();
    if (chance !== undefined) {
      const { gp } = chance;
      const zero = gp.output.toStandard(0.5);
      out.push(
        chance.mean.map((mean, n) =>
          logNormalCdf((mean - zero) / Math.sqrt((chance.variance[n] ?? 0) + gp.theta.noise ** 2)),
        ),
      );
    }
    return out;
  }

  /** The surrogate of success (1) and failure (0), once both have been seen. */
  feasibilityPosterior(): PoolBelief | undefined {
    const failed = this.rows.filter((row) => row.failed).length;
    if (failed === 0 || failed === this.rows.length) return undefined;
    return this.feasibility.posterior(this.pool.inputs);
  }

  private outcomeOf(row: ResultRow): TrainingRow[] {
    if (row.x === undefined) return [];
    const known = this.outcomes.get(row) ?? { x: row.x, value: row.failed ? 0 : 1 };
    this.outcomes.set(row, known);
    return [known];
  }
}

/** A limit in standardised units; an open side stays open. */
export function standardBound(gp: SurrogateModel, value: number): number {
  return Number.isFinite(value) ? gp.output.toStandard(value) : value;
}

function logRangeProbability(
  posterior: PoolBelief,
  { sign, min, max }: { sign: number; min: number; max: number },
): Float64Array {
  const { gp } = posterior;
  const toStandard = (value: number): number => standardBound(gp, sign * value);
  const [low, high] = [toStandard(min), toStandard(max)].sort((a, b) => a - b) as [number, number];
  return posterior.mean.map((mean, n) => {
    const sd = Math.sqrt(posterior.variance[n] ?? 0);
    return Math.max(-1e6, logNormalInterval((low - mean) / sd, (high - mean) / sd));
  });
}
