import type { QuarantineReason } from "../events/lab-fact.ts";
import type { Leadership } from "../events/log-lease.ts";
import type { CampaignView } from "./campaign-view.ts";
import type { InstrumentView } from "./instrument-view.ts";

/** The view `dashboard/overview`: the laboratory at a glance. */
export interface OverviewView {
  readonly agent: { readonly agentId: string; readonly version: string; readonly epoch: number };
  /** Who leads and who stands by; absent where one daemon alone can reach the log. */
  readonly leadership?: Leadership | undefined;
  readonly site: string;
  readonly started_ms: number;
  readonly emergencyStop: EmergencyStopView;
  readonly campaigns: readonly CampaignLine[];
  readonly instruments: readonly InstrumentView[];
  readonly alarms: readonly AlarmView[];
  readonly counters: Counters;
  /** The last messages that could not be understood, newest last. */
  readonly quarantine: readonly QuarantineLine[];
}

export interface EmergencyStopView {
  readonly active: boolean;
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
  readonly time_ms?: number | undefined;
  /** While it is active: instruments that have said that they are stopped, and those that have not. */
  readonly heardBy?: readonly string[] | undefined;
  readonly unheardBy?: readonly string[] | undefined;
}

/** One campaign in the overview. */
export type CampaignLine = Pick<
  CampaignView,
  | "campaignId"
  | "title"
  | "goal"
  | "state"
  | "budget"
  | "inFlight"
  | "waits"
  | "reasons"
  | "remaining_s"
> & { readonly observations: number; readonly waiting: boolean };

export interface Counters {
  readonly events: number;
  readonly results: number;
  readonly failures: number;
  readonly duplicates: number;
  readonly quarantined: number;
  readonly quarantinedByReason: Readonly<Partial<Record<QuarantineReason, number>>>;
}

export interface QuarantineLine {
  readonly position: number;
  readonly time_ms: number;
  readonly topic: string;
  readonly reason: QuarantineReason;
  readonly bytes: number;
}

export const QUARANTINE_LINES_SHOWN = 50;

/** Something that a person should know now. Its id stays the same for as long as the reason lasts. */
export interface AlarmView {
  readonly alarmId: string;
  readonly severity: "critical" | "warning";
  readonly subject: string;
  /** What is wrong, and what to do, in one sentence each. */
  readonly text: string;
}
