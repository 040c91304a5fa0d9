import { expect, test } from "vitest";
import { spaceSchema } from "../../config/space-schema.ts";
import { findPoint } from "../../src/domain/point-by-hand.ts";
import { countSetPoints, isSetPoint, toSetPoint } from "../../src/domain/set-point-resolution.ts";
import { paperCampaign } from "../../src/evaluation/paper-campaign.ts";
import { fc } from "../support/properties.ts";

test("a set point is the nearest multiple in the range, written as a person would write it", () => {
  const range = { min: 0.1, max: 0.75, resolution: 0.1 };
  expect(toSetPoint(0.31, range)).toBe(0.3);
  expect(toSetPoint(0.01, range)).toBe(0.1);
  expect(toSetPoint(0.99, range)).toBe(0.7);
  expect(toSetPoint(466.8015592169168, { min: 403, max: 543, resolution: 1 })).toBe(467);
  expect(toSetPoint(-0.2, { min: -5, max: 5, resolution: 1 })).toBe(0);
  expect(toSetPoint(0.31, { min: 0, max: 1 })).toBe(0.31);
});

test("whatever the range, what is set lies in it, is a multiple, and is set again to itself", () => {
  const step = fc.constantFrom(0.001, 0.05, 0.1, 0.3, 1, 2.5, 30);
  fc.assert(
    fc.property(
      step,
      fc.integer({ min: -300, max: 300 }),
      fc.nat(200),
      fc.float({ noNaN: true, min: -1e4, max: 1e4 }),
      (resolution, first, steps, value) => {
        const range = { min: first * resolution, max: (first + steps) * resolution, resolution };
        expect(countSetPoints(range)).toBe(steps + 1);
        const set = toSetPoint(value, range);
        expect(set).toBeGreaterThanOrEqual(range.min - 1e-9);
        expect(set).toBeLessThanOrEqual(range.max + 1e-9);
        expect(isSetPoint(set, range)).toBe(true);
        expect(toSetPoint(set, range)).toBe(set);
      },
    ),
    { numRuns: 200 },
  );
});

test("a configuration with a resolution that nothing meets, or beside whole numbers and names, is refused", () => {
  const told = (axis: object): string =>
    spaceSchema.safeParse({ kind: "box", axes: [{ name: "a", ...axis }] }).error?.message ?? "";
  expect(told({ min: 0, max: 1, resolution: 0.1 })).toBe("");
  expect(told({ min: 0.31, max: 0.39, resolution: 0.1 })).toMatch(
    /no multiple of the resolution 0.1/,
  );
  expect(told({ min: 0, max: 9, resolution: 2, integer: true })).toMatch(/not of whole ones/);
  expect(told({ categories: ["x", "y"], resolution: 2 })).toMatch(/not of whole ones or names/);
});

test("a point by hand that cannot be set is refused with the reason", () => {
  const space = {
    kind: "box" as const,
    axes: [{ name: "T", min: 400, max: 500, resolution: 0.5 }],
  };
  const goal = { goal: "optimise" as const, model: { objectives: [] } };
  const spec = paperCampaign(goal, space, "1");
  const found = (T: number) =>
    findPoint({ parameters: { T } }, spec, { by: "ada", reason: undefined, position: 1 });
  expect(found(466.5)).toMatchObject({ parameters: { T: 466.5 } });
  expect(found(466.8)).toEqual({ problem: "T = 466.8 is no multiple of its resolution 0.5." });
});
