import { parentPort } from "node:worker_threads";
import { createPatternReader, type PatternRequest } from "./name-phases.ts";

/** What the thread is asked: the phases of a pattern, or a look at how it was read. */
export type PatternQuestion = PatternRequest & { readonly kind: "name" | "look" };

const reader = createPatternReader();

/** The thread of identification: answers each pattern with what it shows or with what went wrong. */
parentPort?.on("message", ({ call, request }: { call: number; request: PatternQuestion }) => {
  try {
    const value = request.kind === "name" ? reader.name(request) : reader.look(request);
    parentPort?.postMessage({ call, value });
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ call, error: what });
  }
});
