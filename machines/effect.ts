import type { CampaignChanges } from "../src/domain/campaign-changes.ts";
import type { LabCommand } from "../src/events/lab-command.ts";

/** A machine's address. */
export interface MachineAddress {
  readonly machine: "campaign" | "experiment" | "job" | "instrument" | "reservation";
  readonly id: string;
}

/** What a machine asks for, as data: nothing runs inside a machine. */
export type Effect =
  /** Something for the world to do. */
  | { readonly kind: "command"; readonly command: LabCommand }
  /** An event for another machine, handled within the same logged event. */
  | { readonly kind: "tell"; readonly to: MachineAddress; readonly event: MachineEvent }
  /** A new machine; it gets its first events by `tell`. */
  | { readonly kind: "create"; readonly what: MachineAddress; readonly input: unknown }
  /** An event that the state does not handle: recorded, counted, never dropped silently. */
  | { readonly kind: "unexpected"; readonly event: string }
  /** The settings of a campaign change. */
  | {
      readonly kind: "settings";
      readonly campaignId: string;
      readonly changes: CampaignChanges;
    }
  /** Something a person should know. */
  | { readonly kind: "alarm"; readonly alarm: Alarm };

/** An event for a machine. `time_ms` and `position` are those of the logged event that caused it. */
export interface MachineEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface Alarm {
  /** The same id raised again is the same alarm. */
  readonly id: string;
  readonly severity: "warning" | "critical";
  /** One sentence; empty text takes the alarm back. */
  readonly text: string;
}

/** When and where in the log an event happened. */
export interface Stamp {
  readonly time_ms: number;
  readonly position: number;
}
