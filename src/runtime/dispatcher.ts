import type { InstrumentContext, JobContext, MachineState } from "../../machines/index.ts";
import { PEOPLE } from "../domain/people.ts";
import { hindranceOf, isHindered } from "./hindrances.ts";
import { campaignRefusal, fitOn, type SentSetPoints } from "./job-fitting.ts";
import { type Lab, stateName } from "./lab.ts";
import { missingStep } from "./missing-step.ts";
import { DISPATCHING, isOpenNow, isStartHour } from "./start-hours.ts";

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
  | { readonly kind: "refuse"; readonly jobId: string; readonly detail: string }
  /** Its point's approval has expired: a person is asked again. */
  | { readonly kind: "lapse"; readonly jobId: string; readonly experimentId: string };

/**
 * Chooses the next job for a free instrument: oldest job first, instruments by name, limits checked a last time. Pure
 * and deterministic; `undefined` where nothing can be dispatched.
 */
export function nextAssignment(lab: Lab): Assignment | undefined {
  if (lab.emergency !== undefined || lab.doubtful.size > 0) return undefined;
  // What kept one job of a capability and campaign waiting keeps the next one waiting too.
  const exhausted = new Set<string>();
  for (const jobId of lab.queued) {
    const job = lab.machines.job.get(jobId);
    if (job === undefined || !mayDispatch(lab, job.context)) continue;
    const { campaignId, experimentId, capability } = job.context;
    if (hasLapsed(lab, job.context)) return { kind: "lapse", jobId, experimentId };
    if (!isStartHour(lab, job.context)) continue;
    const kind = `${campaignId}/${capability}`;
    if (exhausted.has(kind)) continue;
    const decision = decide(lab, job.context);
    if (decision !== "wait" && decision !== "wait, nothing is free") return decision;
    if (decision === "wait, nothing is free") exhausted.add(kind);
  }
  return undefined;
}

/** A free instrument for the job, a refusal where none may ever take it, or the reason to wait. */
function decide(lab: Lab, job: JobContext): Assignment | "wait" | "wait, nothing is free" {
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
    const isOthers =
      (job.boundTo?.until_ms ?? 0) > lab.time_ms && job.boundTo?.instrumentId !== instrumentId;
    const mayStart = !isHindered(lab, instrumentId, job.campaignId) && isOpenNow(lab, instrumentId);
    const free = !isOthers && isFree(lab, instrument) && mayStart;
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
    return { kind: "assign", jobId, instrumentId, bootId, ...fitting };
  }
  if (why !== undefined && !isFitting) return { kind: "refuse", jobId, detail: why };
  return isAnyFree ? "wait" : "wait, nothing is free";
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
  const isStopped = lab.emergency !== undefined || !mayDispatch(lab, job) || hasLapsed(lab, job);
  const isShut = !isStartHour(lab, job) || !isOpenNow(lab, instrumentId);
  const isForbidden = isHindered(lab, instrumentId, campaignId) || isShut;
  if (isStopped || isForbidden || campaignRefusal(lab, job) !== undefined) return false;
  const instrument = lab.machines.instrument.get(instrumentId);
  return instrument === undefined || typeof fitOn(lab, instrument.context, job) !== "string";
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
