import { describe, expect, test } from "vitest";
import { campaignSpecs } from "../../config/campaign-spec.ts";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { mechanicalProperties, STRONGEST } from "../../simulators/truths/heat-treatment-truth.ts";
import type { Parameters } from "../../src/domain/candidate.ts";
import { createOptimisePlanner } from "../../src/planning/optimise/optimise-planner.ts";

/** Plays an example's campaign against the tester's own truth, without noise. */
function play(name: string, budget: number): { asked: Parameters[]; planner: Planner } {
  const file = new URL(`../../config/${name}`, import.meta.url).pathname;
  const [campaign] = campaignSpecs(loadConfiguration(file), "1");
  const { spec } = campaign!;
  const planner = createOptimisePlanner(spec);
  const asked: Parameters[] = [];
  for (let n = 1; asked.length < budget; n++) {
    const { points } = planner.propose({
      n,
      count: spec.inFlight,
      pending: [],
      excluded: [],
      seed: spec.seed,
    });
    for (const { candidateId, parameters } of points) {
      const truth = mechanicalProperties({
        temperature_K: Number(parameters["temperature_K"]),
        duration_h: Number(parameters["duration_h"]),
      });
      planner.learn([
        {
          position: asked.length,
          candidateId,
          parameters,
          observations: [
            { kind: "objective", name: "strength", value: truth.strength_MPa, unit: "MPa" },
            { kind: "objective", name: "elongation", value: truth.elongation_percent, unit: "%" },
          ],
        },
      ]);
      asked.push(parameters);
    }
  }
  return { asked, planner };
}
type Planner = ReturnType<typeof createOptimisePlanner>;

describe("the example configurations", () => {
  test("one objective: the strongest treatment is found within the budget", () => {
    const { asked } = play("optimise.example.yaml", 30);
    expect(asked).toContainEqual({
      temperature_K: STRONGEST.temperature_K,
      duration_h: STRONGEST.duration_h,
    });
  });

  test("two objectives over a continuous range: a front from strong to tough, inside the range", () => {
    const { asked, planner } = play("optimise-two-objectives.example.yaml", 30);
    for (const { temperature_K, duration_h } of asked) {
      expect(temperature_K).toBeGreaterThanOrEqual(403);
      expect(temperature_K).toBeLessThanOrEqual(543);
      expect(duration_h).toBeGreaterThanOrEqual(0.5);
      expect(duration_h).toBeLessThanOrEqual(36);
    }
    const { pareto } = planner.view() as unknown as {
      pareto: { front: { values: { strength: number; elongation: number } }[] };
    };
    const strengths = pareto.front.map(({ values }) => values.strength);
    expect(Math.max(...strengths)).toBeGreaterThan(475);
    expect(Math.min(...strengths)).toBeLessThan(300);
    expect(pareto.front.length).toBeGreaterThan(6);
  });
});
