import { EventEmitter } from "node:events";
import type { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { createThreadCalls } from "../../../adapters/interpreters/thread-calls.ts";

/** A thread that answers when it is told to. */
class Thread extends EventEmitter {
  last = 0;
  postMessage({ call }: { readonly call: number }): void {
    this.last = call;
  }
  unref(): void {}
  async terminate(): Promise<void> {}
}

test("a late error of a thread that was replaced fails no question of the new one", async () => {
  const threads: Thread[] = [];
  const { ask, stop } = createThreadCalls<string>(
    () => {
      const thread = new Thread();
      threads.push(thread);
      return thread as unknown as Worker;
    },
    { who: "the reader", deadline_ms: 200 },
  );
  await expect(ask("slow")).rejects.toThrow("the reader gave no answer in 0.2 s");
  const answer = ask("next");
  await expect.poll(() => threads.length).toBe(2);
  threads[0]?.emit("error", new Error("killed"));
  threads[1]?.emit("message", { call: threads[1].last, value: "read" });
  expect(await answer).toBe("read");
  await stop();
});
