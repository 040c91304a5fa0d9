import type { Parameters } from "./candidate.ts";
import type { Observation } from "./observation.ts";

/** Why a job did not end with a result. A union, so that programs never read prose. */
export type JobFailureReason =
  | "rejectedByInstrument"
  | "failedOnInstrument"
  | "notAcceptedInTime"
  | "overdue"
  | "unknownToInstrument"
  | "instrumentLost"
  | "limitViolated"
  /** A guard on the instrument's telemetry tripped. */
  | "guardTripped"
  /** A result came, but nothing in it that the campaign's goal can use, or nothing that can be true. */
  | "resultUnusable"
  | "cancelledByOperator"
  | "emergencyStop"
  | "retriesUsedUp";

/** What a step before has found of a sample. */
export interface EarlierStep {
  readonly sampleId: string;
  /** Place in the recipe, from 0. */
  readonly step: number;
  readonly capability: string;
  readonly instrumentId: string;
  readonly observations?: readonly Observation[] | undefined;
  readonly actual?: Parameters | undefined;
}

/** The experiment that a job belongs to, by its name. */
export function experimentOfJob(jobId: string): string {
  return jobId.slice(0, Math.max(0, jobId.lastIndexOf(".s")));
}

/** The name of a campaign's n-th load. */
export function loadName(campaignId: string, n: number): string {
  return `${campaignId}.load${n}`;
}

/** A job's stable name: the experiment and the step; the same after every restart. */
export function jobName(experimentId: string, step: number): string {
  return `${experimentId}.s${step + 1}`;
}
