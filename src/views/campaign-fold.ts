import type { CampaignSpec } from "../domain/campaign.ts";
import type { CampaignStatus } from "../domain/campaign-status.ts";
import type { Candidate } from "../domain/candidate.ts";
import type { Observation } from "../domain/observation.ts";
import { type Comment, toldName } from "../domain/people.ts";
import { photosOf } from "../domain/photo.ts";
import type { Proposal } from "../domain/proposal.ts";
import type { LabEvent } from "../events/lab-event.ts";
import type { JobFact, OperatorFact } from "../events/lab-fact.ts";
import { asideWarnings, countExperiments, remainingTime } from "./campaign-figures.ts";
import {
  type BatchPointView,
  type BatchView,
  type CampaignBrief,
  type CampaignView,
  COMMENTS_SHOWN,
  DECISIONS_SHOWN,
  type DecisionView,
  HISTORY_SAMPLES,
  type HistorySample,
  JOBS_SHOWN,
  type ModelView,
  OBSERVATIONS_SHOWN,
  type ObservationView,
  SET_ASIDE_SHOWN,
  type SetAsideView,
} from "./campaign-view.ts";
import { decisionOf } from "./decision-of.ts";
import { type Ending, endingOf, withDecision } from "./ending-words.ts";
import type { JobPlace } from "./lab-ports.ts";
import { observationOf, toldObservation } from "./observation-of.ts";
import { summariseObservation } from "./observation-summary.ts";
import {
  createRing,
  createThinnedHistory,
  type Ring,
  type SavedHistory,
  type SavedRing,
  type ThinnedHistory,
} from "./ring.ts";
import { figuresOf, numbersIn } from "./summary-figures.ts";

type ResultFact = Extract<JobFact, { type: "job.result" }>;
type CommandFact = Extract<OperatorFact, { type: "operator.command" }>;

/** Observations beyond this leave the daemon's memory; `export` still has them all. */
const OBSERVATIONS_KEPT = 20_000;

/** The fold of one campaign's events. */
export interface CampaignFold {
  readonly spec: CampaignSpec;
  /** The campaign goes on with more candidates. */
  extended(spec: CampaignSpec): void;
  proposed(event: LabEvent, proposal: Proposal): void;
  planningFailed(): void;
  /** Adds a result that counts as an observation. */
  observed(event: LabEvent<ResultFact>, place: JobPlace): void;
  /** Phases have got other names, or patterns other meanings: what each result means now, by its position. */
  reread(observationsOf: (position: number) => readonly Observation[] | undefined): void;
  /** A result that nothing learns from, with the reason. */
  setAside(position: number, reason: string): void;
  /** `experimentId` is of the job that a withdrawal names. */
  commanded(event: LabEvent<CommandFact>, experimentId: string | undefined): void;
  /** A result that a person told. */
  told(event: LabEvent<CommandFact>, where: Candidate): void;
  readonly comments: readonly Comment[];
  /** All observations kept, oldest first, without the withdrawn. */
  observations(): readonly ObservationView[];
  view(status: CampaignStatus | undefined, progressOf: ProgressOf): CampaignView;
  /** What of the view the campaign's own topics tell: asked for after every event, so without what only a page shows. */
  brief(status: CampaignStatus | undefined): CampaignBrief;
  readonly batch: BatchView | undefined;
  readonly model: ModelView | undefined;
  readonly observed_total: number;
  /** Data of which `restoreCampaignFold` makes the same fold. */
  save(): unknown;
}

/** What an instrument last said of a running job. */
export type ProgressOf = (
  jobId: string,
) => { readonly fraction: number; readonly text?: string | undefined } | undefined;

interface Reason {
  readonly why: string;
  readonly score: number;
  readonly batch: number;
}

interface State {
  spec: CampaignSpec;
  readonly started_ms: number;
  readonly observations: Ring<ObservationView>;
  readonly observedJobs: Set<string>;
  /** Position of each experiment's observation. */
  readonly positions: Map<string, number>;
  readonly withdrawn: Set<number>;
  readonly aside: Ring<SetAsideView>;
  readonly history: ThinnedHistory<HistorySample>;
  readonly decisions: Ring<DecisionView>;
  readonly comments: Ring<Comment>;
  /** State of the points of the latest batch that a person or a result settled, by candidate. */
  settled: Map<string, string>;
  /** Why each point that has no result yet was proposed, by candidate. */
  readonly reasons: Map<string, Reason>;
  batch: { n: number; time_ms: number; proposal: Proposal } | undefined;
  model: ModelView | undefined;
  /** The first verdict that ends the campaign, and how many results it was made with. */
  ending?: Ending | undefined;
  requests: number;
  /** Batches with at least one point: the campaign's machine numbers them in the same way. */
  batches: number;
}

/** Starts the fold of a campaign from its definition. */
export function createCampaignFold(spec: CampaignSpec, started_ms: number): CampaignFold {
  return foldOf({
    spec,
    started_ms,
    observations: createRing(OBSERVATIONS_KEPT),
    observedJobs: new Set(),
    positions: new Map(),
    withdrawn: new Set(),
    aside: createRing(SET_ASIDE_SHOWN),
    history: createThinnedHistory(HISTORY_SAMPLES),
    decisions: createRing(DECISIONS_SHOWN),
    comments: createRing(COMMENTS_SHOWN),
    settled: new Map(),
    reasons: new Map(),
    batch: undefined,
    model: undefined,
    requests: 0,
    batches: 0,
  });
}

/** The fold that `save` was called of. */
export function restoreCampaignFold(data: unknown): CampaignFold {
  const saved = data as SavedState;
  return foldOf({
    ...{ batch: undefined, model: undefined },
    ...saved,
    observations: createRing(OBSERVATIONS_KEPT, saved.observations),
    aside: createRing(SET_ASIDE_SHOWN, saved.aside),
    history: createThinnedHistory(HISTORY_SAMPLES, saved.history),
    decisions: createRing(DECISIONS_SHOWN, saved.decisions),
    comments: createRing(COMMENTS_SHOWN, saved.comments),
  });
}

/** Every ring and history as what it is made of again: one that is forgotten does not compile. */
type SavedState = {
  readonly [Key in keyof State]: State[Key] extends Ring<infer Item>
    ? SavedRing<Item>
    : State[Key] extends ThinnedHistory<infer Sample>
      ? SavedHistory<Sample>
      : State[Key];
};

function foldOf(state: State): CampaignFold {
  return {
    get spec() {
      return state.spec;
    },
    extended: (more) => {
      state.spec = more;
      state.ending = undefined;
    },
    proposed: (event, proposal) => foldProposal(state, event, proposal),
    planningFailed: () => {
      state.requests++;
    },
    observed: (event, place) => foldResult(state, event, place),
    reread: (observationsOf) =>
      state.observations.change((one) => {
        const now = observationsOf(one.position);
        return now === undefined ? one : { ...one, results: now.map(summariseObservation) };
      }),
    setAside: (position, reason) => void state.aside.push({ position, reason }),
    commanded: (event, experimentId) => {
      if (event.fact.action === "comment") foldComment(state, event);
      // Results that were told stand among the observations.
      else if (event.fact.action !== "tell") foldCommand(state, event, experimentId);
    },
    told: (event, where) => foldTold(state, event, where),
    get comments() {
      return state.comments.items;
    },
    observations: () => state.observations.items.filter((o) => !state.withdrawn.has(o.position)),
    view: (status, progressOf) => viewOf(state, status, progressOf),
    brief: (status) => briefOf(state, status),
    get batch() {
      return batchOf(state, undefined);
    },
    get model() {
      return state.model;
    },
    get observed_total() {
      return state.observations.total - state.withdrawn.size;
    },
    save: (): SavedState => ({
      ...state,
      observations: state.observations.save(),
      aside: state.aside.save(),
      history: state.history.save(),
      decisions: state.decisions.save(),
      comments: state.comments.save(),
    }),
  };
}

function foldProposal(state: State, event: LabEvent, proposal: Proposal): void {
  state.requests++;
  const { model } = proposal;
  state.ending ??= endingOf(proposal);
  state.model = { version: state.requests, ...model };
  const figures = figuresOf(model.summary);
  state.history.push({ observations: model.observations, time_ms: event.time_ms, figures });
  // A verdict without points ends or holds the campaign; the points on show stay those that were proposed last.
  if (proposal.points.length === 0) {
    if (state.batch === undefined) return;
    state.batch = {
      ...state.batch,
      proposal: { ...proposal, points: state.batch.proposal.points },
    };
    return;
  }
  state.batches++;
  state.batch = { n: state.batches, time_ms: event.time_ms, proposal };
  state.settled = new Map();
  for (const { candidateId, why, score } of proposal.points) {
    state.reasons.set(candidateId, { why, score, batch: state.batches });
  }
}

function foldResult(state: State, event: LabEvent<ResultFact>, place: JobPlace): void {
  const { fact } = event;
  if (state.observedJobs.has(fact.jobId)) return;
  state.observedJobs.add(fact.jobId);
  state.positions.set(place.experimentId, event.position);
  state.settled.set(place.candidateId, "measured");
  state.reasons.delete(place.candidateId);
  state.observations.push(observationOf(event, place, state.observations.total + 1));
}

function foldTold(state: State, event: LabEvent<CommandFact>, where: Candidate): void {
  const { position } = event;
  state.positions.set(toldName(state.spec.campaignId, position), position);
  state.observations.push(toldObservation(event, where, state.observations.total + 1));
}

function foldCommand(
  state: State,
  event: LabEvent<CommandFact>,
  experimentId: string | undefined,
): void {
  const { fact } = event;
  state.decisions.push(decisionOf(event));
  if (fact.action === "withdraw") {
    const taken = state.positions.get(experimentId ?? fact.jobId ?? "");
    if (taken !== undefined) state.withdrawn.add(taken);
  }
  if (fact.action === "approve" || fact.action === "reject") {
    const word = fact.action === "approve" ? "approved" : "rejected";
    const ids = fact.candidateIds ?? state.batch?.proposal.points.map((p) => p.candidateId) ?? [];
    for (const id of ids) {
      if (!state.settled.has(id)) state.settled.set(id, word);
      if (word === "rejected") state.reasons.delete(id);
    }
  }
}

function foldComment(state: State, { fact, position, time_ms }: LabEvent<CommandFact>): void {
  const { by, sampleId, reason: text = "" } = fact;
  const photos = photosOf(fact.raw);
  state.comments.push({
    ...{ position, time_ms, by, text },
    ...(photos === undefined ? {} : { photos }),
    ...(sampleId === undefined ? {} : { sampleId }),
  });
}

function briefOf(state: State, status: CampaignStatus | undefined): CampaignBrief {
  const { spec } = state;
  const jobs = status?.jobs ?? [];
  return {
    goal: spec.goal,
    approval: status?.settings?.approval ?? spec.approval,
    state: status?.state ?? "draft",
    stateReason: status?.reason,
    revision: status?.revision ?? 0,
    budget: status?.budget ?? { used: 0, total: spec.budget },
    jobs: jobs.slice(0, JOBS_SHOWN),
    inFlight: countExperiments(jobs.filter((job) => job.waitsFor === undefined)),
    waits: countExperiments(jobs.filter((job) => job.waitsFor !== undefined)),
    reasons: withDecision(
      status?.reasons ?? [],
      state.ending,
      state.observations.total - state.withdrawn.size,
    ),
    batch: batchOf(state, status),
    change: status?.change,
    observations: { total: state.observations.total - state.withdrawn.size },
    model: state.model,
  };
}

function viewOf(
  state: State,
  status: CampaignStatus | undefined,
  progressOf: ProgressOf,
): CampaignView {
  const { spec } = state;
  const proposal = state.batch?.proposal;
  const brief = briefOf(state, status);
  return {
    ...brief,
    campaignId: spec.campaignId,
    title: spec.title,
    ...(spec.names === undefined ? {} : { names: spec.names }),
    seed: spec.seed,
    jobs: brief.jobs.map((job) => ({
      ...state.reasons.get(job.candidateId),
      ...job,
      ...progressOf(job.load ?? job.jobId),
    })),
    waiting: status?.waiting,
    settings: status?.settings,
    observations: {
      ...brief.observations,
      recent: state.observations.items.slice(-OBSERVATIONS_SHOWN),
      withdrawn: [...state.withdrawn],
      ...(state.aside.total === 0
        ? {}
        : { setAside: { total: state.aside.total, recent: state.aside.items } }),
    },
    history: state.history.samples,
    phaseFractions: numbersIn(state.model?.summary["phaseFractions"]),
    verdict: proposal?.verdict,
    warnings: [...(proposal?.warnings ?? []), ...asideWarnings(state.aside)],
    decisions: state.decisions.items,
    comments: state.comments.items,
    remaining_s: remainingTime(
      state.observations,
      status,
      status?.budget.total ?? state.spec.budget,
    ),
    started_ms: state.started_ms,
  };
}

/** Everything that waits for a person, as the batch of that number: what an approval of it releases, and nothing else. */
function waitingBatchOf(state: State, status: CampaignStatus | undefined): BatchView | undefined {
  const { batch = 0, points } = status?.waiting ?? {};
  if (points === undefined) return undefined;
  return {
    n: batch,
    time_ms: state.batch?.time_ms ?? state.started_ms,
    points: points.map((point) => ({ ...point, state: "awaitingApproval" })),
    approval: "waiting",
    seed: state.spec.seed,
  };
}

function batchOf(state: State, status: CampaignStatus | undefined): BatchView | undefined {
  const open = waitingBatchOf(state, status);
  if (open !== undefined || state.batch === undefined) return open;
  const { n, time_ms, proposal } = state.batch;
  const waiting = new Set(status?.waiting?.candidateIds ?? []);
  const points = proposal.points.map((point): BatchPointView => {
    const job = status?.jobs.findLast((j) => j.candidateId === point.candidateId);
    const settled = state.settled.get(point.candidateId);
    const word = waiting.has(point.candidateId)
      ? "awaitingApproval"
      : (job?.state ?? settled ?? "proposed");
    return {
      ...point,
      ...(job === undefined ? {} : { jobId: job.jobId }),
      state: settled === "measured" || settled === "rejected" ? settled : word,
    };
  });
  const approval =
    (status?.settings?.approval ?? state.spec.approval) === "automatic"
      ? "notNeeded"
      : waiting.size > 0
        ? "waiting"
        : points.length > 0 && points.every((p) => p.state === "rejected")
          ? "rejected"
          : "approved";
  return {
    n: status?.waiting?.batch ?? status?.batches ?? n,
    time_ms,
    points,
    approval,
    seed: state.spec.seed,
  };
}
