import type { JobContext, JobInput } from "../../machines/index.ts";
import type { Parameters } from "../domain/candidate.ts";
import type { Capability } from "../domain/instrument.ts";
import { loadName } from "../domain/job.ts";
import type { LoadRule } from "../domain/recipe.ts";
import type { SentSetPoints } from "./job-fitting.ts";
import type { Lab } from "./lab.ts";
import { mayMoreCome } from "./load-prospects.ts";

/** Fires when a load has waited long enough for a fuller one. */
export const LOADS_TIMER = "lab/loads";

/** Several jobs that one run of an instrument can do together. */
export interface Load {
  readonly input: JobInput;
  readonly sent: SentSetPoints | undefined;
}

/** Jobs that could go together now, and whether they go. */
export type Gathered =
  | { readonly kind: "alone" }
  | { readonly kind: "load"; readonly load: Load }
  /** Until then a fuller load is worth the instrument's idle time. */
  | { readonly kind: "wait"; readonly until_ms: number };

/** How one job goes to the instrument; a text where it does not. */
export type Fit = (job: JobContext) => { readonly sent?: SentSetPoints | undefined } | string;

interface Gathering {
  readonly lab: Lab;
  readonly capability: Capability;
  readonly instrumentId: string;
  /** Whether a queued job may go to this instrument now. */
  readonly mayGo: (job: JobContext) => boolean;
  readonly fitOf: Fit;
  /** Whether the instrument's stock is enough for all of these. */
  readonly isEnoughFor: (jobs: readonly JobContext[]) => boolean;
}

/**
 * The load that the oldest job would go in: with it, oldest first, the jobs of its campaign and capability whose shared set
 * points are the same. Pure; each job has been released, and is held against every limit, for itself.
 */
export function gatherLoad(first: JobContext, gathering: Gathering): Gathered {
  const { lab, capability, instrumentId } = gathering;
  const { capacity = 1 } = capability;
  if (capacity < 2 || first.members !== undefined) return { kind: "alone" };
  const jobs = [first, ...companionsOf(first, gathering).slice(0, capacity - 1)];
  while (jobs.length > 1 && !gathering.isEnoughFor(jobs)) jobs.pop();
  if (jobs.length < capacity) {
    const freed_ms = lab.machines.reservation.get(instrumentId)?.context.freed_ms ?? 0;
    const since_ms = Math.max(freed_ms, Math.min(...jobs.map(({ queued_ms = 0 }) => queued_ms)));
    const duration_s =
      lab.took_s.get(`${instrumentId}/${capability.name}`) ?? capability.expectedDuration_s;
    const empty = (duration_s * (capacity - jobs.length)) / capacity;
    const { fill_min = capacity, wait_s = empty } = ruleOf(lab, first);
    const until_ms = since_ms + (jobs.length >= fill_min ? 0 : 1000 * wait_s);
    const isWorthIt = lab.time_ms < until_ms && mayMoreCome(lab, first, sharedNames(capability));
    if (isWorthIt) return { kind: "wait", until_ms };
  }
  return jobs.length === 1 ? { kind: "alone" } : { kind: "load", load: makeLoad(jobs, gathering) };
}

/** Remembers how long an instrument needs, where that decides when it begins: what empty places waste, what runs into maintenance. */
export function noteDuration(lab: Lab, job: JobContext, instrumentId: string): void {
  const { capability, overdue_ms, timeLimit_s } = job;
  const known = lab.machines.instrument.get(instrumentId)?.context.capabilities ?? [];
  const { capacity = 1 } = known.find(({ name }) => name === capability) ?? {};
  const { maintenance } = lab.machines.instrument.get(instrumentId)?.context.upkeep ?? {};
  if ((capacity < 2 && maintenance === undefined) || overdue_ms === 0) return;
  const began_ms = overdue_ms - timeLimit_s * 1000;
  lab.took_s.set(`${instrumentId}/${capability}`, (lab.time_ms - began_ms) / 1000);
}

function ruleOf(lab: Lab, { experimentId, step }: JobContext): LoadRule {
  return lab.machines.experiment.get(experimentId)?.context.recipe.steps[step]?.load ?? {};
}

/** Names of set points that are one for all samples; `undefined`: all are. */
function sharedNames({ shares }: Capability): ReadonlySet<string> | undefined {
  return shares && new Set(shares);
}

function companionsOf(
  first: JobContext,
  { lab, capability, mayGo, fitOf }: Gathering,
): JobContext[] {
  const wanted = sharedKey(first.parameters, sharedNames(capability));
  const samples = new Set([sampleOf(first)]);
  return [...lab.queued].flatMap((jobId) => {
    const job = lab.machines.job.get(jobId)?.context;
    const goesWith =
      job !== undefined &&
      job.jobId !== first.jobId &&
      job.members === undefined &&
      job.campaignId === first.campaignId &&
      job.capability === first.capability &&
      job.byPerson !== true &&
      sharedKey(job.parameters, sharedNames(capability)) === wanted &&
      !samples.has(sampleOf(job)) &&
      mayGo(job) &&
      typeof fitOf(job) !== "string";
    if (goesWith) samples.add(sampleOf(job));
    return goesWith ? [job] : [];
  });
}

/** Two jobs can share a load where this is the same. */
function sharedKey(parameters: Parameters, shared: ReadonlySet<string> | undefined): string {
  const common = Object.entries(parameters).filter(([name]) => shared?.has(name) ?? true);
  return JSON.stringify(common.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function makeLoad(jobs: readonly JobContext[], { lab, capability, fitOf }: Gathering): Load {
  const first = jobs[0] as JobContext;
  const { campaignId, step, repeatable, timeLimit_s } = first;
  const shared = sharedNames(capability);
  const sentOf = (job: JobContext): Parameters => {
    const fitting = fitOf(job);
    return (typeof fitting === "string" ? undefined : fitting.sent?.parameters) ?? job.parameters;
  };
  const part = (all: Parameters, isShared: boolean): Parameters =>
    Object.fromEntries(
      Object.entries(all).filter(([name]) => (shared?.has(name) ?? true) === isShared),
    );
  const parameters = part(sentOf(first), true);
  const own = jobs.map((job) => [sampleOf(job), part(sentOf(job), false)] as const);
  const fitting = fitOf(first);
  const { conversions = [] } = (typeof fitting === "string" ? undefined : fitting.sent) ?? {};
  return {
    input: {
      jobId: loadName(campaignId, (lab.loads.get(campaignId) ?? 0) + 1),
      ...{ campaignId, experimentId: "", step, capability: capability.name, parameters },
      sampleIds: jobs.map(sampleOf),
      ...{ repeatable, retries: 0, timeLimit_s },
      members: jobs.map(({ jobId, attempt }) => ({ jobId, attempt })),
      ...(own.every(([, values]) => Object.keys(values).length === 0)
        ? {}
        : { parametersBySample: Object.fromEntries(own) }),
    },
    sent: conversions.length === 0 ? undefined : { parameters, conversions },
  };
}

export function sampleOf({ sampleIds, experimentId }: JobContext): string {
  return sampleIds[0] ?? experimentId;
}

/** The jobs that a job on an instrument stands for: of a load those of its samples, else itself. */
export function membersOf(lab: Lab, job: JobContext): readonly JobContext[] {
  if (job.members === undefined) return [job];
  return job.members.flatMap(({ jobId }) => lab.machines.job.get(jobId)?.context ?? []);
}
