import type { Worker } from "node:worker_threads";
import type { PhasesObservation } from "../../src/domain/observation.ts";
import type { StructureLook } from "../../src/views/structure-look.ts";
import type { ThreadRequest } from "./classifier-thread.ts";
import type { ClassificationRequest } from "./classify-trajectory.ts";
import type { InspectionRequest } from "./inspect-trajectory.ts";
import { startThread } from "./start-thread.ts";

/** Classifies trajectories in a thread of its own, so that a large one never delays a message. */
export interface TrajectoryClassifier {
  /** Rejects with the reason where a trajectory cannot be classified. */
  classify(request: ClassificationRequest): Promise<PhasesObservation>;
  /** A look at a model and a trajectory, for people; use one of its own, so that results needn't wait. */
  inspect(request: InspectionRequest): Promise<StructureLook>;
  stop(): Promise<void>;
}

const DEADLINE_ms = 600_000;

interface Call {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

type Answer = { readonly call: number } & (
  | { readonly value: unknown }
  | { readonly error: string }
);

/** The thread is started by the first request; one that dies or hangs for ten minutes is replaced at the next. */
export function createTrajectoryClassifier(): TrajectoryClassifier {
  const calls = new Map<number, Call>();
  let worker: Worker | undefined;
  let total = 0;
  const failAll = (why: string): void => {
    const old = worker;
    worker = undefined;
    void old?.terminate();
    for (const { reject, timer } of calls.values()) {
      clearTimeout(timer);
      reject(new Error(why));
    }
    calls.clear();
  };
  const begin = (): Worker => {
    const fresh = startThread("classifier-thread");
    fresh.unref();
    fresh.on("message", (answer: Answer) => {
      const call = calls.get(answer.call);
      if (call === undefined) return;
      calls.delete(answer.call);
      clearTimeout(call.timer);
      if ("error" in answer) call.reject(new Error(answer.error));
      else call.resolve(answer.value);
    });
    fresh.on("error", (error) => failAll(`the classifier failed: ${error.message}`));
    return fresh;
  };
  const ask = (request: ThreadRequest): Promise<unknown> =>
    new Promise((resolve, reject) => {
      worker ??= begin();
      const call = ++total;
      const timer = setTimeout(
        () => failAll(`a trajectory was not classified in ${DEADLINE_ms / 1000} s`),
        DEADLINE_ms,
      );
      calls.set(call, { resolve, reject, timer });
      worker.postMessage({ call, request });
    });
  return {
    classify: async (request) => (await ask({ kind: "classify", ...request })) as PhasesObservation,
    inspect: async (request) => (await ask({ kind: "inspect", ...request })) as StructureLook,
    stop: async () => {
      const old = worker;
      failAll("the daemon stops");
      await old?.terminate();
    },
  };
}
