import { z } from "zod";
import { unitSchema } from "./unit-schema.ts";

/** Keys of a step that a person does instead of an instrument. */
export const personsStep = {
  by: z
    .literal("person", "write by: person, or leave it out where an instrument does it")
    .optional(),
  /** What is to be done. */
  instructions: z.string().min(1).max(2000).optional(),
  /** Where the sample lies; absent: where its last step was. */
  place: z.string().min(1).max(200).optional(),
  /** Numbers that are asked for, beside what the goal needs of the last step. */
  asks: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "write the name of a quantity"),
        unit: unitSchema,
        min: z.number().optional(),
        max: z.number().optional(),
      }),
    )
    .max(20)
    .optional(),
};

/** Without a person there is nobody to read instructions. */
export function checkPersonsStep(
  step: { readonly by?: unknown } & Readonly<Record<string, unknown>>,
  context: z.RefinementCtx,
): void {
  if (step.by !== undefined) {
    if (step["load"] !== undefined)
      context.addIssue({ code: "custom", path: ["load"], message: "is for a step of instruments" });
    return;
  }
  for (const key of ["instructions", "place", "asks"])
    if (step[key] !== undefined)
      context.addIssue({ code: "custom", path: [key], message: "is for a step by: person" });
}
