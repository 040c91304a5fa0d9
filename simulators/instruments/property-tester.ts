import type { Prng } from "../../src/core/prng.ts";
import type { Capability } from "../../src/domain/instrument.ts";
import type { ObjectiveObservation } from "../../src/domain/observation.ts";
import type { LaboratoryNoise } from "../faults/fault-plan.ts";
import { mechanicalProperties } from "../truths/heat-treatment-truth.ts";
import type { SimulatedDevice } from "./simulated-device.ts";

const PROPERTY_TEST_S = 600;

/**
 * A furnace with a tensile tester behind it, for optimisation: heat-treats a standard specimen and pulls it.
 * `strength-test` brings the objective `strength` (MPa), `strength-and-elongation-test` also `elongation` (%), which
 * falls where strength rises. Set points `temperature_K` and `duration_h`.
 */
export function createPropertyTester(options: {
  readonly noise: LaboratoryNoise;
}): SimulatedDevice {
  const sd = options.noise.measurement ?? 0;
  const objective = (
    name: string,
    value: number,
    unit: string,
    prng: Prng,
  ): ObjectiveObservation => ({
    kind: "objective",
    name,
    value: value + sd * prng.normal(),
    unit,
    ...(sd > 0 ? { standardUncertainty: sd } : {}),
  });
  return {
    kind: "property-tester",
    capabilities: ["strength-test", "strength-and-elongation-test"].map(describe),
    refuse: () => undefined,
    plan: () => ({ duration_s: PROPERTY_TEST_S }),
    begin: () => {},
    complete: ({ capability, parameters }, _now_s, prng) => {
      const { strength_MPa, elongation_percent } = mechanicalProperties({
        temperature_K: Number(parameters["temperature_K"]),
        duration_h: Number(parameters["duration_h"]),
      });
      const strength = objective("strength", strength_MPa, "MPa", prng);
      const elongation = objective("elongation", elongation_percent, "%", prng);
      return {
        word: "result",
        observations: capability === "strength-test" ? [strength] : [strength, elongation],
      };
    },
    spoil: () => ({
      word: "result",
      observations: [{ kind: "failure", reason: "the specimen broke in the grips" }],
    }),
    halt: () => {},
    telemetry: () => [],
  };
}

function describe(name: string): Capability {
  return {
    name,
    parameters: {
      temperature_K: { type: "number", unit: "K", min: 373, max: 623, required: true },
      duration_h: { type: "number", unit: "h", min: 0.1, max: 100, required: true },
    },
    results: ["objective"],
    repeatable: true,
    expectedDuration_s: PROPERTY_TEST_S,
  };
}
