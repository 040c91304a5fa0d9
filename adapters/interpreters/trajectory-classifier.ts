import type { Worker } from "node:worker_threads";
import type { PhasesObservation } from "../../src/domain/observation.ts";
import type { StructureLook } from "../../src/views/structure-look.ts";
import { startThread } from "../system/start-thread.ts";
import type { ThreadRequest } from "./classifier-thread.ts";
import type { ClassificationRequest } from "./classify-trajectory.ts";
import type { InspectionRequest } from "./inspect-trajectory.ts";
import { createThreadCalls } from "./thread-calls.ts";

/** Classifies trajectories in a thread of its own, so that a large one never delays a message. */
export interface TrajectoryClassifier {
  /** Rejects with the reason where a trajectory cannot be classified. */
  classify(request: ClassificationRequest): Promise<PhasesObservation>;
  /** A look at a model and a trajectory, for people; use one of its own, so that results needn't wait. */
  inspect(request: InspectionRequest): Promise<StructureLook>;
  stop(): Promise<void>;
}

/** For one trajectory, from when the thread begins with it. */
const DEADLINE_ms = 600_000;

/** Trajectories are taken one after the other. `startWorker` is there for tests. */
export function createTrajectoryClassifier(
  startWorker: () => Worker = () => startThread(import.meta.url, "classifier-thread"),
): TrajectoryClassifier {
  const about = { who: "the classifier", deadline_ms: DEADLINE_ms };
  const { ask, stop } = createThreadCalls<ThreadRequest>(startWorker, about);
  return {
    classify: async (request) => (await ask({ kind: "classify", ...request })) as PhasesObservation,
    inspect: async (request) => (await ask({ kind: "inspect", ...request })) as StructureLook,
    stop,
  };
}
