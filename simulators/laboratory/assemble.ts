import type { Clock, Timers } from "../../src/core/clock.ts";
import { LabError } from "../../src/core/errors.ts";
import { hash32 } from "../../src/core/prng.ts";
import type { ConnectInstrument } from "../connections/instrument-connection.ts";
import type { JournalEntry } from "../instruments/controller-memory.ts";
import { InstrumentController } from "../instruments/instrument-controller.ts";
import type { Journal } from "../instruments/journal.ts";
import { type DeviceContext, makeDevice } from "../instruments/make-device.ts";
import { loadLineLists } from "../truths/line-lists.ts";
import { loadPhaseTruth, type PhaseTruth } from "../truths/phase-truth.ts";
import type { PhysicalWorld } from "../world/physical-world.ts";
import type { InstrumentChoice, LaboratoryOptions, PatternOptions } from "./laboratory-options.ts";

export const DEFAULT_SITE = "default";
export const DEFAULT_TRUTH = "al-mg-zn_608K";

/** The default laboratory: enough for a phase diagram, with two furnaces because annealing takes longest. */
export const DEFAULT_INSTRUMENTS: readonly InstrumentChoice[] = [
  { instrumentId: "robot-1", kind: "synthesis-robot" },
  { instrumentId: "furnace-1", kind: "furnace" },
  { instrumentId: "furnace-2", kind: "furnace" },
  { instrumentId: "diffractometer-1", kind: "diffractometer" },
];

/** What the two laboratories do differently. */
export interface Surroundings {
  readonly world: PhysicalWorld;
  readonly clock: Clock & Timers;
  readonly speed: number;
  readonly resendAfter_s: number;
  readonly telemetryEvery_s: number;
  readonly journalOf: (instrumentId: string) => Journal<JournalEntry>;
  readonly connectionOf: (instrumentId: string) => ConnectInstrument;
}

/** Makes the instruments of a laboratory; none is started yet. */
export function assembleInstruments(
  options: LaboratoryOptions,
  surroundings: Surroundings,
): InstrumentController[] {
  const { seed, site = DEFAULT_SITE, faults, noise = {} } = options;
  const { world } = surroundings;
  let loaded: PhaseTruth | undefined;
  const truth = (): PhaseTruth => {
    loaded ??= loadPhaseTruth(options.truth ?? DEFAULT_TRUTH);
    return loaded;
  };
  const patterns = patternSource(options.patterns);
  const choices = options.instruments ?? DEFAULT_INSTRUMENTS;
  const names = new Set(choices.map(({ instrumentId }) => instrumentId));
  if (names.size < choices.length)
    throw new LabError("TL-0104", "Two simulated instruments have the same name");
  return choices.map(
    ({ instrumentId, kind, capacity }) =>
      new InstrumentController({
        site,
        instrumentId,
        // Two sites on one broker must not evict each other.
        clientId: `sim-${instrumentId}-${hash32(site).toString(36)}`,
        seed,
        device: makeDevice(kind, { world, truth, noise, patterns, capacity }),
        world,
        journal: surroundings.journalOf(instrumentId),
        clock: surroundings.clock,
        connect: surroundings.connectionOf(instrumentId),
        faults: faults?.instruments[instrumentId] ?? {},
        speed: surroundings.speed,
        resendAfter_s: surroundings.resendAfter_s,
        telemetryEvery_s: surroundings.telemetryEvery_s,
      }),
  );
}

/** The settings with the lists that they name, read when a diffractometer asks. TL-0101 where they cannot be. */
export function patternSource(options: PatternOptions | undefined): DeviceContext["patterns"] {
  if (options === undefined) return undefined;
  const { lines, ...settings } = options;
  return () => ({ ...settings, lists: loadLineLists(lines) });
}
