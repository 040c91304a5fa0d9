import { z } from "zod";
import { unitSchema as unit } from "../unit-schema.ts";
import { meanTwo } from "./bits-problems.ts";
import { kindOf, lineShape, modelShape } from "./controller-schema.ts";
import { thermalProblems, thermalSchema } from "./thermal-schema.ts";

const words = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x20-\x7e]+$/, "write printable ASCII");
const pattern = words.refine(isPattern, "is no regular expression");
const template = words.refine(
  (text) => text.includes("{value}"),
  "write {value} where the number goes",
);
const number = {
  ask: words,
  /** Which of the values between commas, from 1. */
  field: z.number().int().min(1).max(32).default(1),
};
const isOneOf = { ask: words, equals: z.array(words).min(1).max(32) };
const written = z.array(z.strictObject({ write: words, ask: words, equals: words })).max(16);

const shape = z.strictObject({
  ...modelShape,
  protocol: z.literal("line"),
  kind: kindOf("cryostat"),
  line: z
    .strictObject({
      ...lineShape(7777),
      /** What ends a line that is sent; answers end with a line feed. */
      ending: z.enum(["\n", "\r\n", "\r"]).default("\n"),
    })
    .prefault({}),
  /** What only this model answers; asked on each connection and after each look. */
  identity: z.strictObject({ ask: words, matches: pattern }),
  /** What must be so before anything is believed. */
  verify: z
    .array(z.strictObject({ ask: words, matches: pattern, says: z.string().min(1) }))
    .max(32)
    .default([]),
  measured: z.strictObject({
    ...number,
    unit,
    /** Outside of these the sensor is broken. */
    min: z.number(),
    max: z.number(),
    /** A status whose bits mean that the reading is none. */
    flag: z.strictObject({ ask: words, mask: z.number().int().min(1).max(65_535) }).optional(),
  }),
  setPoint: z.strictObject({
    ...number,
    write: template,
    decimals: z.number().int().min(0).max(6),
    min: z.number(),
    max: z.number(),
    /** Where it goes when a job has ended or is stopped. */
    rest: z.number(),
  }),
  /** The set point's own way; absent: it jumps. */
  ramp: z
    .strictObject({
      ...number,
      write: template,
      unit,
      decimals: z.number().int().min(0).max(6),
      min: z.number().positive(),
      max: z.number().positive(),
      /** Told before the set point is brought to where the sample is. */
      off: words,
      moving: z.strictObject(isOneOf),
    })
    .optional(),
  output: z.strictObject(number).optional(),
  state: z.strictObject({ ask: words, ready: z.array(words).min(1), busy: z.array(words).min(1) }),
  /** Any other answer is a fault. */
  health: z.strictObject({ ...isOneOf, says: z.string().min(1) }).optional(),
  /** Each is told, then asked for until it is so. */
  commands: z.strictObject({ start: written, stop: written }),
  thermal: thermalSchema,
});

/** A model that is asked and told in lines of text, one answer a question, none to what it is told (SCPI and its kin). */
export const lineMapSchema = shape.superRefine((map, context) => {
  const { state, thermal, measured, ramp } = map;
  const units = { temperature: measured.unit, dwell: "s", rate: ramp?.unit };
  const problems = [
    ...meanTwo([
      ["ready", state.ready],
      ["busy", state.busy],
    ]),
    ...thermalProblems(thermal, units).map(
      ([path, message]) => [["thermal", ...path], message] as const,
    ),
  ];
  for (const [path, message] of problems)
    context.addIssue({ code: "custom", path: [...path], message });
});

export type LineMap = z.output<typeof shape>;

function isPattern(text: string): boolean {
  try {
    return new RegExp(text).source !== "";
  } catch {
    return false;
  }
}
