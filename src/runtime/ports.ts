import type { Clock, Timers } from "../core/clock.ts";
import type { Logger } from "../core/logger.ts";
import type { Packer } from "../core/packer.ts";
import type { CampaignSpec } from "../domain/campaign.ts";
import type { InstrumentPolicy, Laboratory } from "../domain/limits/known-laboratory.ts";
import type { Observation } from "../domain/observation.ts";
import type { ReportedBy } from "../domain/people.ts";
import type { WireCodec } from "../events/codec.ts";
import type { EventLog } from "../events/event-log.ts";
import type { LabEvent } from "../events/lab-event.ts";
import type { LabFact } from "../events/lab-fact.ts";
import type { MessageBus } from "../events/message-bus.ts";
import type { Vouch } from "../events/operator-proof.ts";
import type { PlannerPort } from "../events/planner-port.ts";
import type { Lab } from "./lab.ts";

/** Named points at which a test kills the daemon; they do nothing otherwise. */
export type KillPoint =
  | "message-received"
  | "before-append"
  | "after-append"
  | "after-transition"
  | "before-publish"
  | "after-publish"
  | "before-plan"
  | "after-plan";

/** Reads the raw observations of a result again. */
export type Reread = (
  observations: readonly Observation[],
  spec: CampaignSpec,
) => Promise<
  { readonly meanings: readonly Observation[]; readonly problem?: string | undefined } | undefined
>;

/** The world as the runtime sees it. */
export interface RuntimePorts {
  readonly log: EventLog;
  readonly bus: MessageBus;
  readonly codec: WireCodec;
  /** Adds what raw observations mean to a result, before it is judged and logged. Never rejects. */
  readonly interpret?: ((fact: LabFact) => LabFact | Promise<LabFact>) | undefined;
  /** What the raw patterns of a result mean by the campaign's settings of now; `undefined` where it has none. Never rejects. */
  readonly reread?: Reread | undefined;
  /** Holds a person's word against the operators of the configuration; absent: everybody is taken at his word. */
  readonly vouch?: Vouch | undefined;
  /** Who reported what an instrument without a machine says of an attempt; absent: no instrument here asks anybody. */
  readonly reporterOf?:
    | ((report: {
        readonly instrumentId: string;
        readonly jobId: string;
        readonly attempt: number;
      }) => ReportedBy | undefined)
    | undefined;
  readonly planner: PlannerPort;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Time that really passed since some moment, ms, whatever the clock is set to; absent where there is none (virtual time). */
  readonly monotonic_ms?: (() => number) | undefined;
  readonly logger: Logger;
  /** Called at each named point; a test's hook ends the process there. */
  readonly at?: ((point: KillPoint) => void) | undefined;
  /** Packs campaigns that are over for a while; absent: they stay in memory as they are. */
  readonly packer?: Packer | undefined;
  /** Fills the empty laboratory from a snapshot of the log; returns the position up to which it did. */
  readonly restore?: ((lab: Lab) => number) | undefined;
}

export interface RuntimeOptions {
  readonly site: string;
  readonly agentId: string;
  readonly version: string;
  /** The laboratory's; absent: UTC. */
  readonly timeZone?: string | undefined;
  /** What the configuration says of instruments. */
  readonly policies: Readonly<Record<string, InstrumentPolicy>>;
  /** Kinds of result that `interpret` turns into others. */
  readonly interprets?: Laboratory["interprets"];
}

/** Who looks on: after each event of the log, in order. */
export interface RuntimeObserver {
  /** `live` is false during the replay at the start. */
  onEvent?(event: LabEvent, lab: Lab, live: boolean): void;
  /** How far the replay at the start is. */
  onReplay?(position: number, last: number): void;
  /** A campaign that is over for a while was packed. */
  onShelved?(campaignId: string): void;
  /** After each group of events has been folded and its commands have been given. */
  onSettled?(lab: Lab): void;
  onTelemetry?(reading: {
    instrumentId: string;
    channel: string;
    value: number;
    unit: string;
  }): void;
  /** Progress after the first of an attempt: shown, not logged. */
  onProgress?(progress: {
    instrumentId: string;
    jobId: string;
    fraction: number;
    text?: string | undefined;
  }): void;
  onCount?(what: MessageCount): void;
  onConnection?(connected: boolean): void;
  /** The log cannot be written any more: the daemon must end. */
  onFatal?(error: unknown): void;
}

/** What became of an incoming message. */
export type MessageCount =
  | "logged"
  | "progress"
  | "duplicate"
  | "ignored"
  | "telemetry"
  | "quarantined";
