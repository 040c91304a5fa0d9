import { parentPort } from "node:worker_threads";
import {
  createFrameClassifier,
  type FrameClassifier,
  type SlabTask,
} from "../../src/planning/structure-map/frame-classifier.ts";

/** What a thread is told: the model once, then slabs. */
export type SlabMessage =
  | { readonly kind: "model"; readonly document: unknown }
  | { readonly kind: "slab"; readonly call: number; readonly slab: SlabTask };

let classifier: FrameClassifier | undefined;

parentPort?.on("message", (message: SlabMessage) => {
  if (message.kind === "model") {
    classifier = createFrameClassifier(message.document);
    return;
  }
  const { call, slab } = message;
  try {
    const value = classifier?.judgeSlab(slab);
    parentPort?.postMessage({ call, value });
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ call, error: what });
  }
});
