import { toRfc3339 } from "../core/clock.ts";
import type { CampaignSpec } from "../domain/campaign.ts";
import type { Parameters } from "../domain/candidate.ts";
import type { DataReference, Observation } from "../domain/observation.ts";
import { toldName } from "../domain/people.ts";
import { photosOf } from "../domain/photo.ts";
import type { ModelRecord, ProposedPoint, Verdict } from "../domain/proposal.ts";
import type { LabEvent } from "../events/lab-event.ts";
import type { JobFact, LabFact, OperatorIdentity } from "../events/lab-fact.ts";
import { isJobFact } from "./facts.ts";
import type { LabStatePort } from "./lab-ports.ts";
import { identityOf } from "./who-said.ts";

/** What `export --format json` prints of one campaign; the field names of command-line.md are fixed. */
export interface ExportDocument {
  readonly campaign: CampaignSpec & {
    readonly state: string;
    readonly budgetUsed: number;
    readonly tielineVersion: string;
    readonly site: string;
  };
  readonly observations: readonly ExportedObservation[];
  readonly jobs: readonly ExportedJob[];
  readonly proposals: readonly ExportedProposal[];
  /** Results that nothing learnt from, with the reason; absent where there are none. */
  readonly setAside?: readonly ExportedSetAside[] | undefined;
  /** What people decided. */
  readonly decisions: readonly ExportedDecision[];
}

export interface ExportedSetAside {
  readonly position: number;
  readonly candidateId: string;
  readonly jobId: string;
  readonly reason: string;
  readonly result: readonly Observation[];
  /** RFC 3339, UTC. */
  readonly time: string;
}

export interface ExportedObservation {
  readonly position: number;
  readonly candidateId: string;
  readonly jobId: string;
  readonly parameters: Parameters;
  /** As measured over all steps, by the names of the axes where a set point is one. */
  readonly actual?: Parameters | undefined;
  /** Name of the alternative recipe that brought it; absent for the campaign's own. */
  readonly recipe?: string | undefined;
  /** The experiment whose sample was measured again; absent for a sample of its own. */
  readonly sample?: string | undefined;
  readonly result: readonly Observation[];
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly simulated: boolean;
  readonly withdrawn: boolean;
  /** The person who reported or told it. */
  readonly reportedBy?: string | undefined;
  /** Whether that name was proven or only said; absent where the configuration names no operators. */
  readonly identity?: OperatorIdentity | undefined;
  /** Photographs that belong to it and that the daemon keeps. */
  readonly photos?: readonly DataReference[] | undefined;
}

export interface ExportedJob {
  readonly jobId: string;
  readonly candidateId: string;
  readonly instrument: string;
  readonly state: string;
  /** The last load that it was in. */
  readonly load?: string | undefined;
  /** Highest attempt that an instrument answered. */
  readonly attempts: number;
  /** Attempts that an instrument reported to have begun: accepted, run or finished. */
  readonly starts: number;
  /** Of a person's step: photographs that the daemon keeps. */
  readonly photos?: readonly DataReference[] | undefined;
}

export interface ExportedProposal {
  readonly n: number;
  readonly position: number;
  readonly time: string;
  readonly points: readonly ProposedPoint[];
  readonly verdict: Verdict;
  readonly model: ModelRecord;
  readonly warnings: readonly string[];
  readonly plannerVersion: number;
}

export interface ExportedDecision {
  readonly position: number;
  readonly time: string;
  readonly by: string;
  /** Whether the name was proven or only said; absent where the configuration names no operators. */
  readonly identity?: OperatorIdentity | undefined;
  readonly action: string;
  readonly reason?: string | undefined;
  /** Of a comment: the sample that it is about. */
  readonly sampleId?: string | undefined;
  /** Of a comment: photographs that the daemon keeps. */
  readonly photos?: readonly DataReference[] | undefined;
}

/** Collects the documents of all campaigns from the log's events, in order, after the machines have seen each. */
export interface ExportFold {
  fold(event: LabEvent): void;
  readonly campaignIds: readonly string[];
  /** `undefined` for a campaign that the log does not hold. */
  document(campaignId: string): ExportDocument | undefined;
}

interface Collected {
  readonly spec: CampaignSpec;
  readonly observations: (Omit<ExportedObservation, "withdrawn" | "result"> & {
    withdrawn: boolean;
    result: readonly Observation[];
  })[];
  readonly setAside: ExportedSetAside[];
  readonly jobs: Map<string, JobRecord>;
  readonly proposals: ExportedProposal[];
  readonly decisions: ExportedDecision[];
  requests: number;
}

interface JobRecord {
  readonly candidateId: string;
  instrument: string;
  state: string;
  load?: string;
  photos?: readonly DataReference[];
  readonly experimentId: string;
  attempts: number;
  readonly started: Set<string>;
}

export function createExportFold(options: {
  /** Of logs that do not name theirs. */
  readonly site: string;
  readonly version: string;
  readonly state: LabStatePort;
}): ExportFold {
  const campaigns = new Map<string, Collected>();
  let { site } = options;
  return {
    fold: (event) => {
      if (event.fact.type === "daemon.started") site = event.fact.site ?? site;
      foldEvent(campaigns, options.state, event);
    },
    get campaignIds() {
      return [...campaigns.keys()];
    },
    document: (campaignId) => {
      const found = campaigns.get(campaignId);
      if (found === undefined) return undefined;
      return documentOf(found, options.state, { site, version: options.version });
    },
  };
}

function foldEvent(campaigns: Map<string, Collected>, state: LabStatePort, event: LabEvent): void {
  const { fact, position } = event;
  const time = toRfc3339(event.time_ms);
  switch (fact.type) {
    case "campaign.defined": {
      // A second definition adds candidates: what was collected stays.
      const known = campaigns.get(fact.spec.campaignId);
      campaigns.set(fact.spec.campaignId, {
        observations: [],
        setAside: [],
        jobs: new Map(),
        proposals: [],
        decisions: [],
        requests: 0,
        ...known,
        spec: fact.spec,
      });
      return;
    }
    case "planner.proposed": {
      const campaign = campaigns.get(fact.campaignId);
      if (campaign === undefined) return;
      campaign.requests++;
      campaign.proposals.push({ n: campaign.requests, position, time, ...fact.proposal });
      return;
    }
    case "planner.failed": {
      const campaign = campaigns.get(fact.campaignId);
      if (campaign !== undefined) campaign.requests++;
      return;
    }
    case "operator.command": {
      const campaign = campaigns.get(fact.campaignId);
      const { by, action, reason, sampleId } = fact;
      const about = {
        ...(sampleId === undefined ? {} : { sampleId }),
        ...identityOf(fact),
        ...photosIn(fact.raw),
      };
      if (action !== "tell")
        campaign?.decisions.push({ position, time, by, action, reason, ...about });
      else if (campaign !== undefined) foldTold(campaign, state, { ...event, fact });
      if (action === "withdraw") withdraw(campaign, state, fact.jobId);
      if (action === "reread") lookAgain(campaign, state);
      return;
    }
    case "patterns.reread":
      lookAgain(campaigns.get(fact.campaignId), state);
      return;
    default:
      foldJobEvent(campaigns, state, event, time);
  }
}

function foldTold(
  campaign: Collected,
  state: LabStatePort,
  { fact, position, time_ms }: LabEvent<Extract<LabFact, { type: "operator.command" }>>,
): void {
  const where = state.toldAt?.(position);
  if (where === undefined) return;
  const { observations: said = [], by, points: [{ recipe } = {}] = [] } = fact;
  campaign.observations.push({
    ...{ position, ...where, time: toRfc3339(time_ms) },
    jobId: toldName(campaign.spec.campaignId, position),
    ...(recipe === undefined ? {} : { recipe }),
    result: state.judgementOf?.(position)?.observations ?? said,
    simulated: false,
    withdrawn: false,
    reportedBy: by,
    ...identityOf(fact),
    ...photosIn(fact.raw),
  });
}

/** What people photographed at any step of a sample. */
function photosOfSteps({ jobs }: Collected, experimentId: string) {
  const own = [...jobs.values()].filter((job) => job.experimentId === experimentId);
  return photosIn(own.flatMap(({ photos = [] }) => photos));
}

function photosIn(raw: readonly DataReference[] | undefined) {
  const photos = photosOf(raw);
  return photos === undefined ? {} : { photos };
}

/** Phases have got other names, or patterns other meanings. */
function lookAgain(campaign: Collected | undefined, state: LabStatePort): void {
  for (const one of campaign?.observations ?? [])
    one.result =
      state.observationsOf?.(campaign?.spec.campaignId ?? "", one.position) ?? one.result;
}

/** An observation is named by any job of its experiment. */
function withdraw(
  campaign: Collected | undefined,
  state: LabStatePort,
  jobId: string | undefined,
): void {
  const experimentOf = (id: string) => state.locateJob(id)?.experimentId;
  const named = jobId === undefined ? undefined : experimentOf(jobId);
  const taken = campaign?.observations.find(({ jobId: id }) =>
    named === undefined ? id === jobId : experimentOf(id) === named,
  );
  if (taken !== undefined) taken.withdrawn = true;
}

const JOB_STATES: Readonly<Record<JobFact["type"], string>> = {
  "job.accepted": "accepted",
  "job.rejected": "rejected",
  "job.progress": "running",
  "job.result": "done",
  "job.failed": "failed",
  "job.unknown": "unknown",
};

function foldJobEvent(
  campaigns: Map<string, Collected>,
  state: LabStatePort,
  event: LabEvent,
  time: string,
): void {
  const { fact, position } = event;
  if (!isJobFact(fact)) return;
  const word = JOB_STATES[fact.type];
  const { jobId, instrumentId } = fact;
  const place = state.locateJob(jobId);
  const campaign = place === undefined ? undefined : campaigns.get(place.campaignId);
  if (place === undefined || campaign === undefined) return;
  const job = campaign.jobs.get(jobId) ?? {
    candidateId: place.candidateId,
    experimentId: place.experimentId,
    instrument: instrumentId,
    state: "queued",
    attempts: 0,
    started: new Set<string>(),
  };
  campaign.jobs.set(jobId, job);
  const wasDone = job.state === "done";
  if (!wasDone) {
    job.state = word;
    job.instrument = instrumentId;
    if ("load" in fact && fact.load !== undefined) job.load = fact.load;
  }
  if (fact.type === "job.unknown") return;
  job.attempts = Math.max(job.attempts, fact.attempt);
  if (fact.type === "job.accepted" || fact.type === "job.progress" || fact.type === "job.result") {
    job.started.add(`${fact.attempt}@${instrumentId}`);
  }
  if (fact.type !== "job.result" || wasDone) return;
  const photos = fact.reported === undefined ? undefined : photosOf(fact.raw);
  if (photos !== undefined) job.photos = photos;
  const judgement = state.judgementOf?.(position);
  const { candidateId } = place;
  if (judgement?.unusable !== undefined) {
    const { unusable: reason } = judgement;
    const about = { position, candidateId, jobId };
    campaign.setAside.push({ ...about, reason, result: fact.observations, time });
    return;
  }
  // The observation comes from the last step; a failure is one at any step.
  if (place.step === place.steps - 1 || fact.observations.some((one) => one.kind === "failure")) {
    const actual = place.actual ?? fact.actual;
    campaign.observations.push({
      position,
      candidateId: place.candidateId,
      jobId,
      parameters: place.parameters,
      ...(actual === undefined ? {} : { actual }),
      ...(place.recipe === undefined ? {} : { recipe: place.recipe }),
      ...(place.sample === undefined ? {} : { sample: place.sample }),
      result:
        state.observationsOf?.(place.campaignId, position) ??
        judgement?.observations ??
        fact.observations,
      time,
      simulated: fact.simulated,
      withdrawn: false,
      ...photosOfSteps(campaign, place.experimentId),
      ...(fact.reported === undefined
        ? {}
        : { reportedBy: fact.reported.by, ...identityOf(fact.reported) }),
    });
  }
}

function documentOf(
  campaign: Collected,
  state: LabStatePort,
  about: { readonly site: string; readonly version: string },
): ExportDocument {
  const status = state.campaignStatus(campaign.spec.campaignId);
  const known = state.allJobs?.(campaign.spec.campaignId) ?? status?.jobs ?? [];
  const byId = new Map(known.map((job) => [job.jobId, job]));
  const answered = [...campaign.jobs].map(([jobId, job]) => ({
    jobId,
    candidateId: job.candidateId,
    instrument: job.instrument,
    state: byId.get(jobId)?.state ?? job.state,
    ...(job.load === undefined ? {} : { load: job.load }),
    attempts: job.attempts,
    starts: job.started.size,
    ...(job.photos === undefined ? {} : { photos: job.photos }),
  }));
  const unanswered = known
    .filter((job) => !campaign.jobs.has(job.jobId))
    .map((job) => ({
      jobId: job.jobId,
      candidateId: job.candidateId,
      instrument: job.instrumentId ?? "",
      state: job.state,
      ...(job.load === undefined ? {} : { load: job.load }),
      attempts: job.attempt,
      starts: 0,
    }));
  return {
    campaign: {
      ...campaign.spec,
      ...status?.settings,
      budget: status?.budget.total ?? campaign.spec.budget,
      state: status?.state ?? "draft",
      budgetUsed: status?.budget.used ?? 0,
      tielineVersion: about.version,
      site: about.site,
    },
    observations: campaign.observations,
    ...(campaign.setAside.length === 0 ? {} : { setAside: campaign.setAside }),
    jobs: [...answered, ...unanswered],
    proposals: campaign.proposals,
    decisions: campaign.decisions,
  };
}
