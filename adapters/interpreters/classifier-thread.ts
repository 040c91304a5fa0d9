import { parentPort } from "node:worker_threads";
import { type ClassificationRequest, classifyTrajectory } from "./classify-trajectory.ts";
import { type InspectionRequest, inspectTrajectory } from "./inspect-trajectory.ts";

/** What the thread is asked: the phases of a trajectory, or a look at it. */
export type ThreadRequest =
  | ({ readonly kind: "classify" } & ClassificationRequest)
  | ({ readonly kind: "inspect" } & InspectionRequest);

/** The classifier's own thread: answers each request with what was found or with what went wrong. */
parentPort?.on("message", ({ call, request }: { call: number; request: ThreadRequest }) => {
  const answer =
    request.kind === "classify" ? classifyTrajectory(request) : inspectTrajectory(request);
  answer.then(
    (value: unknown) => parentPort?.postMessage({ call, value }),
    (error: unknown) =>
      parentPort?.postMessage({
        call,
        error: error instanceof Error ? error.message : String(error),
      }),
  );
});
