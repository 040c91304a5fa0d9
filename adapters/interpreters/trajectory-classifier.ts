import type { Worker } from "node:worker_threads";
import type { PhasesObservation } from "../../src/domain/observation.ts";
import type { StructureLook } from "../../src/views/structure-look.ts";
import { startThread } from "../system/start-thread.ts";
import type { ThreadRequest } from "./classifier-thread.ts";
import type { ClassificationRequest } from "./classify-trajectory.ts";
import type { InspectionRequest } from "./inspect-trajectory.ts";

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
/** A runner says its result again until it is acknowledged: what was classified lately is not classified again. */
const REMEMBERED_MAX = 32;

const STOPPED = "the daemon stops";

interface Call {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

type Answer = { readonly call: number } & (
  | { readonly value: unknown }
  | { readonly error: string }
);

/**
 * Trajectories are taken one after the other, each once. The thread is started by the first request; one that dies or hangs
 * for ten minutes is replaced at the next. `startWorker` is there for tests.
 */
export function createTrajectoryClassifier(
  startWorker: () => Worker = () => startThread(import.meta.url, "classifier-thread"),
): TrajectoryClassifier {
  const calls = new Map<number, Call>();
  let worker: Worker | undefined;
  let total = 0;
  let isStopped = false;
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
    const fresh = startWorker();
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
  const send = (request: ThreadRequest): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (isStopped) return reject(new Error(STOPPED));
      worker ??= begin();
      const call = ++total;
      const timer = setTimeout(
        () => failAll(`a trajectory was not classified in ${DEADLINE_ms / 1000} s`),
        DEADLINE_ms,
      );
      calls.set(call, { resolve, reject, timer });
      worker.postMessage({ call, request });
    });
  let before: Promise<unknown> = Promise.resolve();
  const ask = (request: ThreadRequest): Promise<unknown> => {
    const answer = before.then(() => send(request));
    before = answer.catch(() => {});
    return answer;
  };
  const classifyOnce = once((request) => ask({ kind: "classify", ...request }));
  return {
    classify: async (request) => (await classifyOnce(request)) as PhasesObservation,
    inspect: async (request) => (await ask({ kind: "inspect", ...request })) as StructureLook,
    stop: async () => {
      const old = worker;
      isStopped = true;
      failAll(STOPPED);
      await old?.terminate();
    },
  };
}

/** Gives the answer to what was asked lately, or is being asked, again; a failure is forgotten. */
function once(classify: (request: ClassificationRequest) => Promise<unknown>) {
  const remembered = new Map<string, Promise<unknown>>();
  return (request: ClassificationRequest): Promise<unknown> => {
    const key = JSON.stringify(request);
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const answer = classify(request);
    remembered.set(key, answer);
    answer.catch(() => remembered.delete(key));
    const oldest = remembered.keys().next().value;
    if (remembered.size > REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest);
    return answer;
  };
}
