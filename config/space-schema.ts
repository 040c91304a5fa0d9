import { z } from "zod";
import { hasSetPoints } from "../src/domain/set-point-resolution.ts";

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

/** An axis of a continuous space: a range (of whole numbers with `integer: true`, of multiples with `resolution`), or names to choose from. */
const boxAxis = z
  .strictObject({
    name: z.string().min(1),
    min: z.number().optional(),
    max: z.number().optional(),
    integer: z.boolean().optional(),
    resolution: z.number().positive().optional(),
    categories: z.array(z.string().min(1)).min(2).max(100).optional(),
  })
  .transform((axis, context) => {
    const { min, max, categories, integer, resolution } = axis;
    if (resolution !== undefined && (categories !== undefined || integer === true)) {
      const message = "a resolution is of a range of any numbers: not of whole ones or names";
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
    if (min !== undefined && max !== undefined && !hasSetPoints({ min, max, resolution })) {
      const message = `no multiple of the resolution ${resolution} lies from ${min} to ${max}`;
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
    if (categories !== undefined) return { ...axis, min: 0, max: categories.length - 1 };
    if (min !== undefined && max !== undefined && min <= max) return { ...axis, min, max };
    context.addIssue({
      code: "custom",
      message: "give min and max (min <= max), or categories: [...]",
    });
    return z.NEVER;
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
    z.strictObject({ kind: z.literal("box"), axes: z.array(boxAxis).min(1).max(16) }),
  ],
  { error: "write kind: grid, simplex-grid, table or box" },
);
