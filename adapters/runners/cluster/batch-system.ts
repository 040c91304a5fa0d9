/** A pilot that the controller knows. A number is no name: after a crash it is given to another job. */
export interface SubmittedPilot {
  readonly jobId: string;
  readonly name: string;
  readonly state: string;
}

/** So many pilots are one array at most: as many as a controller takes with its defaults, and one request. */
export const PILOTS_TOGETHER_max = 1000;

/** Pilots that are wanted: one is a job of its name, several are an array whose tasks are called as {@link taskName} says. */
export interface PilotOrder {
  readonly name: string;
  readonly count: number;
  readonly args: readonly string[];
}

/** What we ask of a batch system. */
export interface BatchSystem {
  /**
   * Resolves with the number of the job or of the array. Rejects with {@link SubmissionRefused} where nothing was accepted, with another
   * error where nobody knows.
   */
  submit(order: PilotOrder): Promise<string>;
  /** Every job of ours, each task of an array by itself; rejects where the controller does not answer. */
  list(): Promise<readonly SubmittedPilot[]>;
}

/** The controller has said no: nothing of the order runs. */
export class SubmissionRefused extends Error {}

/** As the pilot script makes it of the array's name. */
export const taskName = (name: string, task: number): string => `${name}-${task}`;

/** The pilots of an order, by name. */
export function pilotsOf({ name, count }: Pick<PilotOrder, "name" | "count">): string[] {
  return count === 1 ? [name] : Array.from({ length: count }, (_, task) => taskName(name, task));
}
