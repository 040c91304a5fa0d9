import type { LaboratoryNoise } from "../faults/fault-plan.ts";
import type { InstrumentKind } from "../laboratory/laboratory-options.ts";
import type { PhaseTruth } from "../truths/phase-truth.ts";
import type { PhysicalWorld } from "../world/physical-world.ts";
import { createDiffractometer, type PatternSource } from "./diffractometer.ts";
import { createFurnace } from "./furnace.ts";
import { createMagnetometer } from "./magnetometer.ts";
import { createPropertyTester } from "./property-tester.ts";
import { createQuenchStation, createSimulationRunner } from "./silicon-quench.ts";
import type { SimulatedDevice } from "./simulated-device.ts";
import { createSynthesisRobot } from "./synthesis-robot.ts";

export interface DeviceContext {
  readonly world: PhysicalWorld;
  /** Asked for only by the instruments that need it. */
  readonly truth: () => PhaseTruth;
  readonly noise: LaboratoryNoise;
  /** The diffractometer sends patterns of these lines. */
  readonly patterns?: (() => PatternSource) | undefined;
  /** Samples that it takes at once, as its birth says. */
  readonly capacity?: number | undefined;
}

/** The machine of one kind; the next instrument adds a file and a line here. */
export function makeDevice(
  kind: InstrumentKind,
  { world, truth, noise, patterns, capacity }: DeviceContext,
): SimulatedDevice {
  switch (kind) {
    case "synthesis-robot":
      return createSynthesisRobot({ world, components: truth().components, noise });
    case "furnace":
      return createFurnace({ world, capacity });
    case "diffractometer":
      return createDiffractometer({
        world,
        truth: truth(),
        noise,
        patterns: patterns?.(),
        capacity,
      });
    case "property-tester":
      return createPropertyTester({ noise });
    case "magnetometer":
      return createMagnetometer({ noise });
    case "simulation-runner":
      return createSimulationRunner();
    case "quench-station":
      return createQuenchStation();
  }
}
