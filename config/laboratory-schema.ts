import { z } from "zod";
import { IDENTIFIER } from "../src/domain/identifiers.ts";

const share = z.number().min(0).max(1).optional();
const size = z.number().min(0).optional();
const positive = z.number().positive().optional();

/** How one simulated instrument misbehaves: shares are probabilities for each job. */
const instrumentFaults = z.strictObject({
  forgets: z.boolean().optional(),
  answersLate_s: size,
  repeats: z.number().int().min(0).max(100).optional(),
  silent: share,
  rejects: share,
  nonsense: share,
  wrongUnit: share,
  disappears: share,
  disappearsFor_s: positive,
  sampleFails: share,
});

const faults = z.strictObject({
  instruments: z.record(z.string(), instrumentFaults).default({}),
  /** Only `simulate` has a network of its own to break. */
  network: z
    .strictObject({
      duplicates: share,
      cutEvery_s: positive,
      cutFor_s: positive,
      killEvery_s: positive,
    })
    .default({}),
});

/** Honest imperfections, as standard deviations. */
const noise = z.strictObject({
  composition_molFraction: size,
  phaseComposition_molFraction: size,
  missingCompositions: share,
  measurement: size,
});

/** A simulated diffractometer that sends patterns, and leaves naming phases to the campaign's references. */
const patterns = z.strictObject({
  /** Folder of line lists (`PHASE.csv`), one for each phase of the truth; relative to the configuration. */
  lines: z.string().min(1),
  countingTime_s: positive,
  strongest_countsPerSecond: positive,
  background_countsPerSecond: size,
  texture: z.number().min(0).max(1).optional(),
  displacement_deg: z.number().min(0).max(0.5).optional(),
  hump: share,
  amorphous: z.number().min(0).max(0.9).optional(),
  solidSolutions: z
    .record(
      z.string(),
      z.strictObject({
        component: z.string(),
        at_molFraction: z.number().min(0).max(1),
        strainPerMolFraction: z.number().min(-1).max(1),
      }),
    )
    .optional(),
});

/** Simulated instruments that the daemon starts beside itself, as clients of the contract. */
export const laboratorySchema = z.strictObject({
  simulated: z.strictObject({
    truth: z.string().optional(),
    seed: z.union([z.string(), z.number()]).transform(String).optional(),
    instruments: z
      .array(
        z.strictObject({
          id: z.string().regex(IDENTIFIER),
          kind: z.enum([
            "synthesis-robot",
            "furnace",
            "diffractometer",
            "property-tester",
            "magnetometer",
            "simulation-runner",
            "quench-station",
          ]),
          /** Samples that it takes at once (furnace, diffractometer). */
          capacity: z.number().int().min(1).max(100).optional(),
        }),
      )
      .optional(),
    /** CSV of recorded frames that a `simulation-runner` gives out; relative to the configuration. */
    recorded: z.string().optional(),
    faults: faults.optional(),
    noise: noise.optional(),
    patterns: patterns.optional(),
  }),
});
