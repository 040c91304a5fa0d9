import { structureModelOf } from "../../src/domain/goal-settings.ts";
import { type FileRules, locateReference } from "../frames/data-reference.ts";
import type { Interpreter } from "./interpreter.ts";
import { createTrajectoryClassifier, type TrajectoryClassifier } from "./trajectory-classifier.ts";

interface TrajectorySettings {
  /** Model file of `structure train`. */
  readonly model: string;
  readonly fraction_min?: number | undefined;
}

/** Longer than any queue of trajectories: each has a deadline of its own once its turn has come. */
const DEADLINE_ms = 24 * 3_600_000;

/** What the daemon lets its interpreters read. */
export interface InterpreterNeeds {
  readonly files?: FileRules | undefined;
}

/**
 * Trajectories are classified for the campaigns whose map is made of them (decision 45). What may not be read is refused before the
 * queue: its instrument hears so at once, whatever else is being classified.
 */
export function createTrajectoryInterpreter(
  { files }: InterpreterNeeds = {},
  classifier: TrajectoryClassifier = createTrajectoryClassifier(),
): Interpreter<"trajectory", TrajectorySettings> {
  return {
    name: "trajectory",
    takes: "trajectory",
    gives: "phases",
    deadline_ms: DEADLINE_ms,
    settings: (spec) => {
      const { structureModel: model, fraction_min } = structureModelOf(spec) ?? {};
      return model === undefined ? undefined : { model, fraction_min };
    },
    interpret: async ({ frames }, settings) => {
      try {
        await locateReference(frames, files);
        return await classifier.classify({ frames, ...settings, files });
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        return { kind: "failure", reason: `The trajectory cannot be classified: ${why}` };
      }
    },
    stop: () => classifier.stop(),
  };
}
