import type { KnownBirth } from "../../src/domain/limits/known-laboratory.ts";
import { createMemoryJournal } from "../instruments/journal.ts";
import { makeDevice } from "../instruments/make-device.ts";
import { loadPhaseTruth } from "../truths/phase-truth.ts";
import { PhysicalWorld } from "../world/physical-world.ts";
import { DEFAULT_INSTRUMENTS, DEFAULT_TRUTH, patternSource } from "./assemble.ts";
import type { InstrumentChoice, PatternOptions } from "./laboratory-options.ts";

/** What the instruments of a simulated laboratory will say in their births, without starting any. TL-0101 for an unknown truth. */
export function simulatedBirths(options: {
  readonly truth?: string | undefined;
  readonly instruments?: readonly InstrumentChoice[] | undefined;
  readonly patterns?: PatternOptions | undefined;
}): Map<string, KnownBirth> {
  const world = new PhysicalWorld(createMemoryJournal());
  const truth = () => loadPhaseTruth(options.truth ?? DEFAULT_TRUTH);
  const patterns = patternSource(options.patterns);
  return new Map(
    (options.instruments ?? DEFAULT_INSTRUMENTS).map(({ instrumentId, kind }) => {
      const { capabilities, channels } = makeDevice(kind, {
        ...{ world, truth, patterns },
        noise: {},
      });
      return [instrumentId, { capabilities, channels }];
    }),
  );
}
