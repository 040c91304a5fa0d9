import type { CurveObservation } from "../../src/domain/observation.ts";
import type { LaboratoryNoise } from "../faults/fault-plan.ts";
import { DEFAULT_DIMER, dimerMagnetisation, type SpinDimer } from "../truths/spin-dimer-truth.ts";
import type { SimulatedDevice } from "./simulated-device.ts";

const FIELD_SWEEP_S = 600;
const FIELD_MAX_T = 60;
const POINTS = 21;
const POINTS_MAX = 201;

/**
 * Sweeps the field at one temperature: capability `magnetisation` with `temperature_K` and, optionally, `field_min_T`,
 * `field_max_T` (default 0..20 T) and `points` (default 21; 1 measures at `field_min_T`). Brings the curve
 * `magnetisation`: <Sz> per spin (unit 1) over the fields.
 */
export function createMagnetometer(options: {
  readonly noise: LaboratoryNoise;
  readonly dimer?: SpinDimer | undefined;
}): SimulatedDevice {
  const dimer = options.dimer ?? DEFAULT_DIMER;
  const sd = options.noise.measurement ?? 0;
  return {
    kind: "magnetometer",
    capabilities: [
      {
        name: "magnetisation",
        parameters: {
          temperature_K: { type: "number", unit: "K", min: 1.5, max: 400, required: true },
          field_min_T: { type: "number", unit: "T", min: 0, max: FIELD_MAX_T },
          field_max_T: { type: "number", unit: "T", min: 0, max: FIELD_MAX_T },
          points: { type: "number", integer: true, unit: "1", min: 1, max: POINTS_MAX },
        },
        results: ["curve"],
        repeatable: true,
        expectedDuration_s: FIELD_SWEEP_S,
      },
    ],
    refuse: () => undefined,
    plan: ({ parameters }) => ({
      duration_s: (FIELD_SWEEP_S * Number(parameters["points"] ?? POINTS)) / POINTS,
    }),
    begin: () => {},
    complete: ({ parameters }, _now_s, prng) => {
      const from_T = Number(parameters["field_min_T"] ?? 0);
      const to_T = Number(parameters["field_max_T"] ?? 20);
      const temperature_K = Number(parameters["temperature_K"]);
      const points = Math.round(Number(parameters["points"] ?? POINTS));
      const fields_T = Array.from(
        { length: points },
        (_, k) => from_T + ((to_T - from_T) * k) / Math.max(1, points - 1),
      );
      const curve: CurveObservation = {
        kind: "curve",
        name: "magnetisation",
        axis: { name: "H", unit: "T", values: fields_T },
        values: fields_T.map(
          (field_T) => dimerMagnetisation(dimer, field_T, temperature_K) + sd * prng.normal(),
        ),
        unit: "1",
        ...(sd > 0 ? { standardUncertainty: fields_T.map(() => sd) } : {}),
      };
      return { word: "result", observations: [curve] };
    },
    spoil: () => ({
      word: "result",
      observations: [{ kind: "failure", reason: "the magnet quenched" }],
    }),
    halt: () => {},
    telemetry: () => [],
  };
}
