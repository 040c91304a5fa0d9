import type { Interval } from "./candidate.ts";

export type Operation = "idle" | "busy" | "held" | "fault";
export type Control = "automatic" | "local" | "maintenance";
export type Safety = "ok" | "interlocked" | "emergencyStopped";

/** What an instrument says that it can do. Vocabulary after OPC UA LADS (OPC 30500-1). */
export interface Capability {
  readonly name: string;
  /** Set points it takes: UCUM unit and the range that it refuses to leave. */
  readonly parameters: Readonly<Record<string, { readonly unit: string } & Interval>>;
  /** Kinds of observation that its results bring. */
  readonly results: readonly string[];
  readonly repeatable: boolean;
  readonly expectedDuration_s: number;
}

/** An instrument's own description of itself, sent when it starts. */
export interface InstrumentBirth {
  /** Names one start of the instrument's controller: a new one means that it may have forgotten. */
  readonly bootId: string;
  readonly kind: string;
  readonly capabilities: readonly Capability[];
  readonly simulated: boolean;
  /**
   * True where the instrument keeps its jobs over a restart of its own, so that its "no record of it" means "never
   * began". An addition to the contract; absent means false, the careful reading.
   */
  readonly journal?: boolean | undefined;
}
