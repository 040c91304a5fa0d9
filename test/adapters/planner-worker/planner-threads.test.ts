import { EventEmitter } from "node:events";
import type { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { createPlannerThreads } from "../../../adapters/planner-worker/planner-threads.ts";
import type { PlannerMessage } from "../../../adapters/planner-worker/protocol.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import type { CampaignSpec } from "../../../src/domain/campaign.ts";
import { mapViewOf } from "../../support/planner-views.ts";

/** A thread that answers at once, one question after the other, and never comes to an end with a campaign named "endless". */
class Thread extends EventEmitter {
  readonly messages: PlannerMessage[] = [];
  private isStuck = false;
  postMessage(message: PlannerMessage): void {
    this.messages.push(message);
    if (message.kind !== "view" || this.isStuck) return;
    if (message.campaignId === "endless") this.isStuck = true;
    else setImmediate(() => this.emit("message", { call: message.call, value: MAP }));
  }
  unref(): void {}
  async terminate(): Promise<void> {}
}

const MAP = mapViewOf({ labels: ["alpha"] });

function plannerOf(threads_max?: number) {
  const threads: Thread[] = [];
  const errors: unknown[] = [];
  const logger = { ...silentLogger, error: (...said: unknown[]) => void errors.push(said) };
  const planner = createPlannerThreads({
    ...{ logger, deadline_ms: 200, threads_max },
    startWorker: () => {
      const thread = new Thread();
      threads.push(thread);
      return thread as unknown as Worker;
    },
  });
  return { planner, threads, errors };
}

test("a campaign whose model comes to no end holds up no other", async () => {
  const { planner, errors } = plannerOf();
  let failure: unknown;
  const endless = planner.view("endless").catch((error: unknown) => {
    failure = error;
  });
  expect(await planner.view("other")).toEqual(MAP);
  expect(failure).toBeUndefined();
  await endless;
  expect(String(failure)).toContain("did not answer within 0.2 s");
  expect(errors).toEqual([[{ campaignId: "endless", deadline_ms: 200 }, "planner.tooSlow"]]);
  await planner.stop();
});

test("where campaigns share a thread the question that takes too long fails, those behind it are put to a new one, taught again", async () => {
  const { planner, threads } = plannerOf(1);
  const spec = { campaignId: "other" } as CampaignSpec;
  planner.define(spec);
  const [endless, other] = await Promise.allSettled(
    ["endless", "other"].map((id) => planner.view(id)),
  );
  expect(endless).toMatchObject({ status: "rejected" });
  expect(other).toEqual({ status: "fulfilled", value: MAP });
  expect(threads).toHaveLength(2);
  expect(threads[1]?.messages.map(({ kind }) => kind)).toEqual(["define", "learn", "view"]);
  await planner.stop();
  await expect(planner.view("other")).rejects.toThrow("the daemon stops");
});

test("beyond as many threads as there may be, the one that waits least is shared; a campaign keeps its thread", async () => {
  const { planner, threads } = plannerOf(2);
  const endless = planner.view("endless").catch(() => {});
  for (const id of ["a", "b", "a", "c"]) await planner.view(id);
  expect(threads.map(({ messages }) => messages.length)).toEqual([1, 4]);
  await endless;
  await planner.stop();
});
