import { createHash } from "node:crypto";
import type { Capability } from "../../src/domain/instrument.ts";
import type { Observation, PhasesObservation } from "../../src/domain/observation.ts";
import {
  MELTING_POINT_K,
  type SiliconPhases,
  SUPERHEATED_TO_K,
  siliconPhases,
} from "../truths/silicon-quench-truth.ts";
import type { JobOrder } from "../wire/instrument-commands.ts";
import type { SimulatedDevice } from "./simulated-device.ts";

const SIMULATION_S = 600;
const MEASUREMENT_S = 4 * 3600;
const FRACTION_MIN = 0.15;

/**
 * A runner of molecular dynamics in virtual time: capability `quench` with `temperature_K` and `quenchRate_K_ps`. Its
 * result refers to a trajectory that exists nowhere and brings the phases found in it, as a runner with a classifier of its own would.
 */
export function createSimulationRunner(): SimulatedDevice {
  return device({
    kind: "molecular-dynamics",
    capability: capability("quench", "trajectory", SIMULATION_S),
    observe: (order) => {
      const uri = `simulated:${order.jobId}-${order.attempt}`;
      const sha256 = createHash("sha256").update(uri).digest("hex");
      return [
        { kind: "trajectory", frames: { uri, sha256, bytes: 0, format: "extxyz" } },
        observed(siliconPhases(settingOf(order), SUPERHEATED_TO_K), 0.98),
      ];
    },
    failure: "the simulation diverged",
  });
}

/** A quenching furnace with a diffractometer: capability `quench-and-diffract`, the same set points, real melting point. */
export function createQuenchStation(): SimulatedDevice {
  return device({
    kind: "quench-station",
    capability: capability("quench-and-diffract", "phases", MEASUREMENT_S),
    observe: (order) => [observed(siliconPhases(settingOf(order), MELTING_POINT_K), 0.99)],
    failure: "the crucible cracked",
  });
}

interface QuenchDevice {
  readonly kind: string;
  readonly capability: Capability;
  readonly observe: (order: JobOrder) => Observation[];
  readonly failure: string;
}

function device({ kind, capability: able, observe, failure }: QuenchDevice): SimulatedDevice {
  return {
    kind,
    capabilities: [able],
    refuse: () => undefined,
    plan: () => ({ duration_s: able.expectedDuration_s }),
    begin: () => {},
    complete: (order) => ({ word: "result", observations: observe(order) }),
    spoil: () => ({ word: "result", observations: [{ kind: "failure", reason: failure }] }),
    halt: () => {},
    telemetry: () => [],
  };
}

function capability(name: string, result: string, expectedDuration_s: number): Capability {
  return {
    name,
    parameters: {
      temperature_K: { type: "number", unit: "K", min: 250, max: 3200, required: true },
      quenchRate_K_ps: { type: "number", unit: "K/ps", min: 0, max: 2000, required: true },
    },
    results: [result],
    repeatable: true,
    expectedDuration_s,
  };
}

function settingOf({ parameters }: JobOrder) {
  return {
    temperature_K: Number(parameters["temperature_K"]),
    quenchRate_K_ps: Number(parameters["quenchRate_K_ps"]),
  };
}

function observed(shares: SiliconPhases, confidence: number): PhasesObservation {
  const kept = Object.entries(shares).filter(([, share]) => share >= FRACTION_MIN);
  const total = kept.reduce((sum, [, share]) => sum + share, 0);
  return {
    kind: "phases",
    phases: kept.map(([name]) => name),
    fractions: Object.fromEntries(kept.map(([name, share]) => [name, share / total])),
    confidence,
  };
}
