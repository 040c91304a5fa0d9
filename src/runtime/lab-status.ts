import type {
  CampaignContext,
  JobContext,
  MachineState,
  OpenExperiment,
} from "../../machines/index.ts";
import type { CampaignSpec } from "../domain/campaign.ts";
import type {
  CampaignSettings,
  CampaignStatus,
  JobStatus,
  WaitingChange,
  WaitingPoint,
  WayStep,
} from "../domain/campaign-status.ts";
import type { Parameters } from "../domain/candidate.ts";
import { jobName } from "../domain/job.ts";
import { describeConversion } from "../domain/limits/fit-set-points.ts";
import type { Observation } from "../domain/observation.ts";
import type { Reason } from "../domain/reason.ts";
import { reasonsOfCampaign } from "./campaign-reasons.ts";
import type { Lab } from "./lab.ts";
import { actualOf } from "./observations.ts";
import { bringBack, campaignOfJob } from "./shelf.ts";

/** A campaign's state, budget and open jobs, from its machines. */
export function summariseCampaign(lab: Lab, campaignId: string): CampaignStatus | undefined {
  const campaign = lab.machines.campaign.get(campaignId);
  if (campaign === undefined) return undefined;
  const { context, states } = campaign;
  const waiting = context.open.filter((one) => context.waiting.includes(one.experimentId));
  const spec = lab.specs.get(campaignId);
  const reasons = reasonsOfCampaign(lab, campaignId);
  return {
    state: states[0] ?? "",
    reason: context.reason,
    revision: lab.revisions.get(campaignId) ?? 0,
    budget: { used: context.observed, total: context.budget },
    jobs: context.open
      .flatMap((one) => currentJob(lab, one.experimentId))
      .map((job) => ({ ...job, ...waitsFor(job, states[0] ?? "", reasons) })),
    reasons,
    batches: context.batches,
    ...(waiting.length === 0
      ? {}
      : {
          waiting: {
            batch: context.batches,
            candidateIds: waiting.map((one) => one.candidateId),
            points: waiting.map((one) => waitingPoint(lab, one)),
          },
        }),
    ...(spec === undefined ? {} : { settings: settingsOf(spec), ...changeOf(context, spec) }),
  };
}

/** States of a campaign in which its queued jobs go to instruments. */
const GOES_ON = /^(running(?!.hindered)|stopping)/;

/** A job on an instrument is in flight, whatever its campaign waits for; one that nothing is asked of waits. */
function waitsFor(
  { state, jobId }: JobStatus,
  campaignState: string,
  reasons: readonly Reason[],
): { readonly waitsFor?: string } {
  if (state === "awaitingApproval") return { waitsFor: "approval" };
  if (state !== "queued" && state !== "retryWait") return {};
  const own = reasons.find(({ jobIds }) => jobIds?.includes(jobId));
  const reason = GOES_ON.test(campaignState) ? own : (own ?? reasons[0]);
  return reason === undefined ? {} : { waitsFor: reason.text };
}

function waitingPoint(lab: Lab, open: OpenExperiment): WaitingPoint {
  const { experimentId, candidateId, parameters, batch } = open;
  const { score = 0, why = "" } = lab.machines.experiment.get(experimentId)?.context ?? {};
  return { candidateId, parameters, score, why, batch, jobId: jobName(experimentId, 0) };
}

function settingsOf(spec: CampaignSpec): CampaignSettings {
  const { inFlight, approval, approvalExpires_s, limits, hours } = spec;
  return {
    inFlight,
    approval,
    limits,
    ...(approvalExpires_s === undefined ? {} : { approvalExpires_s }),
    ...(hours === undefined ? {} : { hours }),
  };
}

function changeOf(
  { widening }: CampaignContext,
  spec: CampaignSpec,
): { readonly change?: WaitingChange } {
  if (widening === undefined) return {};
  const names = Object.keys(widening.limits);
  const from = Object.fromEntries(names.map((name) => [name, spec.limits[name] ?? {}]));
  return { change: { ...widening, from } };
}

/** Which experiment and step a job belongs to. */
/** What a result means by what the campaign knows now; `undefined` where it is no result that counts. */
export function observationsOf(
  lab: Lab,
  campaignId: string,
  position: number,
): readonly Observation[] | undefined {
  const results = lab.results.get(campaignId) ?? [];
  let [low, high] = [0, results.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (results[middle]!.position < position) low = middle + 1;
    else high = middle;
  }
  const found = results[low];
  return found?.position === position ? found.observations : undefined;
}

export function locateJob(lab: Lab, jobId: string) {
  bringBack(lab, campaignOfJob(jobId));
  const job = lab.machines.job.get(jobId);
  const experiment = lab.machines.experiment.get(job?.context.experimentId ?? "");
  if (job === undefined || experiment === undefined) return undefined;
  return {
    campaignId: job.context.campaignId,
    experimentId: job.context.experimentId,
    candidateId: experiment.context.candidateId,
    parameters: experiment.context.parameters,
    step: job.context.step,
    steps: experiment.context.recipe.steps.length,
    actual: actualOf(lab, experiment.context),
    recipe: experiment.context.recipeName,
    sample: experiment.context.sample,
  };
}

/** The campaign of a load: a job of several samples, of no experiment. */
export function campaignOfLoad(lab: Lab, jobId: string): string | undefined {
  const job = lab.machines.job.get(jobId)?.context;
  return job?.members === undefined ? undefined : job.campaignId;
}

/** Every job of a campaign, in the order of their creation. */
export function listJobs(lab: Lab, campaignId: string): JobStatus[] {
  bringBack(lab, campaignId);
  return [...lab.machines.job.values()]
    .filter((job) => job.context.campaignId === campaignId)
    .flatMap((job) => {
      const experiment = lab.machines.experiment.get(job.context.experimentId);
      return experiment === undefined ? [] : [summariseJob(lab, job, experiment.context)];
    });
}

function currentJob(lab: Lab, experimentId: string): JobStatus[] {
  const experiment = lab.machines.experiment.get(experimentId);
  if (experiment === undefined) return [];
  const jobId = `${experimentId}.s${experiment.context.step + 1}`;
  const job = lab.machines.job.get(jobId);
  return job === undefined ? [] : [summariseJob(lab, job, experiment.context)];
}

/** Where the sample of a job has been, and is; empty where it was never with others on an instrument. */
function wayOf(lab: Lab, { experimentId, step }: JobContext): WayStep[] {
  if (!hasBeenLoaded(lab, experimentId, step)) return [];
  return Array.from({ length: step + 1 }, (_, k) => k).flatMap((k) => {
    const { loadId, instrumentId, capability } =
      lab.machines.job.get(jobName(experimentId, k))?.context ?? {};
    if (instrumentId === undefined || capability === undefined) return [];
    const samples = lab.machines.job.get(loadId ?? "")?.context.sampleIds.length;
    return [
      { capability, instrumentId, ...(loadId === undefined ? {} : { load: loadId, samples }) },
    ];
  });
}

function hasBeenLoaded(lab: Lab, experimentId: string, step: number): boolean {
  for (let k = 0; k <= step; k++)
    if (lab.machines.job.get(jobName(experimentId, k))?.context.loadId !== undefined) return true;
  return false;
}

function summariseJob(
  lab: Lab,
  job: MachineState<JobContext>,
  experiment: {
    readonly candidateId: string;
    readonly parameters: Parameters;
    readonly recipe: { readonly steps: readonly unknown[] };
    readonly why: string;
    readonly score: number;
    readonly batch: number;
  },
): JobStatus {
  const { context } = job;
  const way = wayOf(lab, context);
  return {
    jobId: context.jobId,
    experimentId: context.experimentId,
    candidateId: experiment.candidateId,
    parameters: experiment.parameters,
    step: context.step,
    steps: experiment.recipe.steps.length,
    capability: context.capability,
    state: jobStateName(job),
    attempt: context.attempt,
    ...(context.instrumentId !== undefined && !job.states.includes("queued")
      ? { instrumentId: context.instrumentId }
      : {}),
    ...(context.sent === undefined
      ? {}
      : { conversions: context.sent.conversions.map(describeConversion) }),
    ...(context.overdue_ms > 0 ? { deadline_ms: context.overdue_ms } : {}),
    ...(context.loadId === undefined ? {} : { load: context.loadId }),
    ...(way.some(({ load }) => load !== undefined) ? { way } : {}),
    why: experiment.why,
    score: experiment.score,
    batch: experiment.batch,
  };
}

/** `begun.running` is `running` to people. */
function jobStateName(job: MachineState): string {
  return job.states[0]?.split(".").at(-1) ?? "";
}
