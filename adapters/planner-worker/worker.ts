import { parentPort } from "node:worker_threads";
import { createPlannerHost } from "./planner-host.ts";
import type { PlannerMessage } from "./protocol.ts";

const host = createPlannerHost();

parentPort?.on("message", (message: PlannerMessage) => {
  const answer = host(message);
  if (answer !== undefined) parentPort?.postMessage(answer);
  // Hyperparameters are learnt anew once the answer is out: the next question finds them ready.
  if (message.kind === "propose") setImmediate(() => host.prepare(message.campaignId));
});
