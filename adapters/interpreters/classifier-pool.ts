import type { Worker } from "node:worker_threads";
import { LabError } from "../../src/core/errors.ts";
import type { Frame } from "../../src/domain/frame.ts";
import type {
  AtomJudgements,
  ClassifiedFrame,
  FrameClassifier,
  SlabTask,
} from "../../src/planning/structure-map/frame-classifier.ts";
import { startThread } from "../system/start-thread.ts";
import type { SlabMessage } from "./slab-thread.ts";

/** Classifies frames, large ones by slabs in several threads. */
export interface ClassifierPool {
  classify(frame: Frame): Promise<ClassifiedFrame>;
  stop(): Promise<void>;
}

/** Below this many atoms a thread's start costs more than it saves. */
const LARGE_FRAME_ATOMS = 50_000;
/** A slab's descriptors are 800 bytes an atom: 200 MB a thread. */
const SLAB_ATOMS_MAX = 250_000;

interface Call {
  readonly resolve: (value: AtomJudgements) => void;
  readonly reject: (error: Error) => void;
  readonly thread: Worker;
}

/** Threads are started at the first large frame. Slabs wait for a free thread, so that memory stays bounded. */
export function createClassifierPool(
  document: unknown,
  classifier: FrameClassifier,
  threads: number,
): ClassifierPool {
  const all: Worker[] = [];
  const free: Worker[] = [];
  const waiting: ((thread: Worker) => void)[] = [];
  const calls = new Map<number, Call>();
  let total = 0;
  const release = (thread: Worker): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(thread);
    else next(thread);
  };
  const begin = (): void => {
    for (let n = all.length; n < threads; n++) {
      const thread = startThread(import.meta.url, "slab-thread");
      thread.postMessage({ kind: "model", document } satisfies SlabMessage);
      thread.on("message", (answer: { call: number; value?: AtomJudgements; error?: string }) => {
        const call = calls.get(answer.call);
        calls.delete(answer.call);
        release(thread);
        if (answer.value !== undefined) call?.resolve(answer.value);
        else call?.reject(new LabError("TL-7001", answer.error ?? "a thread gave no answer"));
      });
      thread.on("error", (error) => {
        for (const call of calls.values()) call.reject(error);
      });
      all.push(thread);
      free.push(thread);
    }
  };
  const judge = async (slab: SlabTask): Promise<AtomJudgements> => {
    const thread = free.pop() ?? (await new Promise<Worker>((resolve) => waiting.push(resolve)));
    return new Promise((resolve, reject) => {
      const call = ++total;
      calls.set(call, { resolve, reject, thread });
      const { box, own } = slab;
      thread.postMessage({ kind: "slab", call, slab: { box, own } } satisfies SlabMessage);
    });
  };
  return {
    classify: async (frame) => {
      if (frame.atoms < LARGE_FRAME_ATOMS) return classifier.classify(frame);
      begin();
      const slabs = Math.max(threads, Math.ceil(frame.atoms / SLAB_ATOMS_MAX));
      return classifier.classifyBySlabs(frame, slabs, judge);
    },
    stop: async () => {
      await Promise.all(all.map((thread) => thread.terminate()));
    },
  };
}
