import type { Prng } from "../../src/core/prng.ts";
import type { Parameters } from "../../src/domain/candidate.ts";
import type { Capability } from "../../src/domain/instrument.ts";
import type { Observation } from "../../src/domain/observation.ts";
import type { JobOrder } from "../wire/instrument-commands.ts";

/** What a job will take; decided when it starts, journaled, so that a controller that boots again goes on with it. */
export interface JobPlan {
  /** Laboratory seconds. */
  readonly duration_s: number;
  /** What else the device must know to go on, e.g. the furnace's temperature at the start. */
  readonly setup?: Readonly<Record<string, number>> | undefined;
}

export type DeviceOutcome =
  | {
      readonly word: "result";
      readonly observations: readonly Observation[];
      readonly actual?: Parameters | undefined;
    }
  | { readonly word: "failed"; readonly reason: string; readonly retryable: boolean };

export interface Refusal {
  readonly reason: string;
  readonly retryable: boolean;
}

export interface TelemetryReading {
  readonly channel: string;
  readonly value: number;
  /** UCUM. */
  readonly unit: string;
}

/** The machine behind the controller: physics only, no messages. Times are laboratory seconds on one running scale. */
export interface SimulatedDevice {
  readonly kind: string;
  readonly capabilities: readonly Capability[];
  /** Channels of its telemetry, as its birth declares them. */
  readonly channels?: Readonly<Record<string, { readonly unit: string }>> | undefined;
  /** Why this order cannot be done although its set points lie within limits. */
  refuse(order: JobOrder): Refusal | undefined;
  plan(order: JobOrder, now_s: number): JobPlan;
  /** The job begins (or, after a reboot, began at `start_s`). */
  begin(order: JobOrder, plan: JobPlan, start_s: number): void;
  /** The job is over: changes the world and says what was measured. The same order and `prng` give the same outcome. */
  complete(order: JobOrder, now_s: number, prng: Prng): DeviceOutcome;
  /** The job is over and the sample is lost. */
  spoil(order: JobOrder, now_s: number): DeviceOutcome;
  /** Stops where it stands: cancelled, emergency stop, forgotten. */
  halt(now_s: number): void;
  telemetry(now_s: number): readonly TelemetryReading[];
}
