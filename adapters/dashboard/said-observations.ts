import { z } from "zod";

const text = z.string().max(200);
const share = z.record(text, z.number().min(0).max(1));

/**
 * What people and programs can say over HTTP that they found: numbers and phases. What it means for a campaign is held against the
 * contract and the campaign after.
 */
export const saidObservation = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("objective"),
    name: text,
    value: z.number(),
    unit: text.describe("UCUM; 1 for a pure number"),
    standardUncertainty: z.number().min(0).optional(),
  }),
  z.strictObject({
    kind: z.literal("phases"),
    phases: z.array(text).min(1).max(20),
    confidence: z.number().min(0).max(1).optional(),
    compositions: z.record(text, share).optional(),
    fractions: share.optional(),
  }),
  z.strictObject({
    kind: z.literal("failure"),
    reason: text.describe("why the point cannot have a result"),
  }),
]);
