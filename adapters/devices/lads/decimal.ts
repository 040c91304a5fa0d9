import { LabError } from "../../../src/core/errors.ts";

/** A number as devices read it: digits and a point, no exponent. TL-3202 where it has too many of them. */
export function decimal(value: unknown): string {
  if (typeof value !== "number") return String(value);
  const text = String(value);
  if (!text.includes("e")) return text;
  if (Math.abs(value) < 1e21) return value.toFixed(20).replace(/\.?0+$/, "");
  throw new LabError("TL-3202", `${value} is too large to be written without an exponent`);
}
