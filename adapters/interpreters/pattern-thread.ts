import { parentPort } from "node:worker_threads";
import { createPhaseNamer, type PatternRequest } from "./name-phases.ts";

const namePhases = createPhaseNamer();

/** The thread of identification: answers each pattern with its phases or with what went wrong. */
parentPort?.on("message", ({ call, request }: { call: number; request: PatternRequest }) => {
  try {
    parentPort?.postMessage({ call, value: namePhases(request) });
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ call, error: what });
  }
});
