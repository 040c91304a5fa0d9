import { EventEmitter } from "node:events";
import type { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { createPlannerWorker } from "../../../adapters/planner-worker/planner-worker.ts";
import type { PlannerMessage } from "../../../adapters/planner-worker/protocol.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { mapViewOf } from "../../support/planner-views.ts";

const DEADLINE_ms = 200;

/** A thread that needs `slow_ms` for each question, one after the other. */
class Thread extends EventEmitter {
  private busy: Promise<unknown> = Promise.resolve();
  private readonly slow_ms: number;
  constructor(slow_ms: number) {
    super();
    this.slow_ms = slow_ms;
  }
  postMessage(message: PlannerMessage): void {
    if (message.kind !== "view") return;
    this.busy = this.busy.then(async () => {
      await new Promise((resolve) => setTimeout(resolve, this.slow_ms));
      const value = mapViewOf({ labels: [message.campaignId] });
      this.emit("message", { call: message.call, value });
    });
  }
  unref(): void {}
  async terminate(): Promise<void> {}
}

const plannerOf = (slow_ms: number) =>
  createPlannerWorker({
    logger: silentLogger,
    deadline_ms: DEADLINE_ms,
    startWorker: () => new Thread(slow_ms) as unknown as Worker,
  });

test("a question that waits behind others is not too slow", async () => {
  const planner = plannerOf(0.6 * DEADLINE_ms);
  const answers = await Promise.all(["a", "b", "c"].map((id) => planner.view(id)));
  expect(answers).toEqual(["a", "b", "c"].map((id) => mapViewOf({ labels: [id] })));
  await planner.stop();
});

test("a question that takes too long fails, with those behind it, and the next one is asked afresh", async () => {
  const planner = plannerOf(3 * DEADLINE_ms);
  const outcomes = await Promise.allSettled(["a", "b"].map((id) => planner.view(id)));
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await expect(planner.view("c")).rejects.toThrow("did not answer within 0.2 s");
  await planner.stop();
  await expect(planner.view("d")).rejects.toThrow("the daemon stops");
});
