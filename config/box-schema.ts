import { z } from "zod";
import { countLevels } from "../src/domain/box-levels.ts";
import type { BoxAxis } from "../src/domain/search-space.ts";

const axisFields = {
  name: z.string().min(1),
  min: z.number().optional(),
  max: z.number().optional(),
  integer: z.boolean().optional(),
  categories: z.array(z.string().min(1)).min(2).max(100).optional(),
  resolution: z.number().positive().optional(),
  values: z.array(z.number()).min(2).max(2000).optional(),
};

const onlyIfSchema = z.strictObject({
  axis: z.string().min(1),
  is: z.array(z.string().min(1)).min(1),
});
const plainAxis = z.strictObject(axisFields);
const dependentAxis = z.strictObject({ ...axisFields, onlyIf: onlyIfSchema.optional() });

/** Decides the limits of an axis, or says what is missing. */
function complete(axis: z.infer<typeof dependentAxis>, context: z.core.$RefinementCtx): BoxAxis {
  const refuse = (message: string) => {
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  };
  const { min, max, categories, values, integer, resolution } = axis;
  if (resolution !== undefined && (categories ?? values ?? integer) !== undefined)
    return refuse(
      "a resolution is of a range of any numbers: not of whole ones or names, nor of a list",
    );
  if (categories !== undefined) return { ...axis, min: 0, max: categories.length - 1 };
  if (values !== undefined) {
    const sorted = [...new Set(values)].sort((a, b) => a - b);
    return { ...axis, values: sorted, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
  }
  if (min === undefined || max === undefined || min > max)
    return refuse("give min and max (min <= max), values: [...] or categories: [...]");
  const whole = { ...axis, min, max };
  if (countLevels(whole) < 1)
    return refuse(`no multiple of the resolution ${resolution} lies from ${min} to ${max}`);
  return whole;
}

const fractionsSchema = z.strictObject({
  of: z.array(z.string().min(1)).min(2),
  sum: z.number().positive().optional(),
});

/** Axes that are named but are not there, or cannot be what they are named for. */
function checkNames(
  {
    axes,
    fractions = [],
  }: {
    axes: readonly BoxAxis[];
    fractions?: readonly { of: readonly string[]; sum?: number | undefined }[] | undefined;
  },
  context: z.core.$RefinementCtx,
): void {
  const refuse = (path: (string | number)[], message: string): void => {
    context.addIssue({ code: "custom", path, message });
  };
  const names = axes.map(({ name }) => name);
  axes.forEach(({ name, onlyIf }, k) => {
    if (names.indexOf(name) !== k) refuse(["axes", k, "name"], `the axis ${name} is there twice`);
    if (onlyIf === undefined) return;
    const decides = axes.find((axis) => axis.name === onlyIf.axis);
    const strange = onlyIf.is.find((value) => decides?.categories?.includes(value) !== true);
    if (decides?.onlyIf !== undefined)
      refuse(["axes", k, "onlyIf"], `${onlyIf.axis} depends on another axis itself`);
    else if (strange !== undefined)
      refuse(["axes", k, "onlyIf"], `there is no category "${strange}" of an axis ${onlyIf.axis}`);
  });
  fractions.forEach(({ of, sum = 1 }, k) => {
    const parts = of.map((name) => axes.find((axis) => axis.name === name));
    const strange = of.find(
      (_, i) =>
        parts[i] === undefined ||
        parts[i].categories !== undefined ||
        parts[i].values !== undefined ||
        parts[i].onlyIf !== undefined,
    );
    const low = parts.reduce((total, part) => total + (part?.min ?? 0), 0);
    const high = parts.reduce((total, part) => total + (part?.max ?? 0), 0);
    if (strange !== undefined)
      refuse(
        ["fractions", k, "of"],
        `"${strange}" is no axis with min and max that every point has`,
      );
    else if (low > sum || high < sum)
      refuse(
        ["fractions", k],
        `the limits of the axes allow sums from ${low} to ${high}, not ${sum}`,
      );
  });
}

const fractions = z.array(fractionsSchema).min(1).max(4).optional();

/** A continuous space of a campaign: no axis depends on another, since a recipe cannot follow what is not there. */
export const boxSchema = z
  .strictObject({
    kind: z.literal("box"),
    axes: z.array(plainAxis.transform(complete)).min(1).max(16),
    fractions,
  })
  .superRefine(checkNames);

/** `min <= sum of coefficient * axis <= max`, to within `tolerance`; both equal for an equality. */
export const inputConstraintSchema = z.strictObject({
  coefficients: z.record(z.string(), z.number()),
  min: z.number().optional(),
  max: z.number().optional(),
  tolerance: z.number().min(0).optional(),
});

/** A file of `suggest --space`. */
export const spaceFileSchema = z
  .strictObject({
    axes: z.array(dependentAxis.transform(complete)).min(1).max(16),
    fractions,
    constraints: z.array(inputConstraintSchema).max(100).optional(),
  })
  .superRefine(checkNames)
  .superRefine(({ axes, constraints = [] }, context) => {
    constraints.forEach(({ coefficients }, k) => {
      const strange = Object.keys(coefficients).find(
        (name) => !axes.some((axis) => axis.name === name && axis.categories === undefined),
      );
      if (strange === undefined) return;
      const message = `"${strange}" is no axis of numbers`;
      context.addIssue({ code: "custom", path: ["constraints", k, "coefficients"], message });
    });
  });
