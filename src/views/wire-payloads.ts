import type { WaitingChange } from "../domain/campaign-status.ts";
import { type Reason, reasonInWords } from "../domain/reason.ts";
import type { CampaignBrief } from "./campaign-view.ts";

/** `data` of `campaign/{id}/state`, after the contract's table. */
export interface CampaignStatePayload {
  readonly state: string;
  /** Grows with every change, so that readers can tell old from new. */
  readonly revision: number;
  readonly budget: { readonly used: number; readonly total: number };
  readonly inFlight: number;
  readonly observations: number;
  readonly reason?: string;
  /** Experiments that wait, besides those in flight; absent where none does. */
  readonly waits?: number;
  /** Why it stands still; absent where nothing does. */
  readonly reasons?: readonly ReasonPayload[];
  readonly approval: string;
  /** Set points on their way that were sent in other units than they were asked for. */
  readonly conversions?: string[];
  /** Samples that are on instruments together, a sentence a load. */
  readonly loads?: string[];
  /** Wider limits that wait for somebody's approval. */
  readonly change?: WaitingChange;
}

/** A reason as every reader has it: `sentence` is what page, `status`, log and webhook say. */
export interface ReasonPayload {
  readonly kind: string;
  readonly cause: string;
  readonly sentence: string;
  readonly instrumentId?: string;
  readonly jobIds?: readonly string[];
}

/** `data` of `campaign/{id}/batch`. */
export interface CampaignBatchPayload {
  readonly n: number;
  readonly points: readonly {
    readonly candidateId: string;
    readonly parameters: Readonly<Record<string, number | string>>;
    readonly score: number;
    readonly why: string;
    readonly jobId?: string | undefined;
  }[];
  /** Candidates asked for before this batch and still without a result. */
  readonly pending: readonly string[];
  readonly model: { readonly version: number };
  readonly seed: string;
  readonly approval: string;
}

/** `data` of `campaign/{id}/model`. */
export interface CampaignModelPayload {
  readonly version: number;
  readonly goal: string;
  readonly observations: number;
  readonly summary: Readonly<Record<string, unknown>>;
}

/** As long as the contract lets a text be. */
const REASON_CHARACTERS_MAX = 2000;

/** Reasons of one campaign that are told, and jobs that each names. */
const REASONS_MAX = 20;
const JOBS_NAMED_MAX = 20;
const CONVERSIONS_MAX = 64;
const LOADS_MAX = 64;

function reasonPayload(reason: Reason): ReasonPayload {
  const { kind, cause, instrumentId, jobIds } = reason;
  return {
    kind,
    cause,
    sentence: reasonInWords(reason).slice(0, REASON_CHARACTERS_MAX),
    ...(instrumentId === undefined ? {} : { instrumentId }),
    ...(jobIds === undefined ? {} : { jobIds: jobIds.slice(0, JOBS_NAMED_MAX) }),
  };
}

export function campaignStatePayload(view: CampaignBrief): CampaignStatePayload {
  const { state, stateReason, revision, budget, inFlight, observations, change, jobs } = view;
  const conversions = [...new Set(jobs.flatMap((job) => job.conversions ?? []))];
  const { waits, reasons } = view;
  const loads = loadsInWords(jobs);
  return {
    state,
    revision,
    budget,
    inFlight,
    observations: observations.total,
    ...(stateReason === undefined ? {} : { reason: stateReason.slice(0, REASON_CHARACTERS_MAX) }),
    ...(waits === 0 ? {} : { waits }),
    ...(reasons.length === 0 ? {} : { reasons: reasons.slice(0, REASONS_MAX).map(reasonPayload) }),
    approval: view.approval,
    ...(conversions.length === 0 ? {} : { conversions: conversions.slice(0, CONVERSIONS_MAX) }),
    ...(loads.length === 0 ? {} : { loads }),
    ...(change === undefined ? {} : { change }),
  };
}

/** `map.load3 on furnace-1: map.1, map.4, map.5`. */
function loadsInWords(jobs: CampaignBrief["jobs"]): string[] {
  const together = new Map<string, CampaignBrief["jobs"][number][]>();
  for (const job of jobs)
    if (job.load !== undefined && job.state === "loaded")
      together.set(job.load, [...(together.get(job.load) ?? []), job]);
  return [...together].slice(0, LOADS_MAX).map(([load, members]) => {
    const samples = members.map(({ experimentId }) => experimentId).join(", ");
    return `${load} on ${members[0]?.instrumentId}: ${samples}`.slice(0, REASON_CHARACTERS_MAX);
  });
}

/** The latest batch; `undefined` before the first. */
export function campaignBatchPayload(view: CampaignBrief): CampaignBatchPayload | undefined {
  const { batch, model, jobs } = view;
  if (batch === undefined || model === undefined) return undefined;
  const inBatch = new Set(batch.points.map((point) => point.candidateId));
  const pending = new Set(jobs.map((job) => job.candidateId).filter((id) => !inBatch.has(id)));
  return {
    n: batch.n,
    points: batch.points.map(({ state: _, ...point }) => point),
    pending: [...pending],
    model: { version: model.version },
    seed: batch.seed,
    approval: batch.approval,
  };
}

/** What the model has learnt; `undefined` before the first proposal. */
export function campaignModelPayload(view: CampaignBrief): CampaignModelPayload | undefined {
  if (view.model === undefined) return undefined;
  const { version, observations, summary } = view.model;
  return { version, goal: view.goal, observations, summary };
}
