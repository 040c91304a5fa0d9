import { expect, test } from "vitest";
import { findLimitViolation } from "../../src/domain/candidate.ts";

const LIMITS = { temperature_K: { min: 293, max: 1373 }, rate_K_s: { max: 10 } };
const violated = (parameters: Record<string, number | string>) =>
  findLimitViolation(parameters, LIMITS)?.parameter;

test("a set point must lie within its limits, ends included; what has none is free", () => {
  expect(violated({ temperature_K: 293, rate_K_s: 10, mode: "ramp" })).toBeUndefined();
  expect(violated({ temperature_K: 1373.01 })).toBe("temperature_K");
  expect(violated({ temperature_K: 300, rate_K_s: 11 })).toBe("rate_K_s");
  expect(violated({ temperature_K: Number.NaN })).toBe("temperature_K");
});

test("a text where a number is limited is no way around the limit", () => {
  expect(violated({ temperature_K: "1400" })).toBe("temperature_K");
  expect(violated({ temperature_K: "300" })).toBe("temperature_K");
  expect(findLimitViolation({ atmosphere: "argon" }, { atmosphere: {} })).toBeUndefined();
});
