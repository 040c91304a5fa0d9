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
        }),
      )
      .optional(),
    /** CSV of recorded frames that a `simulation-runner` gives out; relative to the configuration. */
    recorded: z.string().optional(),
    faults: faults.optional(),
    noise: noise.optional(),
  }),
});
