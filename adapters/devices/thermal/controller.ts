/** One consistent look at a temperature controller; temperatures in its own unit. */
export interface ThermalLook {
  /** What it says of itself, whoever told it so. */
  readonly state: "ready" | "busy" | "held" | "done" | "fault";
  /** `undefined`: the sensor is broken, or the value is beyond its scale. */
  readonly measured: number | undefined;
  readonly setPoint: number;
  readonly working?: number | undefined;
  readonly output?: number | undefined;
  /** False: somebody commands it by hand. */
  readonly isAutomatic: boolean;
  /** The number of the job that it keeps, where it has room for one. */
  readonly token?: number | undefined;
  /** Which part of its program runs, where it tells. */
  readonly segment?: number | undefined;
  /** In the device's own words. */
  readonly problem?: string | undefined;
  /** It is set up otherwise than its definition counts on (another unit, other decimals): none of its values is believed. */
  readonly misfit?: string | undefined;
}

/** Of looks without a job, so many pass until the set-up is asked again. */
export const SET_UP_EVERY = 5;

/** What the controller is told to do, in its own units. */
export interface ThermalPlan {
  readonly token: number;
  readonly target: number;
  readonly rate: number;
  readonly dwell: number;
}

/**
 * A temperature controller behind its protocol. Every value that is returned was read on a connection that has shown to be the
 * device's, and every write has been read back.
 */
export interface ThermalController {
  readonly model: string;
  readonly kind: string;
  /** The temperature's unit, and those of the plan's rate and dwell. */
  readonly units: { readonly temperature: string; readonly rate: string; readonly dwell: string };
  /** True where it carries out a ramp and a dwell by itself; else the gateway keeps the time. */
  readonly hasProgram: boolean;
  /** What of its definition is held against it when it is opened, for people. */
  readonly birthChecks: readonly string[];
  readonly canHold: boolean;
  /** Largest token it keeps. */
  readonly token_max: number;
  /** Two temperatures this near are one to it. */
  readonly resolution: number;
  /** Smallest rate above 0 that it keeps, in its unit: what is less would be none. */
  readonly rate_min: number;
  /** Where it rests. */
  readonly rest: number;
  /** The set points that it takes, known after `open`. */
  readonly limits: { readonly min: number; readonly max: number };
  /** Connects; a LabError that is not retryable where it is another device, or not as the definition says. */
  open(): Promise<void>;
  close(): void;
  /** `isIdle`: nothing of ours runs, so its set-up need not be asked at each look: a job begins with a look that does. */
  look(about?: { readonly isIdle?: boolean }): Promise<ThermalLook>;
  /** Why it cannot do this plan, before anything is written. */
  refuse(plan: ThermalPlan): string | undefined;
  /** Writes the plan and reads it back; nothing moves yet. `signal`: a stop came meanwhile. */
  prepare(plan: ThermalPlan, signal: AbortSignal): Promise<void>;
  /** Starts what was prepared. */
  start(plan: ThermalPlan, signal: AbortSignal): Promise<void>;
  /** Whether it still holds that very plan. */
  holds(plan: ThermalPlan): Promise<boolean>;
  hold(): Promise<void>;
  resume(): Promise<void>;
  /** Ahead of everything: ends whatever it does, goes to rest, and reads both back. */
  stop(): Promise<void>;
}
