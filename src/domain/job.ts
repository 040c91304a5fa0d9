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
