import { expect, test } from "vitest";
import { fitSetPoints } from "../../src/domain/limits/fit-set-points.ts";

const FURNACE = { parameters: { temperature_K: { unit: "K", required: true } } };
const fitting = (parameters: Record<string, number | string>) =>
  fitSetPoints({ parameters }, FURNACE, "furnace-1");

test("a set point that the birth does not declare is not sent; the nearest name is told", () => {
  expect(fitting({ temperature_K: 500 })).toMatchObject({ kind: "fits" });
  expect(fitting({ temperature_K: 500, temprature_K: 900 })).toMatchObject({
    kind: "refused",
    reason: expect.stringMatching(/^furnace-1 takes no set point temprature_K: .*temperature_K/),
  });
});

test("a set point that the birth requires and the recipe does not give keeps the rest from being sent", () => {
  expect(fitting({})).toMatchObject({
    kind: "refused",
    reason: expect.stringContaining("temperature_K"),
  });
});
