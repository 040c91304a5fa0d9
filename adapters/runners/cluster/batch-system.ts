import { LabError } from "../../../src/core/errors.ts";

/** A pilot that the controller knows. A number is no name: after a crash it is given to another job. */
export interface SubmittedPilot {
  readonly jobId: string;
  readonly name: string;
  readonly state: string;
}

/** Pilots that are wanted: one is a job of its name, several are an array whose tasks are called as {@link taskName} says. */
export interface PilotOrder {
  readonly name: string;
  readonly count: number;
  readonly args: readonly string[];
}

/** What we ask of a batch system. */
export interface BatchSystem {
  /**
   * Resolves with the number of the job or of the array. Rejects with {@link SubmissionRefused} or TL-7033 where nothing was accepted,
   * with another error where nobody knows.
   */
  submit(order: PilotOrder): Promise<string>;
  /** Every job of ours, each task of an array by itself; rejects where the controller does not answer, with TL-7033 where it does not know us. */
  list(): Promise<readonly SubmittedPilot[]>;
}

/** The controller has said no: nothing of the order runs. */
export class SubmissionRefused extends Error {}

/**
 * Who asks is not known to the cluster, or not any more: nothing was done, and nothing will be before a person has renewed what is
 * shown there.
 */
export function notAllowed(why: string, hint: string): LabError {
  return new LabError("TL-7033", `The cluster does not know who asks (${why})`, { hint });
}

export function isNotAllowed(error: unknown): error is LabError {
  return error instanceof LabError && error.code === "TL-7033";
}

/** So many pilots are one array at most: as many as a controller takes with its defaults, and one request. */
export const ARRAY_max = 1000;

/** As the pilot script makes it of the array's name. */
export const taskName = (name: string, task: number): string => `${name}-${task}`;

/** The pilots of an order, by name. */
export function pilotsOf({ name, count }: Pick<PilotOrder, "name" | "count">): string[] {
  return count === 1 ? [name] : Array.from({ length: count }, (_, task) => taskName(name, task));
}
