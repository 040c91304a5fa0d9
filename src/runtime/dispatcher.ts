import type { InstrumentContext, JobContext, MachineState } from "../../machines/index.ts";
import {
  findLimitViolation,
  type Limits,
  type LimitViolation,
  type Parameters,
} from "../domain/candidate.ts";
import { isOnInstrument, type Lab, stateName } from "./lab.ts";

/** What to do with the oldest job that can be decided now. */
export type Assignment =
  | {
      readonly kind: "assign";
      readonly jobId: string;
      readonly instrumentId: string;
      readonly bootId: string | undefined;
    }
  | { readonly kind: "refuse"; readonly jobId: string; readonly detail: string };

/** Campaigns in these states put jobs on instruments; `stopping` only finishes what has begun. */
const DISPATCHING = new Set(["running", "stopping"]);

/**
 * Chooses the next job for a free instrument: oldest job first, instruments by name, limits checked a last time. Pure
 * and deterministic; `undefined` where nothing can be dispatched.
 */
export function nextAssignment(lab: Lab): Assignment | undefined {
  if (lab.emergency !== undefined || lab.doubtful.size > 0 || lab.queued.size === 0)
    return undefined;
  const free = [...lab.machines.instrument.values()].filter((instrument) =>
    isFree(lab, instrument),
  );
  const known = [...lab.machines.instrument.values()];
  for (const jobId of lab.queued) {
    const job = lab.machines.job.get(jobId);
    if (job === undefined || !mayDispatch(lab, job.context)) continue;
    const refusal = campaignRefusal(lab, job.context);
    if (refusal !== undefined) return { kind: "refuse", jobId, detail: refusal };
    const able = known.filter((instrument) => offers(instrument.context, job.context.capability));
    const fitting = able.filter(
      (instrument) => violationOn(lab, instrument.context, job.context) === undefined,
    );
    const first = able.at(0);
    if (first !== undefined && fitting.length === 0) {
      return { kind: "refuse", jobId, detail: describeRefusal(lab, first.context, job.context) };
    }
    const chosen = fitting
      .filter((instrument) => free.includes(instrument))
      .sort((a, b) => (a.context.instrumentId < b.context.instrumentId ? -1 : 1))
      .at(0);
    if (chosen !== undefined) {
      const { instrumentId, bootId } = chosen.context;
      return { kind: "assign", jobId, instrumentId, bootId };
    }
  }
  return undefined;
}

/** `ready` of the design: online, idle, automatic, ok, and no job reserved on it. */
export function isFree(lab: Lab, instrument: MachineState<InstrumentContext>): boolean {
  const reservation = lab.machines.reservation.get(instrument.context.instrumentId);
  return (
    ["connection.online", "operation.idle", "control.automatic", "safety.ok"].every((state) =>
      instrument.states.includes(state),
    ) && reservation?.context.jobId === undefined
  );
}

/** The first set point that the campaign, the configuration or the instrument itself forbids. */
export function violationOn(
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

export function describeViolation(violation: LimitViolation, whose: string): string {
  const { min, max } = violation.limit;
  const range = `${min ?? "-inf"} to ${max ?? "inf"}`;
  return `${whose} refuses ${violation.parameter} = ${violation.value}: allowed is ${range} (TL-3104).`;
}

function campaignRefusal(lab: Lab, job: JobContext): string | undefined {
  const limits = lab.specs.get(job.campaignId)?.limits ?? {};
  return refusalByLimits(job.parameters, limits, `campaign ${job.campaignId}`);
}

function describeRefusal(lab: Lab, instrument: InstrumentContext, job: JobContext): string {
  const violation = violationOn(lab, instrument, job);
  return violation === undefined ? "" : describeViolation(violation, instrument.instrumentId);
}

function mayDispatch(lab: Lab, job: JobContext): boolean {
  const campaign = lab.machines.campaign.get(job.campaignId);
  return campaign !== undefined && DISPATCHING.has(stateName(campaign));
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
