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

const phases = z.object({
  kind: z.literal("phases"),
  sampleId,
  phases: z.array(phaseName).min(1).max(16),
  fractions: z.record(phaseName, fraction).optional(),
  compositions: z.record(phaseName, z.record(name, fraction)).optional(),
  confidence: fraction.optional(),
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
  trajectory,
  failure,
]) satisfies z.ZodType<Observation>;
