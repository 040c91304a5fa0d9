import { LabError } from "../../core/errors.ts";
import { createPrng, type Prng } from "../../core/prng.ts";
import type { CampaignSpec } from "../../domain/campaign.ts";
import type { Parameters } from "../../domain/candidate.ts";
import type { OptimiseView } from "../../domain/planner-view.ts";
import type {
  CampaignResult,
  Proposal,
  ProposalRequest,
  ProposedPoint,
  Verdict,
} from "../../domain/proposal.ts";
import type { Planner } from "../planner.ts";
import { bestParameters, topRows } from "./best-rows.ts";
import { type BoxAxes, createBoxAxes } from "./box-axes.ts";
import { boxPoints, createBoxPool, designParameters, rowsAt } from "./box-pool.ts";
import { CampaignModel } from "./campaign-model.ts";
import { type CandidatePool, createCandidatePool, poolOf } from "./candidate-pool.ts";
import { chooseBatch } from "./choose-batch.ts";
import { chooseDesign } from "./initial-design.ts";
import { describeModel } from "./model-record.ts";
import { findNiche, type Niche } from "./niche.ts";
import { createOptimiseView } from "./optimise-view.ts";
import { refinePoints } from "./refine-points.ts";
import { type ResolvedSettings, resolveSettings } from "./resolve-settings.ts";
import { OPTIMISE_SCORES } from "./scores/index.ts";
import type { Score } from "./scores/score.ts";
import { upperConfidenceBound } from "./scores/upper-confidence-bound.ts";
import { judgeProgress } from "./stopping-rule.ts";
import { findWarnings } from "./warnings.ts";

/**
 * Bayesian optimisation over a search space; see docs/optimisation.md. `scores` are those that settings may name. Throws
 * TL-6002, TL-6003 for impossible settings or spaces.
 */
export function createOptimisePlanner(
  campaign: CampaignSpec,
  scores: readonly Score[] = OPTIMISE_SCORES,
): Planner<OptimiseView> {
  return new OptimisePlanner(campaign, scores);
}

/** Best points of a box's pool from which the score is followed uphill. */
const REFINED_STARTS = 8;

class OptimisePlanner implements Planner<OptimiseView> {
  private readonly settings: ResolvedSettings;
  /** The axes of a continuous space; its pool is made anew at each request. */
  private readonly axes: BoxAxes | undefined;
  private readonly model: CampaignModel;
  private readonly groupOf: Int32Array | undefined;
  private readonly spec: CampaignSpec;

  constructor(campaign: CampaignSpec, scores: readonly Score[]) {
    if (campaign.goal !== "optimise")
      throw new LabError("TL-6002", `The campaign's goal is ${campaign.goal}, not optimise`);
    this.spec = campaign;
    this.settings = resolveSettings(campaign.model, scores);
    const { space, model } = campaign;
    this.axes =
      space.kind === "box"
        ? createBoxAxes(space, model.inputs, model.inputConstraints ?? [], model.logInputs)
        : undefined;
    const pool =
      this.axes === undefined ? createCandidatePool(space, model) : poolOf([], this.axes.encoding);
    this.model = new CampaignModel(pool, this.settings, campaign.seed);
    this.groupOf = groupBy(pool, model.shared);
    refuseContinuousSharing(campaign);
  }

  learn(results: readonly CampaignResult[]): void {
    this.model.learn(results);
  }

  forget(positions: readonly number[]): void {
    this.model.forget(new Set(positions));
  }

  propose(request: ProposalRequest): Proposal {
    const { model, settings } = this;
    model.update();
    this.usePool(request);
    const eligible = this.eligible(request);
    const pending = request.pending.flatMap((p) => this.model.pool.rowOf.get(p.candidateId) ?? []);
    const prng = createPrng(`${request.seed}/${request.n}`);
    const points = this.choose(request, eligible, pending, prng);
    const left = eligible.reduce((sum, e) => sum + e, 0);
    const verdict: Verdict =
      left === 0
        ? { kind: "exhausted", reason: "every allowed candidate has been measured or is in flight" }
        : judgeProgress(model, settings, eligible);
    return {
      points,
      verdict,
      model: describeModel(model, settings, eligible),
      warnings: [...this.model.pool.warnings, ...findWarnings(model)],
    };
  }

  prepare(): void {
    for (const { surrogate } of this.model.quantities) surrogate.learnAhead();
  }

  view(): OptimiseView {
    this.model.update();
    this.usePool({ n: 0, count: 1, pending: [], excluded: [], seed: this.spec.seed });
    return createOptimiseView(this.model, this.settings, this.spec);
  }

  /**
   * In a continuous space every second single point goes where the mean is best: with several equally good hills expected
   * improvement moves from one to the other, and none is climbed to its top.
   */
  private settingsAt(request: ProposalRequest): ResolvedSettings {
    const { settings, model } = this;
    const isTurn = (model.rows.length + request.pending.length) % 2 === 1;
    const isAlone = request.count === 1 && request.pending.length <= 1;
    const isPlain = model.quantities.length === 1 && settings.score.takesTurns === true;
    if (this.axes === undefined || !isTurn || !isAlone || !isPlain) return settings;
    return { ...settings, score: upperConfidenceBound, exploration: 0 };
  }

  /** Makes the pool that stands for a continuous space at this request; a listed space keeps its own. */
  private usePool(request: ProposalRequest): void {
    const { axes, model } = this;
    if (axes === undefined) return;
    const measured = this.measured(axes);
    const points = boxPoints(axes, request, bestParameters(model));
    const base = { axes, request, points, measured };
    model.pool = createBoxPool({ ...base, refined: [] });
    if (!model.quantities.every((q) => q.surrogate.gp !== undefined)) return;
    const settings = this.settingsAt(request);
    const prng = createPrng(`${request.seed}/starts`);
    const scorer = settings.score.create({ model, settings, prng });
    const starts = topRows(scorer.score(), model.pool.allowed, REFINED_STARTS).map(
      (row) => model.pool.candidates[row]?.parameters ?? {},
    );
    const refined = refinePoints(model, settings, axes, starts);
    if (refined.length > 0) model.pool = createBoxPool({ ...base, refined });
  }

  /** Where results were measured, and where set points repeat also where they were asked for. */
  private measured(axes: BoxAxes): Parameters[] {
    const results = this.model.rows.map(({ result }) => result);
    const actual = results.map(({ parameters, actual }) => ({ ...parameters, ...actual }));
    return axes.isStepped ? [...actual, ...results.map(({ parameters }) => parameters)] : actual;
  }

  /** Points of the initial design first, as many as are still due; the model chooses the rest. */
  private choose(
    request: ProposalRequest,
    eligible: Uint8Array,
    pending: readonly number[],
    prng: Prng,
  ): ProposedPoint[] {
    const due = Math.max(0, this.initialCount() - this.model.rows.length - request.pending.length);
    const isTaught = this.model.quantities.every((q) => q.surrogate.gp !== undefined);
    const fromDesign = isTaught ? Math.min(request.count, due) : request.count;
    const points = this.designPoints(request, eligible, fromDesign);
    const designed =
      this.axes?.isStepped === true && points.length < request.count
        ? rowsAt(this.axes, this.model.pool, points)
        : points.flatMap((p) => this.model.pool.rowOf.get(p.candidateId) ?? []);
    const open = withoutRows(eligible, this.model.pool.twinOf, designed);
    if (points.length === request.count || !isTaught) return points;
    const niche = this.niche(request, open);
    const settings = this.settingsAt(request);
    const { score } = settings;
    const scorer = score.create({ model: this.model, settings, prng, niche });
    const chosen = chooseBatch({
      scorer,
      count: request.count - points.length,
      eligible: niche?.eligible ?? open,
      twinOf: this.model.pool.twinOf,
      weights: [
        ...this.model.logFeasibility(
          score.ownsTargets === true ? ["constraint"] : ["constraint", "target"],
        ),
        ...(this.spec.goal === "optimise" && this.spec.model.cost !== undefined
          ? [this.model.pool.logCost.map((c) => -c)]
          : []),
      ],
      pending: [...pending, ...designed],
      groupOf:
        this.axes === undefined ? this.groupOf : groupBy(this.model.pool, this.settings.raw.shared),
      prng,
    });
    return [...points, ...chosen.map(({ row, score, why }) => this.point(row, score, why))];
  }

  /** On every second request over a listed space, once the best hill promises nothing: the next one. */
  private niche(request: ProposalRequest, open: Uint8Array): Niche | undefined {
    const { model, settings } = this;
    const [quantity] = model.quantities;
    const isPlain = model.quantities.length === 1 && settings.score.takesTurns === true;
    if (this.axes !== undefined || request.n % 2 === 0 || !isPlain || quantity === undefined)
      return undefined;
    const belief = model.posterior(quantity);
    return belief === undefined ? undefined : findNiche(model.pool, belief, open);
  }

  private designPoints(
    request: ProposalRequest,
    eligible: Uint8Array,
    count: number,
  ): ProposedPoint[] {
    if (count === 0) return [];
    if (this.axes !== undefined) return this.boxDesign(this.axes, request, count);
    const rows = chooseDesign({
      kind: this.settings.design,
      inputs: this.model.pool.inputs,
      simplex: this.model.pool.simplex,
      eligible,
      twinOf: this.model.pool.twinOf,
      count,
      used: this.model.rows.length + request.pending.length,
      total: this.initialCount(),
      groupOf: this.groupOf,
      prng: createPrng(`${request.seed}/design`),
    });
    return rows.map((row) => this.point(row, 0, "initial design: spreads over the candidates"));
  }

  private boxDesign(axes: BoxAxes, request: ProposalRequest, count: number): ProposedPoint[] {
    const used = this.model.rows.length + request.pending.length;
    const taken = [...this.measured(axes), ...request.pending.map(({ parameters }) => parameters)];
    const where = { seed: request.seed, used, count, taken };
    const points = designParameters(axes, this.settings.design, where, this.initialCount());
    return points.map((parameters, k) => ({
      candidateId: `d${request.n}.${k}`,
      parameters,
      score: 0,
      why: "initial design: spreads over the box",
    }));
  }

  private initialCount(): number {
    const { inputs } = this.model.pool.encoding;
    return this.settings.initial ?? Math.min(20, Math.max(5, 2 * inputs.length + 1));
  }

  private eligible(request: ProposalRequest): Uint8Array {
    const ids = [
      ...this.model.rows.map((row) => row.result.candidateId),
      ...request.pending.map((p) => p.candidateId),
      ...request.excluded,
    ];
    const rows = ids.flatMap((id) => this.model.pool.rowOf.get(id) ?? []);
    return withoutRows(this.model.pool.allowed, this.model.pool.twinOf, rows);
  }

  private point(row: number, score: number, why: string): ProposedPoint {
    const candidate = this.model.pool.candidates[row];
    if (candidate === undefined) throw new LabError("TL-6003", `There is no candidate ${row}`);
    return { ...candidate, score, why };
  }
}

/** The mask without these rows and without the rows that have the same inputs. */
function withoutRows(mask: Uint8Array, twinOf: Int32Array, rows: readonly number[]): Uint8Array {
  const closed = new Uint8Array(mask.length);
  for (const row of rows) closed[twinOf[row] ?? row] = 1;
  const out = new Uint8Array(mask.length);
  for (let n = 0; n < mask.length; n++) out[n] = mask[n] === 1 && closed[twinOf[n]!] === 0 ? 1 : 0;
  return out;
}

function groupBy(pool: CandidatePool, column: string | undefined): Int32Array | undefined {
  if (column === undefined) return undefined;
  const groups = new Map<number | string, number>();
  return Int32Array.from(pool.candidates, ({ parameters }) => {
    const value = parameters[column];
    if (value === undefined)
      throw new LabError("TL-6003", `There is no column ${column} to share among a batch`);
    const group = groups.get(value) ?? groups.size;
    groups.set(value, group);
    return group;
  });
}

/** A batch cannot share a value of a continuous axis unless the batch has one point: the values are never equal. */
function refuseContinuousSharing({ space, ...campaign }: CampaignSpec): void {
  if (space.kind !== "box" || campaign.goal !== "optimise") return;
  const axis = space.axes.find((a) => a.name === campaign.model.shared);
  if (axis === undefined || axis.integer === true || axis.values !== undefined) return;
  if ((axis.categories?.length ?? 0) > 0) return;
  throw new LabError("TL-6002", `${axis.name} is continuous and cannot be shared by a batch`, {
    hint: "Make the space a grid, or the axis an integer.",
  });
}
