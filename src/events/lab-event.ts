import type { LabFact } from "./lab-fact.ts";

/** A fact in the log: where it stands and when the daemon wrote it. */
export interface LabEvent<Fact extends LabFact = LabFact> {
  /** 1, 2, 3 ... without gaps. */
  readonly position: number;
  /** The daemon's clock, ms since 1970 UTC; for people and deadlines, never for order. */
  readonly time_ms: number;
  readonly fact: Fact;
}

/** A fact on its way into the log. */
export interface EventDraft {
  readonly time_ms: number;
  readonly fact: LabFact;
}
