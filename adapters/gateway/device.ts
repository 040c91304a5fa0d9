import type { Parameters } from "../../src/domain/candidate.ts";
import type { Capability, Control, Safety } from "../../src/domain/instrument.ts";
import type { DataReference, Observation } from "../../src/domain/observation.ts";

/** What a device may answer at once or later. */
export type Awaitable<T> = T | Promise<T>;

/** One attempt at one job, as the agent ordered it and the gateway accepted it. */
export interface DeviceJob {
  readonly jobId: string;
  readonly attempt: number;
  /** Absent in journals of the first days. */
  readonly campaignId?: string | undefined;
  readonly capability: string;
  /** Set points in the units that the capability declares; within its limits and those of the configuration. */
  readonly parameters: Parameters;
  /** The samples of one load; observations of several name theirs. */
  readonly sampleIds: readonly string[];
  /** Of a load: set points that its samples do not share (the capability's `shares`). */
  readonly parametersBySample?: Readonly<Record<string, Parameters>> | undefined;
  /** A folder of this attempt's own; kept over restarts of the gateway. */
  readonly folder: string;
  /** True where it was being held when the gateway ended. */
  readonly held: boolean;
}

/** Goes with every call: aborted when the call's deadline has passed and nobody waits for its answer any more. */
export interface DeviceCall {
  readonly signal: AbortSignal;
}

/**
 * Where a device stands. `ready`: it does nothing. `busy`, `held`: it works. `done`: the job has ended and its result can be read;
 * say it only where the device itself knows, never because it looks idle. `fault`: it needs a person. `unknown`: it cannot tell.
 */
export interface DeviceStatus {
  readonly state: "ready" | "busy" | "held" | "done" | "fault" | "unknown";
  /** Who commands it: anything but `automatic` (the default) keeps jobs away. */
  readonly control?: Control | undefined;
  readonly safety?: Safety | undefined;
  /** How far the job is, 0..1, and a word about it. */
  readonly progress?: number | undefined;
  readonly message?: string | undefined;
  /** Changes whenever the device was switched off and on: the job of before is lost then, whatever the state looks like. */
  readonly boot?: string | undefined;
  /** The job it works on, where it keeps a token of it (a spare register): another one is somebody else's work. */
  readonly jobId?: string | undefined;
}

/** What came of a job. Values are finite, units UCUM codes; the gateway refuses to send anything else. */
export type DeviceResult =
  | {
      readonly observations: readonly Observation[];
      /** What was really reached, by set point. */
      readonly actual?: Parameters | undefined;
      /** Of a load: what was reached otherwise for single samples. */
      readonly actualBySample?: Readonly<Record<string, Parameters>> | undefined;
      readonly raw?: readonly DataReference[] | undefined;
      /** What a person should know of it: a file that could not be had. Logged, not sent. */
      readonly remark?: string | undefined;
    }
  | {
      /** Why there is no result, in the device's own words. */
      readonly failed: string;
      readonly retryable?: boolean | undefined;
    };

/** One reading, shown live and not kept. */
export interface Reading {
  readonly channel: string;
  readonly value: number;
  /** UCUM. */
  readonly unit: string;
}

/** What became of a job while nobody looked. */
export type Recovery = "running" | "done" | "never-began" | "unknown";

/**
 * One device behind a gateway: a furnace on Modbus, a diffractometer's folder, a queue of simulations. It only translates:
 * journal, acknowledgements, epochs, limits, the latched emergency stop, deadlines and resumption are the gateway's.
 *
 * Calls come one at a time, except `halt`, which comes at once, even while another call is pending. Every call has a deadline; a
 * call that throws or is late is answered by `open`, and the job is in doubt until `status` or `recover` tells.
 */
export interface Device {
  /** E.g. `furnace`; shown to people. */
  readonly kind: string;
  /** What it can do; read again after `open`. */
  readonly capabilities: readonly Capability[];
  /** Channels of its telemetry with their units, so that a guard on a misspelt one is seen at the birth. */
  readonly channels?: Readonly<Record<string, { readonly unit: string }>> | undefined;
  /** True where its results are made up. Default false. */
  readonly simulated?: boolean | undefined;
  /** True where set points differ from job to job, so that no capability can list them and `refuse` judges them. */
  readonly anySetPoints?: boolean | undefined;
  /**
   * Connects, and verifies that it is the device that is meant. Called before anything else, and again after any call that failed.
   * A {@link LabError} that is not retryable ends the gateway's start.
   */
  open?(call: DeviceCall): Awaitable<void>;
  close?(): Awaitable<void>;
  /** Why a job cannot be done although its set points lie within all limits. */
  refuse?(job: DeviceJob): Awaitable<string | undefined>;
  /** Begins the job and comes back once the device has visibly begun (or ended it). Throws where it did not begin. */
  begin(job: DeviceJob, call: DeviceCall): Awaitable<void>;
  /** Where it stands; asked every `poll_ms` and after every command. */
  status(call: DeviceCall): Awaitable<DeviceStatus>;
  /** The outcome of the job that is `done`. */
  result(job: DeviceJob, call: DeviceCall): Awaitable<DeviceResult>;
  /**
   * Stops whatever it does, in a safe state; with a job or without. Called again and again until `status` shows that the device is
   * at rest, so once more must do no harm. `job` may have begun in an earlier life of the gateway.
   */
  halt(reason: string, job: DeviceJob | undefined, call: DeviceCall): Awaitable<void>;
  hold?(job: DeviceJob, call: DeviceCall): Awaitable<void>;
  resume?(job: DeviceJob, call: DeviceCall): Awaitable<void>;
  /** Readings, asked after each `status`. */
  telemetry?(call: DeviceCall): Awaitable<readonly Reading[]>;
  /**
   * What became of a job after a restart of the gateway, a silence or a power cycle of the device. Absent: the status tells, with its
   * `boot` and `jobId`, and what cannot be told is unknown, never done.
   */
  recover?(job: DeviceJob, call: DeviceCall): Awaitable<Recovery>;
  /** Takes a function to call when the status has changed, so that nobody waits for the next poll. */
  watch?(changed: () => void): void;
}
