import type { Worker } from "node:worker_threads";
import type { Parameters } from "../../src/domain/candidate.ts";
import { FORWARD_CAPABILITY } from "../../src/domain/forward-request.ts";
import type { DeviceResult } from "../gateway/device.ts";
import type { Task, TaskJob } from "../gateway/task-device.ts";
import { startThread } from "../system/start-thread.ts";
import type { ForwardCall, ForwardReply } from "./forward-thread.ts";

/** What every place that calculates spin models is to the daemon. */
export const FORWARD_TASK = {
  kind: "spin-model",
  capabilities: [
    {
      name: FORWARD_CAPABILITY,
      parameters: {},
      results: ["curve", "objective"],
      repeatable: true,
      expectedDuration_s: 1,
    },
  ],
  anySetPoints: true,
  resumes: true,
  refuse: ({ parameters }) => refuseParameters(parameters),
} as const satisfies Omit<Task, "run">;

/**
 * Forward calculations of spin models: couplings, cluster, temperatures and fields in, curves with their derivatives
 * out. They run in a thread of their own, so that a long one keeps neither the broker nor a cancel waiting. A
 * calculation keeps nothing on disk: after a kill it is begun anew.
 */
export function createForwardProgram(): Task {
  let thread: Worker | undefined;
  let calls = 0;
  return {
    ...FORWARD_TASK,
    run: async (task) => {
      if (task.signal.aborted) return { failed: String(task.signal.reason), retryable: true };
      const own = thread ?? startThread(import.meta.url, "forward-thread");
      thread = own;
      if (own.listenerCount("exit") === 0)
        own.once("exit", () => {
          if (thread === own) thread = undefined;
        });
      const outcome = await runInThread(own, ++calls, task);
      // what was aborted still counts in its thread: the next calculation gets a fresh one
      if (task.signal.aborted) await own.terminate();
      return outcome;
    },
    stop: async () => {
      await thread?.terminate();
    },
  };
}

/** Cheap checks; what is wrong within the request the calculation says, before it begins. */
function refuseParameters(parameters: Parameters): string | undefined {
  if (typeof parameters["request"] !== "string")
    return "the parameter request (the cluster and its points as JSON) is missing";
  const bad = Object.entries(parameters).find(
    ([name, value]) => !/^request(_\d+)?$/.test(name) && typeof value !== "number",
  );
  return bad === undefined ? undefined : `the coupling ${bad[0]} is no number`;
}

function runInThread(
  thread: Worker,
  call: number,
  { parameters, signal, onProgress }: TaskJob,
): Promise<DeviceResult> {
  return new Promise((resolve) => {
    const end = (outcome: DeviceResult): void => {
      thread.off("message", onReply).off("error", onError).off("exit", onExit);
      signal.removeEventListener("abort", onAbort);
      resolve(outcome);
    };
    const fail = (reason: string, retryable: boolean): void =>
      end({ failed: reason.slice(0, 1000), retryable });
    const onReply = (reply: ForwardReply): void => {
      if (reply.call !== call) return;
      if ("error" in reply) fail(reply.error, false);
      else end({ observations: reply.observations });
    };
    const onError = (error: Error): void => fail(error.message, true);
    const onExit = (): void => fail("the calculation's thread ended", true);
    const onAbort = (): void => fail(String(signal.reason), true);
    thread.on("message", onReply).on("error", onError).on("exit", onExit);
    signal.addEventListener("abort", onAbort, { once: true });
    onProgress(0);
    thread.postMessage({ call, parameters } satisfies ForwardCall);
  });
}
