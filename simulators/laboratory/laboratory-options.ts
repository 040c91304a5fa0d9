import type { Clock, Timers } from "../../src/core/clock.ts";
import type { Limits } from "../../src/domain/candidate.ts";
import type { Control } from "../../src/domain/instrument.ts";
import type { SimulatedBroker } from "../broker/simulated-broker.ts";
import type { SimulatedBus } from "../broker/simulated-bus.ts";
import type { WireMessage } from "../connections/instrument-connection.ts";
import type { FaultPlan, LaboratoryNoise } from "../faults/fault-plan.ts";
import type { SolidSolution } from "../instruments/diffractometer.ts";
import type { ScanSettings } from "../instruments/powder-scan.ts";
import type { VirtualClock } from "../time/virtual-clock.ts";
import type { LedgerEntry, Violation } from "../world/physical-ledger.ts";

/** Instruments that a laboratory can have. */
export type InstrumentKind =
  | "synthesis-robot"
  | "furnace"
  | "diffractometer"
  | "property-tester"
  | "magnetometer"
  | "simulation-runner"
  | "quench-station";

export interface InstrumentChoice {
  readonly instrumentId: string;
  readonly kind: InstrumentKind;
  /** Samples that it takes at once, of a furnace or a diffractometer; absent: its birth says nothing of it. */
  readonly capacity?: number | undefined;
}

/** A diffractometer that sends patterns. */
export interface PatternOptions extends ScanSettings {
  /** Folder of line lists, `PHASE.csv` with `d_angstrom,intensity`, one for each phase of the truth. */
  readonly lines: string;
  /** Cells that move with composition, by phase. */
  readonly solidSolutions?: Readonly<Record<string, SolidSolution>> | undefined;
}

/** What both laboratories share. */
export interface LaboratoryOptions {
  /** Default `default`. */
  readonly site?: string | undefined;
  /** Same seed, same noise, same faults. */
  readonly seed: string;
  /**
   * Ground truth of the diffractometer: the name of one that ships (`al-mg-zn_608K`) or the path of a table in the same
   * format with its sidecar beside it. Default `al-mg-zn_608K`.
   */
  readonly truth?: string | undefined;
  /** Default: robot-1, furnace-1, furnace-2, diffractometer-1. */
  readonly instruments?: readonly InstrumentChoice[] | undefined;
  readonly faults?: FaultPlan | undefined;
  /** Pause between two telemetry readings, s of the laboratory's clock. Default 5, in virtual time 60. */
  readonly telemetryEvery_s?: number | undefined;
  readonly noise?: LaboratoryNoise | undefined;
  /** Diffractometers send patterns; absent: phases. */
  readonly patterns?: PatternOptions | undefined;
}

export interface SimulatedLaboratoryOptions extends LaboratoryOptions {
  /** `mqtt://host:port` or `ws://host:port`. */
  readonly brokerUrl: string;
  /** Journals of the instruments and of the physical world; absent keeps them in memory. */
  readonly folder?: string | undefined;
  /** Laboratory seconds of work per second of `clock`; durations are divided by it. Default 1. */
  readonly speed?: number | undefined;
  /**
   * The clock that stamps messages and judges `notAfter`; must agree with the daemon's. Default: the system's. With a
   * scaled clock (`createScaledClock`) leave `speed` at 1 and raise `resendAfter_s` by the clock's factor.
   */
  readonly clock?: (Clock & Timers) | undefined;
  /** A result without `ack` is sent again after this, then after twice as long, up to 60 times it. Default 5 s of `clock`. */
  readonly resendAfter_s?: number | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Contents of PEM files, as MQTT.js takes them. */
  readonly tls?: { readonly ca?: Buffer; readonly servername?: string } | undefined;
}

/** A laboratory of separate MQTT clients in real time. */
export interface SimulatedLaboratory {
  readonly instrumentIds: readonly string[];
  /** What physically happened since the journals began. */
  ledger(): readonly LedgerEntry[];
  /** Disconnects every instrument in good order; idempotent. Jobs in progress go on from their journals at the next start. */
  stop(): Promise<void>;
}

export interface VirtualLaboratoryOptions extends LaboratoryOptions {
  /** Virtual time at the start, ms since 1970 UTC. Default 2026-01-01T00:00:00Z. */
  readonly start_ms?: number | undefined;
  /** One-way delay of each message, drawn from the seed and the message. Default 1..20 ms. */
  readonly latency_ms?: { readonly min: number; readonly max: number } | undefined;
}

/** What the checkers hold a run to, besides what always holds. */
export interface RunExpectations {
  /** Number of experiments that may have been started, by campaign. */
  readonly budgets?: Readonly<Record<string, number>> | undefined;
  /** Limits that no physical start may cross, by campaign. */
  readonly limits?: Readonly<Record<string, Limits>> | undefined;
  /** Jobs (or experiments) of all published batches; each physical start must belong to one. Absent: not checked. */
  readonly proposedJobIds?: Iterable<string> | undefined;
  /** The run went to its end: every result has been acknowledged. Default true. */
  readonly finished?: boolean | undefined;
}

/** A laboratory, its network and its clock in one process and virtual time. */
export interface VirtualLaboratory {
  readonly clock: VirtualClock;
  readonly instrumentIds: readonly string[];
  /** For further clients, observers and checkers of one's own. */
  readonly broker: SimulatedBroker;
  /** A connection for one life of the daemon; call again after `kill`, which leaves the session with the broker. */
  connectDaemon(options?: { readonly will?: WireMessage | undefined }): SimulatedBus;
  /** When the fault plan next kills the daemon after `after_ms`; `undefined` where it never does. */
  nextKill_ms(after_ms: number): number | undefined;
  /** Jobs of every batch that has been published on `campaign/+/batch`. */
  proposedJobIds(): ReadonlySet<string>;
  /** An operator's command, e.g. `operate("map", "pause", { reason: "tea" })`. */
  operate(campaignId: string, action: string, data?: Readonly<Record<string, unknown>>): void;
  emergencyStop(active: boolean, by: string, reason: string): void;
  /** The instrument's controller dies now and boots again after `away_s`, with a new `bootId`. */
  crashInstrument(instrumentId: string, away_s: number): void;
  /** The instrument's cable is cut for so long. */
  cutInstrument(instrumentId: string, duration_s: number): void;
  /** A person takes the instrument over at its panel, or gives it back. */
  setControl(instrumentId: string, control: Control): void;
  ledger(): readonly LedgerEntry[];
  /** Empty for a good run. */
  check(expectations?: RunExpectations): Violation[];
  stop(): void;
}
