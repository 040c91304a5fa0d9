import type { Interval } from "./candidate.ts";
import type { Upkeep } from "./upkeep.ts";

export type Operation = "idle" | "busy" | "held" | "fault";
export type Control = "automatic" | "local" | "maintenance";
export type Safety = "ok" | "interlocked" | "emergencyStopped";

/** How one set point is declared: what it may be, and whether a job can do without it. */
export interface SetPointDeclaration extends Interval {
  /** UCUM unit of a number, its limits included; texts and choices have none. */
  readonly unit?: string | undefined;
  /** Absent means a number, unless nothing but a pure number (unit 1, no limits) is declared: then a text passes too. */
  readonly type?: "number" | "text" | "choice" | undefined;
  /** Only whole numbers. */
  readonly integer?: boolean | undefined;
  /** Of `choice`: the words that it takes. */
  readonly choices?: readonly string[] | undefined;
  /** Of `text`: its longest. */
  readonly characters_max?: number | undefined;
  /** A job without it is refused; absent means that the instrument has a value of its own. */
  readonly required?: boolean | undefined;
  /** How fast it may be changed: the set point that states the rate (`by`, else any rate of its kind) stays below. */
  readonly ramp?:
    | { readonly max: number; readonly unit: string; readonly by?: string | undefined }
    | undefined;
}

/** What an instrument says that it can do. Vocabulary after OPC UA LADS (OPC 30500-1). */
export interface Capability {
  readonly name: string;
  /** Set points it takes, and the range that it refuses to leave. */
  readonly parameters: Readonly<Record<string, SetPointDeclaration>>;
  /** What set points of any other name may be, for a program that reads its own; absent: there are no others. */
  readonly others?: SetPointDeclaration | undefined;
  /** Kinds of observation that its results bring. */
  readonly results: readonly string[];
  readonly repeatable: boolean;
  readonly expectedDuration_s: number;
  /** Samples that one job may have at once; absent: one. */
  readonly capacity?: number | undefined;
  /** Set points that are one for all samples of a job (the furnace's temperature); absent: all are. */
  readonly shares?: readonly string[] | undefined;
  /** What each sample uses up of the instrument's stock: `amount`, times the set point `by` where that is named. */
  readonly consumes?:
    | readonly {
        readonly stock: string;
        readonly amount: number;
        readonly by?: string | undefined;
      }[]
    | undefined;
}

/** An instrument's own description of itself, sent when it starts. */
export interface InstrumentBirth extends Upkeep {
  /** Names one start of the instrument's controller: a new one means that it may have forgotten. */
  readonly bootId: string;
  readonly kind: string;
  readonly capabilities: readonly Capability[];
  readonly simulated: boolean;
  /** Channels of its telemetry, with the unit of each; absent where it does not tell them beforehand. */
  readonly channels?: Readonly<Record<string, { readonly unit: string }>> | undefined;
  /**
   * True where the instrument keeps its jobs over a restart of its own, so that its "no record of it" means "never
   * began". An addition to the contract; absent means false, the careful reading.
   */
  readonly journal?: boolean | undefined;
  /** The last report that the agent has acknowledged to it, as the `ack` had it; an addition to the contract. */
  readonly acknowledged?:
    | { readonly jobId: string; readonly attempt: number; readonly position: number }
    | undefined;
}
