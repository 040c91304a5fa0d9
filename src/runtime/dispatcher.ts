import type { InstrumentContext, JobContext, MachineState } from "../../machines/index.ts";
import {
  findLimitViolation,
  type Limits,
  type LimitViolation,
  type Parameters,
} from "../domain/candidate.ts";
import { isOnInstrument, type Lab } from "./lab.ts";
import { isStartHour, mayDispatch } from "./start-hours.ts";

/** What to do with the oldest job that can be decided now. */
export type Assignment =
  | {
      readonly kind: "assign";
      readonly jobId: string;
      readonly instrumentId: string;
      readonly bootId: string | undefined;
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
    const { experimentId } = job.context;
    if (hasLapsed(lab, job.context)) return { kind: "lapse", jobId, experimentId };
    if (!isStartHour(lab, job.context)) continue;
    if (exhausted.has(job.context.capability)) continue;
    const decision = decide(lab, job.context);
    if (decision !== "wait" && decision !== "wait, nothing is free") return decision;
    if (decision === "wait, nothing is free") exhausted.add(job.context.capability);
  }
  return undefined;
}

/** A free instrument for the job, a refusal where none may ever take it, or the reason to wait. */
function decide(lab: Lab, job: JobContext): Assignment | "wait" | "wait, nothing is free" {
  const { jobId } = job;
  const refusal = campaignRefusal(lab, job);
  if (refusal !== undefined) return { kind: "refuse", jobId, detail: refusal };
  let able: InstrumentContext | undefined;
  let isFitting = false;
  let isAnyFree = false;
  for (const instrumentId of lab.instrumentIds) {
    const instrument = lab.machines.instrument.get(instrumentId);
    if (instrument === undefined || !offers(instrument.context, job.capability)) continue;
    able ??= instrument.context;
    const free = isFree(lab, instrument);
    isAnyFree ||= free;
    if (isFitting && !free) continue;
    if (violationOn(lab, instrument.context, job) !== undefined) continue;
    isFitting = true;
    if (free) return { kind: "assign", jobId, instrumentId, bootId: instrument.context.bootId };
  }
  if (able !== undefined && !isFitting)
    return { kind: "refuse", jobId, detail: describeRefusal(lab, able, job) };
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

/** The first set point that the campaign, the configuration or the instrument itself forbids. */
function violationOn(
  lab: Lab,
  instrument: InstrumentContext,
  job: JobContext,
): LimitViolation | undefined {
  const announced =
    instrument.capabilities.find((one) => one.name === job.capability)?.parameters ?? {};
  const configured = lab.instrumentLimits[instrument.instrumentId] ?? {};
  return (
    findLimitViolation(job.parameters, announced) ?? findLimitViolation(job.parameters, configured)
  );
}

/** Why a campaign's own limits forbid these set points; `undefined` where they do not. */
export function refusalByLimits(
  parameters: Parameters,
  limits: Limits,
  whose: string,
): string | undefined {
  const broken = Object.entries(parameters).find(
    ([, value]) => typeof value === "number" && !Number.isFinite(value),
  );
  if (broken !== undefined) return `${broken[0]} has no value.`;
  const violation = findLimitViolation(parameters, limits);
  return violation === undefined ? undefined : describeViolation(violation, whose);
}

function describeViolation(violation: LimitViolation, whose: string): string {
  const { min, max } = violation.limit;
  const range = `${min ?? "-inf"} to ${max ?? "inf"}`;
  return `${whose} refuses ${violation.parameter} = ${JSON.stringify(violation.value)}: allowed is ${range} (TL-3104).`;
}

function campaignRefusal(lab: Lab, job: JobContext): string | undefined {
  const limits = lab.specs.get(job.campaignId)?.limits ?? {};
  return refusalByLimits(job.parameters, limits, `campaign ${job.campaignId}`);
}

function describeRefusal(lab: Lab, instrument: InstrumentContext, job: JobContext): string {
  const violation = violationOn(lab, instrument, job);
  return violation === undefined ? "" : describeViolation(violation, instrument.instrumentId);
}

/** Nothing of the point has begun, and the time that its approval gave is over. */
function hasLapsed(lab: Lab, { campaignId, experimentId, step }: JobContext): boolean {
  if (step > 0) return false;
  const open = lab.machines.campaign.get(campaignId)?.context.open;
  const until_ms = open?.find((one) => one.experimentId === experimentId)?.approvedUntil_ms;
  return until_ms !== undefined && lab.time_ms >= until_ms;
}

function offers(instrument: InstrumentContext, capability: string): boolean {
  return instrument.capabilities.some((one) => one.name === capability);
}

/** True while any job of the campaign is, or may be, on an instrument. */
export function hasJobsOnInstruments(lab: Lab, campaignId: string): boolean {
  for (const instrument of lab.machines.reservation.values()) {
    const job =
      instrument.context.jobId === undefined
        ? undefined
        : lab.machines.job.get(instrument.context.jobId);
    if (job !== undefined && job.context.campaignId === campaignId && isOnInstrument(job))
      return true;
  }
  return false;
}
