import type { Parameters } from "./candidate.ts";
import type { DataReference, Observation } from "./observation.ts";

/** The people at the bench, as an instrument without a machine: whoever does the work. No client of the broker has this name. */
export const PEOPLE = "people";

/** A number that a step asks of the person who does it. */
export interface AskedNumber {
  readonly name: string;
  /** UCUM unit of `min`, `max`, and of what is written without one. */
  readonly unit: string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** What a person says of a step that was his. */
export interface PersonsReport {
  readonly outcome: "done" | "failed";
  readonly observations?: readonly Observation[] | undefined;
  /** Set points as they came out, by their names. */
  readonly actual?: Parameters | undefined;
  /** Photographs, files of instruments. */
  readonly raw?: readonly DataReference[] | undefined;
  /** Of `failed`: it may be tried again. */
  readonly again?: boolean | undefined;
  /** Phases that the campaign has not seen are meant, and no slips. */
  readonly newPhases?: boolean | undefined;
}

/** Who reported a step, kept with the result for ever. */
export interface ReportedBy {
  readonly by: string;
  /** Whether the name was proven or only said; absent where the configuration names no operators. */
  readonly identity?: "verified" | "claimed" | undefined;
  readonly commandId: string;
  readonly note?: string | undefined;
}

/** The name, for a withdrawal, of a result that was told at this position of the log. */
export function toldName(campaignId: string, position: number): string {
  return `${campaignId}.told${position}`;
}

/** One entry of the list that the people at the bench work through. */
export interface Todo {
  readonly jobId: string;
  readonly campaignId: string;
  readonly sampleId: string;
  readonly capability: string;
  /** What is to be done, in the words of the recipe. */
  readonly instructions?: string | undefined;
  /** Where the sample lies, as far as the recipe or its last step tells. */
  readonly place?: string | undefined;
  readonly parameters: Parameters;
  /** Units of the parameters whose names state none. */
  readonly units: Readonly<Record<string, string>>;
  /** What the campaign waits to hear; absent where "done" is all. */
  readonly asks?: readonly (AskedNumber | { readonly kind: "phases" | "curve" })[] | undefined;
  readonly attempt: number;
  readonly since_ms: number;
  readonly due_ms: number;
  readonly isOverdue: boolean;
  readonly candidateId: string;
}

/** A word on a sample, or (without one) on the campaign: a note for the next shift. */
export interface Comment {
  readonly position: number;
  readonly time_ms: number;
  readonly by: string;
  readonly sampleId?: string | undefined;
  readonly text: string;
  /** Photographs that the daemon keeps. */
  readonly photos?: readonly DataReference[] | undefined;
}
