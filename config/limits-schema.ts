import { z } from "zod";
import { convertUnit } from "../src/core/units.ts";
import { type Condition, problemOfCondition } from "../src/domain/limits/condition.ts";
import type { GuardAction } from "../src/domain/limits/guard.ts";
import { ratePerSecond } from "../src/domain/limits/guard-state.ts";
import { findHoursProblem } from "../src/domain/opening-hours.ts";
import { unitSchema } from "./unit-schema.ts";

const isOrdered = ({ min, max }: { min?: number | undefined; max?: number | undefined }): boolean =>
  (min ?? Number.NEGATIVE_INFINITY) <= (max ?? Number.POSITIVE_INFINITY);
const ORDER = "min must not be larger than max";

/** A range in which at least one end stands. */
export const rangeSchema = z
  .strictObject({ min: z.number().optional(), max: z.number().optional() })
  .refine(isOrdered, { message: ORDER })
  .refine(({ min, max }) => min !== undefined || max !== undefined, "give min, max or both");

const limit = z
  .strictObject({
    min: z.number().optional(),
    max: z.number().optional(),
    unit: unitSchema.optional(),
    oneOf: z.array(z.string()).min(1).max(1000).optional(),
  })
  .refine(isOrdered, { message: ORDER })
  .refine(
    ({ min, max, oneOf }) => (min !== undefined || max !== undefined) !== (oneOf !== undefined),
    "limits nothing; give min, max or both, or oneOf: [...] for a text",
  );

export const limitsSchema = z.record(z.string(), limit);

const condition = z
  .strictObject({
    always: z.string().optional(),
    never: z.string().optional(),
    why: z.string().max(200).optional(),
  })
  .superRefine((one: Condition, context) => {
    if ((one.always === undefined) === (one.never === undefined)) {
      context.addIssue({ code: "custom", message: "write always: or never:, one of the two" });
      return;
    }
    const problem = problemOfCondition(one);
    if (problem === undefined) return;
    const key = one.never === undefined ? "always" : "never";
    context.addIssue({ code: "custom", path: [key], message: `is not understood: ${problem}` });
  });

export const conditionsSchema = z.array(condition).max(100);

const guardFields = {
  channel: z.string().min(1).max(64),
  unit: unitSchema,
  min: z.number().optional(),
  max: z.number().optional(),
  rate: z.strictObject({ max: z.number().positive(), unit: unitSchema }).optional(),
  stale_s: z.number().positive().max(86_400).optional(),
  // biome-ignore lint/suspicious/noThenProperty: a word of the configuration, never a function
  then: z.enum(["pause", "cancel", "stop"]),
  hysteresis: z.number().min(0).optional(),
  settle_s: z.number().min(0).max(86_400).optional(),
};

interface GuardFields {
  readonly unit: string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly rate?: { readonly unit: string } | undefined;
  readonly stale_s?: number | undefined;
  readonly hysteresis?: number | undefined;
}

function checkGuard(guard: GuardFields, context: z.core.$RefinementCtx<GuardFields>): void {
  const { unit, min, max, rate, stale_s, hysteresis = 0 } = guard;
  const add = (message: string, path: string[] = []): void =>
    context.addIssue({ code: "custom", message, path });
  if (!isOrdered(guard)) add(ORDER);
  if (min === undefined && max === undefined && rate === undefined && stale_s === undefined)
    add("guards nothing; give min, max, rate or stale_s");
  if (min !== undefined && max !== undefined && 2 * hysteresis > max - min)
    add("is wider than the range: the guard would never clear", ["hysteresis"]);
  if (rate === undefined || convertUnit(1, ratePerSecond(unit), rate.unit) !== undefined) return;
  add(`is not a rate of ${unit}; write e.g. ${unit === "Cel" ? "K" : unit}/min`, ["rate", "unit"]);
}

/** `then` would make a promise of an object that is awaited; inside it is the action. */
function named<Fields extends { readonly then: GuardAction }>({ then, ...guard }: Fields) {
  return { ...guard, action: then };
}

const instrumentGuardsSchema = z
  .array(z.strictObject(guardFields).superRefine(checkGuard).transform(named))
  .max(32);

export const campaignGuardsSchema = z
  .array(
    z
      .strictObject({ ...guardFields, instrument: z.string().optional() })
      .superRefine(checkGuard)
      .transform(named),
  )
  .max(32);

export const hoursSchema = z.string().superRefine((text, context) => {
  const problem = findHoursProblem(text);
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
});

/** Where a set point comes from; `unit` where the name does not say it. */
export const parameterSourceSchema = z.union([
  z.number(),
  z.string(),
  z.strictObject({ axis: z.string(), unit: unitSchema.optional() }),
  z.strictObject({ value: z.number(), unit: unitSchema }),
]);

/** What the configuration says of one instrument; `{}` says that it has no limits of its own. */
export const instrumentSchema = z.strictObject({
  limits: limitsSchema.default({}),
  conditions: conditionsSchema.optional(),
  guards: instrumentGuardsSchema.optional(),
  /** Hours in which a job may start on it, whatever campaign it is of. */
  hours: hoursSchema.optional(),
});
