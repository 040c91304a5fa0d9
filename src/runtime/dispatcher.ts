import type { InstrumentContext, JobContext, MachineState } from "../../machines/index.ts";
import { PEOPLE } from "../domain/people.ts";
import { hindranceOf, isHindered } from "./hindrances.ts";
import { campaignRefusal, fitOn, type SentSetPoints } from "./job-fitting.ts";
import { type Lab, stateName } from "./lab.ts";
import { gatherLoad, type Load, membersOf } from "./loads.ts";
import { missingStep } from "./missing-step.ts";
import { DISPATCHING, isOpenNow, isStartHour } from "./start-hours.ts";
import { isEnough, upkeepReason } from "./upkeep.ts";

/** What to do with the oldest job that can be decided now. */
export type Assignment =
  | {
      readonly kind: "assign";
      readonly jobId: string;
      readonly instrumentId: string;
      readonly bootId: string | undefined;
      /** Present where the instrument's units are not the recipe's. */
      readonly sent?: SentSetPoints | undefined;
    }
  | {
      readonly kind: "load";
      readonly load: Load;
      readonly instrumentId: string;
      readonly bootId: string | undefined;
    }
  /** A load that never began, and whose start is too old to be obeyed: its jobs wait anew. */
  | { readonly kind: "dissolve"; readonly jobId: string }
  | { readonly kind: "refuse"; readonly jobId: string; readonly detail: string }
  /** Its point's approval has expired: a person is asked again. */
  | { readonly kind: "lapse"; readonly jobId: string; readonly experimentId: string };

/** Jobs that wait although an instrument is free for them, and until when: told by {@link nextAssignment}. */
export type Waits = (until_ms: number) => void;

/**
 * Chooses the next job, or load of jobs, for a free instrument: oldest job first, instruments by name, limits checked a last
 * time. Pure and deterministic; `undefined` where nothing can be dispatched. `onWait` hears of loads that wait to be fuller.
 */
export function nextAssignment(lab: Lab, onWait: Waits = () => {}): Assignment | undefined {
  if (lab.emergency !== undefined || lab.doubtful.size > 0) return undefined;
  // What kept one job of a capability and campaign waiting keeps the next one waiting too.
  const exhausted = new Set<string>();
  for (const jobId of lab.queued) {
    const job = lab.machines.job.get(jobId);
    if (job === undefined) continue;
    const { campaignId, experimentId, capability, members } = job.context;
    if (members !== undefined) {
      const again = decideAgain(lab, job.context, onWait);
      if (again !== undefined) return again;
      continue;
    }
    if (!mayDispatch(lab, job.context)) continue;
    if (hasLapsed(lab, job.context)) return { kind: "lapse", jobId, experimentId };
    if (!isStartHour(lab, job.context)) continue;
    const kind = `${campaignId}/${capability}`;
    if (exhausted.has(kind)) continue;
    const decision = decide(lab, job.context, onWait);
    if (decision !== "wait" && decision !== "wait, nothing is free") return decision;
    if (decision === "wait, nothing is free") exhausted.add(kind);
  }
  return undefined;
}

/** Until when a queued job waits for others to go with it although an instrument is free; `undefined` where it does not. */
export function waitsForLoadUntil_ms(lab: Lab, job: JobContext): number | undefined {
  const waits: number[] = [];
  if (!isForLoads(lab, job.capability)) return undefined;
  if (lab.emergency === undefined && mayDispatch(lab, job) && isStartHour(lab, job))
    decide(lab, job, (until_ms) => waits.push(until_ms));
  return waits.length === 0 ? undefined : Math.min(...waits);
}

/** Whether any instrument takes several samples at once for this: without one nothing waits for a fuller load. */
function isForLoads(lab: Lab, capability: string): boolean {
  for (const { context } of lab.machines.instrument.values())
    for (const { name, capacity = 1 } of context.capabilities)
      if (name === capability && capacity > 1) return true;
  return false;
}

/** A free instrument for the job, a refusal where none may ever take it, or the reason to wait. */
function decide(
  lab: Lab,
  job: JobContext,
  onWait: Waits,
): Assignment | "wait" | "wait, nothing is free" {
  const { jobId } = job;
  const refusal = campaignRefusal(lab, job);
  if (refusal !== undefined) return { kind: "refuse", jobId, detail: refusal };
  if (job.byPerson === true)
    return { kind: "assign", jobId, instrumentId: PEOPLE, bootId: undefined };
  let why: string | undefined;
  let isFitting = false;
  let isAnyFree = false;
  for (const instrumentId of lab.instrumentIds) {
    const instrument = lab.machines.instrument.get(instrumentId);
    if (instrument === undefined || !offers(instrument.context, job.capability)) continue;
    // The cheapest question first: it is asked of hundreds of instruments after every event, and nearly all of them are busy.
    const free =
      isFree(lab, instrument) &&
      !isBound(lab, job, instrumentId) &&
      !isHindered(lab, instrumentId, job.campaignId) &&
      isOpenNow(lab, instrumentId) &&
      upkeepReason(lab, instrumentId, job) === undefined;
    isAnyFree ||= free;
    if (isFitting && !free) continue;
    const fitting = fitOn(lab, instrument.context, job);
    if (typeof fitting === "string") {
      why ??= fitting;
      continue;
    }
    isFitting = true;
    if (!free) continue;
    const { bootId } = instrument.context;
    const gathered = gather(lab, job, instrument.context);
    if (gathered.kind === "wait") onWait(gathered.until_ms);
    else if (gathered.kind === "alone")
      return { kind: "assign", jobId, instrumentId, bootId, ...fitting };
    else return { ...gathered, instrumentId, bootId };
  }
  if (why !== undefined && !isFitting) return { kind: "refuse", jobId, detail: why };
  return isAnyFree ? "wait" : "wait, nothing is free";
}

/** The load that the job would go in on this instrument, which is free for it. */
function gather(lab: Lab, job: JobContext, instrument: InstrumentContext) {
  const { instrumentId, capabilities } = instrument;
  const capability = capabilities.find(({ name }) => name === job.capability);
  if (capability === undefined) return { kind: "alone" as const };
  const mayGo = (other: JobContext): boolean =>
    mayDispatch(lab, other) &&
    !hasLapsed(lab, other) &&
    isStartHour(lab, other) &&
    !isBound(lab, other, instrumentId) &&
    campaignRefusal(lab, other) === undefined;
  const fitOf = (other: JobContext) => fitOn(lab, instrument, other);
  const isEnoughFor = (jobs: readonly JobContext[]) => isEnough(lab, instrumentId, jobs);
  return gatherLoad(job, { lab, capability, instrumentId, mayGo, fitOf, isEnoughFor });
}

/** Its start may still be under way to another instrument. */
function isBound(lab: Lab, { boundTo }: JobContext, instrumentId: string): boolean {
  return (boundTo?.until_ms ?? 0) > lab.time_ms && boundTo?.instrumentId !== instrumentId;
}

const HEARD_WITHIN_ms = 30_000;

/** A load whose start was held back goes to the instrument that it was made for, or not at all. */
function decideAgain(lab: Lab, load: JobContext, onWait: Waits): Assignment | undefined {
  const { jobId, instrumentId = "", boundTo, sent } = load;
  const until_ms = boundTo?.until_ms ?? 0;
  // What began in the last moment has some time to be heard.
  const dissolved_ms = until_ms + HEARD_WITHIN_ms;
  if (lab.time_ms >= dissolved_ms) return { kind: "dissolve", jobId };
  onWait(dissolved_ms);
  if (lab.time_ms >= until_ms) return undefined;
  const instrument = lab.machines.instrument.get(instrumentId);
  const mayGo = instrument !== undefined && isFree(lab, instrument) && mayStartNow(lab, load);
  if (!mayGo) return undefined;
  return { kind: "assign", jobId, instrumentId, bootId: instrument.context.bootId, sent };
}

/** `ready` of the design: online, idle, automatic, ok, and no job reserved on it. */
function isFree(lab: Lab, instrument: MachineState<InstrumentContext>): boolean {
  const reservation = lab.machines.reservation.get(instrument.context.instrumentId);
  return (
    reservation?.context.jobId === undefined &&
    READY.every((state) => instrument.states.includes(state))
  );
}

const READY = ["connection.online", "operation.idle", "control.automatic", "safety.ok"];

/** Nothing of the point has begun, and the time that its approval gave is over. */
function hasLapsed(lab: Lab, { campaignId, experimentId, step }: JobContext): boolean {
  if (step > 0) return false;
  const open = lab.machines.campaign.get(campaignId)?.context.open;
  const until_ms = open?.find((one) => one.experimentId === experimentId)?.approvedUntil_ms;
  return until_ms !== undefined && lab.time_ms >= until_ms;
}

/** Whether what has been sent and never began might be sent once more as things stand. */
export function mayStartNow(lab: Lab, job: JobContext): boolean {
  const { instrumentId = "", campaignId } = job;
  const isShut = !isStartHour(lab, job) || !isOpenNow(lab, instrumentId);
  const isForbidden = isHindered(lab, instrumentId, campaignId) || isShut;
  if (lab.emergency !== undefined || isForbidden) return false;
  if (upkeepReason(lab, instrumentId, job) !== undefined) return false;
  const instrument = lab.machines.instrument.get(instrumentId)?.context;
  return membersOf(lab, job).every(
    (one) =>
      mayDispatch(lab, one) &&
      !hasLapsed(lab, one) &&
      campaignRefusal(lab, one) === undefined &&
      (instrument === undefined || typeof fitOn(lab, instrument, one) !== "string"),
  );
}

/** A campaign that is told to stop finishes what it has begun, whatever else hinders it. */
function mayDispatch(lab: Lab, job: JobContext): boolean {
  const campaign = lab.machines.campaign.get(job.campaignId);
  if (campaign === undefined || !DISPATCHING.has(stateName(campaign))) return false;
  if (stateName(campaign) !== "running") return true;
  return hindranceOf(lab, job.campaignId) === undefined && missingStep(lab, job) === undefined;
}

function offers(instrument: InstrumentContext, capability: string): boolean {
  return instrument.capabilities.some((one) => one.name === capability);
}
