import type { Candidate, Limits, Parameters } from "../../../src/domain/candidate.ts";
import { listCandidates } from "../../../src/domain/candidates.ts";
import type { LabFact } from "../../../src/index.ts";

type Spec = Extract<LabFact, { readonly type: "campaign.defined" }>["spec"];
type OperatorFact = Extract<LabFact, { readonly type: "operator.command" }>;
/** A person's command, as far as it counts here. */
export interface OperatorCommand
  extends Pick<
    OperatorFact,
    | "campaignId"
    | "action"
    | "commandId"
    | "by"
    | "batch"
    | "candidateIds"
    | "change"
    | "changes"
    | "points"
  > {}

/** A point that somebody, the planner or a person, has put forward. */
interface Point {
  readonly candidateId: string;
  readonly parameters: Parameters;
  /** How often it was put forward. */
  times: number;
  needsApproval: boolean;
  /** When a person last approved it; `undefined` where nobody did, or somebody has rejected it since. */
  approved_ms: number | undefined;
}

/** What the log and the broker say of one campaign, kept by the checkers' own rules. */
export class CampaignRecord {
  readonly spec: Spec;
  readonly points = new Map<string, Point>();
  /** Experiment -> the points that it may be about, narrowed by each start. */
  readonly experiments = new Map<string, readonly string[]>();
  limits: Limits;
  budget_max: number;
  isPaused = false;
  /** A reply was lost with its daemon: nobody outside knows whether the change holds. */
  isUncertain = false;
  withdrawn = 0;
  isWidened = false;
  #candidates: readonly Candidate[] | undefined;
  #approval: string;
  #approvalExpires_s: number;
  #widening: { readonly limits: Limits; readonly by: string } | undefined;
  /** Number of a batch -> what it showed. */
  readonly #shown = new Map<number, readonly string[]>();

  constructor(spec: Spec) {
    this.spec = spec;
    this.limits = spec.limits;
    this.budget_max = spec.budget;
    this.#approval = spec.approval;
    this.#approvalExpires_s = spec.approvalExpires_s ?? 0;
  }

  propose(candidateId: string, parameters: Parameters): void {
    const needsApproval = this.#approval === "supervised";
    const known = this.points.get(candidateId);
    if (known === undefined) {
      const point = { candidateId, parameters, times: 1, needsApproval, approved_ms: undefined };
      this.points.set(candidateId, point);
    } else {
      known.times += 1;
      known.needsApproval &&= needsApproval;
    }
  }

  /** A person names a point by its candidate or by its place. */
  proposeByHand(named: {
    readonly candidateId?: string | undefined;
    readonly parameters?: Parameters | undefined;
  }): void {
    this.#candidates ??= listCandidates(this.spec.space);
    const found = this.#candidates.find(({ candidateId, parameters }) =>
      named.candidateId === undefined
        ? Object.entries(named.parameters ?? {}).every(
            ([name, value]) => parameters[name] === value,
          )
        : candidateId === named.candidateId,
    );
    if (found !== undefined) this.propose(found.candidateId, found.parameters);
  }

  show(n: number, candidateIds: readonly string[]): void {
    this.#shown.set(n, [...(this.#shown.get(n) ?? []), ...candidateIds]);
  }

  /** An approval covers what it names, of what its batch or an earlier one has shown; without a batch, all that was put forward. */
  approve({ candidateIds, batch }: OperatorCommand, time_ms: number): void {
    for (const point of this.points.values()) {
      if (candidateIds?.includes(point.candidateId) === false) continue;
      if (batch !== undefined && !this.#wasShown(point.candidateId, batch)) continue;
      point.approved_ms = time_ms;
    }
  }

  #wasShown(candidateId: string, batch: number): boolean {
    for (const [n, ids] of this.#shown) if (n <= batch && ids.includes(candidateId)) return true;
    return false;
  }

  /** Why a person has not released this point now; `undefined` where nobody need, or somebody has. */
  whyNotReleased({ needsApproval, approved_ms }: Point, now_ms: number): string | undefined {
    if (!needsApproval || this.isUncertain) return undefined;
    if (approved_ms === undefined) return "nobody has approved it";
    const age_s = (now_ms - approved_ms) / 1000;
    return this.#approvalExpires_s > 0 && age_s > this.#approvalExpires_s
      ? `its approval was given ${Math.round(age_s)} s ago and holds ${this.#approvalExpires_s} s`
      : undefined;
  }

  /** A command that the daemon said it has taken. */
  take(command: OperatorCommand): void {
    if (command.action === "pause") this.isPaused = true;
    if (command.action === "resume" || command.action === "stop") this.isPaused = false;
    if (command.action === "withdraw") this.withdrawn += 1;
    if (command.action === "extend") this.#extend(command);
    if (command.action === "approve" && command.change !== undefined) this.#widen(command);
  }

  #extend({ changes = {}, by }: OperatorCommand): void {
    const { budget, approval, approvalExpires_s, limits = {} } = changes;
    this.budget_max = Math.max(this.budget_max, budget ?? 0);
    this.#approval = approval ?? this.#approval;
    if (approvalExpires_s !== undefined) this.#approvalExpires_s = approvalExpires_s;
    const wider: Record<string, Limits[string]> = {};
    for (const [name, wanted] of Object.entries(limits)) {
      if (isTighter(wanted, this.limits[name] ?? {}))
        this.limits = { ...this.limits, [name]: wanted };
      else wider[name] = wanted;
    }
    if (Object.keys(wider).length > 0) this.#widening = { limits: wider, by };
  }

  #widen({ by }: OperatorCommand): void {
    if (this.#widening === undefined || this.#widening.by === by) return;
    this.isWidened = true;
    this.limits = { ...this.limits, ...this.#widening.limits };
    this.#widening = undefined;
  }
}

function isTighter(wanted: Limits[string], now: Limits[string]): boolean {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = now;
  const least = wanted.min ?? Number.NEGATIVE_INFINITY;
  const most = wanted.max ?? Number.POSITIVE_INFINITY;
  return least >= min && most <= max;
}
