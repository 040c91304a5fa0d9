import { z } from "zod";
import { parseUnit } from "../src/core/units.ts";
import { unitMeant } from "../src/domain/limits/unit-meant.ts";

/** A UCUM code; whoever writes another one is told which was meant. */
export const unitSchema = z.string().superRefine((code, context) => {
  if (parseUnit(code) !== undefined) return;
  const meant = unitMeant(code);
  const advice = meant === undefined ? "" : `, ${meant} is`;
  context.addIssue({
    code: "custom",
    message: `${JSON.stringify(code)} is no UCUM unit${advice}; write e.g. K, Cel (°C), h, MPa, K/min, 1`,
  });
});
