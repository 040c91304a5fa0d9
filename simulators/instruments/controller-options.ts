import type { Clock, Timers } from "../../src/core/clock.ts";
import type { ConnectInstrument } from "../connections/instrument-connection.ts";
import type { InstrumentFaults } from "../faults/fault-plan.ts";
import type { PhysicalWorld } from "../world/physical-world.ts";
import type { JournalEntry } from "./controller-memory.ts";
import type { Journal } from "./journal.ts";
import type { SimulatedDevice } from "./simulated-device.ts";

export interface ControllerOptions {
  readonly site: string;
  readonly instrumentId: string;
  readonly clientId: string;
  readonly seed: string;
  readonly device: SimulatedDevice;
  readonly world: PhysicalWorld;
  readonly journal: Journal<JournalEntry>;
  readonly clock: Clock & Timers;
  readonly connect: ConnectInstrument;
  readonly faults: InstrumentFaults;
  /** Laboratory seconds of work per second of the clock. */
  readonly speed: number;
  readonly resendAfter_s: number;
  /** Seconds of the clock between two readings. */
  readonly telemetryEvery_s: number;
}

/** How long a controller that died stays away, s, unless its faults say otherwise. */
export const DISAPPEARS_FOR_S = 120;
