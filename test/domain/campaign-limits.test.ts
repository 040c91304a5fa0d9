import { describe, expect, test } from "vitest";
import { refusalOfPoint } from "../../src/domain/limits/campaign-limits.ts";

type Campaign = Parameters<typeof refusalOfPoint>[0];

const recipe = (parameters: object) =>
  ({
    steps: [{ capability: "bake", timeLimit_s: 60, retries: 0, repeatable: false, parameters }],
  }) as unknown as Campaign["recipe"];
const campaign = (always: string): Campaign => ({
  limits: {},
  conditions: [{ always }],
  recipe: recipe({ temperature_K: { axis: "T" }, duration_h: { axis: "t" } }),
  alternatives: { pressed: recipe({ temperature_K: { axis: "T" }, pressure_Pa: 1e5 }) },
});

describe("conditions of a campaign on several set points at once", () => {
  const refusal = (always: string, parameters: Record<string, number>, other?: string) =>
    refusalOfPoint(campaign(always), { parameters, recipe: other }, "c1");

  test("hold for the points whose recipe has them", () => {
    const creep = "temperature_K * duration_h <= 6000";
    expect(refusal(creep, { T: 600, t: 10 })).toBeUndefined();
    expect(refusal(creep, { T: 900, t: 10 })).toMatch(/c1 refuses this.*TL-3104/);
  });

  test("concern only the recipes that have any of their set points", () => {
    const pressed = "pressure_Pa <= 1000";
    expect(refusal(pressed, { T: 900, t: 10 })).toBeUndefined();
    expect(refusal(pressed, { T: 900, t: 10 }, "pressed")).toMatch(/TL-3104/);
  });

  test("that nothing carries, by a slip, refuse every point: silently none is no limit", () => {
    const slip = { ...campaign("temperature_K > 0"), limits: { temperature_Kelvin: { max: 500 } } };
    const point = { parameters: { T: 300, t: 1 }, recipe: undefined };
    expect(refusalOfPoint(slip, point, "c1")).toContain("temperature_Kelvin");
  });
});
