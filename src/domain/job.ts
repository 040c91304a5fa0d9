/** Why a job did not end with a result. A union, so that programs never read prose. */
export type JobFailureReason =
  | "rejectedByInstrument"
  | "failedOnInstrument"
  | "notAcceptedInTime"
  | "overdue"
  | "unknownToInstrument"
  | "instrumentLost"
  | "limitViolated"
  | "cancelledByOperator"
  | "emergencyStop"
  | "retriesUsedUp";

/** A job's stable name: the experiment and the step; the same after every restart. */
export function jobName(experimentId: string, step: number): string {
  return `${experimentId}.s${step + 1}`;
}
