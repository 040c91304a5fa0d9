import { parentPort } from "node:worker_threads";
import { type ClassificationRequest, classifyTrajectory } from "./classify-trajectory.ts";

/** The classifier's own thread: answers each request with a phases observation or with what went wrong. */
parentPort?.on("message", ({ call, request }: { call: number; request: ClassificationRequest }) => {
  classifyTrajectory(request).then(
    (value) => parentPort?.postMessage({ call, value }),
    (error: unknown) =>
      parentPort?.postMessage({
        call,
        error: error instanceof Error ? error.message : String(error),
      }),
  );
});
