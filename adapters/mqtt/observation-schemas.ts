import { z } from "zod";
import type { Observation } from "../../src/domain/observation.ts";
import {
  dataReference,
  finite,
  fraction,
  identifier,
  name,
  nonNegative,
  phaseName,
  text,
  unit,
} from "./primitive-schemas.ts";

const sampleId = identifier.optional();

const estimate = z.object({
  fraction: finite,
  error: nonNegative,
  strain: finite.optional(),
  moved: z.object({ strain_max: nonNegative, signals: z.array(finite).min(1).max(201) }).optional(),
});

const phases = z.object({
  kind: z.literal("phases"),
  sampleId,
  phases: z.array(phaseName).min(1).max(16),
  fractions: z.record(phaseName, fraction).optional(),
  compositions: z.record(phaseName, z.record(name, fraction)).optional(),
  confidence: fraction.optional(),
  alternatives: z
    .array(z.object({ phases: z.array(phaseName).max(16), probability: fraction }))
    .max(16)
    .optional(),
  estimates: z.record(phaseName, estimate).optional(),
  readFrom: z.literal("pattern").optional(),
  unfamiliar: z
    .object({
      share: fraction,
      d_A: z.array(finite).max(32),
      heights: z.array(nonNegative).max(32).optional(),
    })
    .optional(),
});

const objective = z.object({
  kind: z.literal("objective"),
  sampleId,
  name,
  value: finite,
  unit,
  standardUncertainty: nonNegative.optional(),
});

const curve = z.object({
  kind: z.literal("curve"),
  sampleId,
  name,
  axis: z.object({ name, unit, values: z.array(finite).min(1) }),
  values: z.array(finite).min(1),
  unit,
  standardUncertainty: z.array(nonNegative).min(1).optional(),
});

const pattern = z.object({
  kind: z.literal("pattern"),
  sampleId,
  axis: z.object({
    name: z.enum(["twoTheta", "Q", "d"]),
    unit: z.enum(["deg", "1/nm", "angstrom"]),
    values: z.array(finite).min(2),
  }),
  radiation: z
    .array(z.object({ wavelength_A: finite.positive(), share: fraction }))
    .min(1)
    .max(4)
    .optional(),
  values: z.array(finite).min(2),
  unit: z.enum(["counts", "counts/s", "1"]),
  countingTime_s: nonNegative.optional(),
  file: dataReference.optional(),
});

const trajectory = z.object({
  kind: z.literal("trajectory"),
  sampleId,
  frames: dataReference.extend({ format: name }),
});

const failure = z.object({ kind: z.literal("failure"), sampleId, reason: text });

/** What an instrument observed. */
export const observation = z.discriminatedUnion("kind", [
  phases,
  objective,
  curve,
  pattern,
  trajectory,
  failure,
]) satisfies z.ZodType<Observation>;
