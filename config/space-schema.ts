import { z } from "zod";
import { boxSchema } from "./box-schema.ts";

/** An axis as `{name, values: [...]}` or `{name, min, max, step}`. */
const axisSchema = z
  .strictObject({
    name: z.string().min(1),
    values: z.array(z.number()).min(1).max(100_000).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    step: z.number().positive().optional(),
  })
  .transform((axis, context) => {
    if (axis.values !== undefined) return { name: axis.name, values: axis.values };
    const { min, max, step } = axis;
    if (min === undefined || max === undefined || step === undefined || max < min) {
      context.addIssue({
        code: "custom",
        message: "give either values: [...] or min, max and step (min <= max)",
      });
      return z.NEVER;
    }
    const count = Math.round((max - min) / step) + 1;
    if (count > 100_000) {
      context.addIssue({
        code: "custom",
        message: `this axis has ${count} values; 100000 are allowed`,
      });
      return z.NEVER;
    }
    const digits = Math.min(15, Math.ceil(-Math.log10(step)) + 6);
    const values = Array.from({ length: count }, (_, k) =>
      Number((min + k * step).toFixed(Math.max(0, digits))),
    );
    return { name: axis.name, values };
  });

/** Where the campaign may ask. `table` names a CSV file beside the configuration. */
export const spaceSchema = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("grid"), axes: z.array(axisSchema).min(1).max(8) }),
    z.strictObject({
      kind: z.literal("simplex-grid"),
      components: z.array(z.string().min(1)).min(2).max(6),
      step: z
        .number()
        .min(0.001)
        .max(0.5)
        .refine(
          (step) => Math.abs(1 / step - Math.round(1 / step)) < 1e-6,
          "1 must be a multiple of the step",
        ),
      further: z.array(axisSchema).max(4).optional(),
    }),
    z.strictObject({
      kind: z.literal("table"),
      file: z.string().min(1),
      axes: z.array(z.string().min(1)).min(1).max(16),
      components: z.array(z.string().min(1)).min(2).max(6).optional(),
    }),
    boxSchema,
  ],
  { error: "write kind: grid, simplex-grid, table or box" },
);
