import type { ObjectiveSetting, OptimiseSettings } from "../../domain/goal-settings.ts";
import type { KernelKind } from "../../models/optimise/kernel.ts";
import type { DesignKind } from "./initial-design.ts";

/** What the models of an optimisation learn by, every default decided. */
export interface LearningSettings {
  readonly raw: OptimiseSettings;
  /** Objectives to make small or large. */
  readonly objectives: readonly ObjectiveSetting[];
  /** Objectives with a wanted range. */
  readonly targets: readonly ObjectiveSetting[];
  readonly kernel: KernelKind;
  readonly initial: number | undefined;
  readonly design: DesignKind;
  /** Deviations that a bound credits. */
  readonly exploration: number;
}
