import { EventEmitter } from "node:events";
import type { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { createTrajectoryClassifier } from "../../../adapters/interpreters/trajectory-classifier.ts";

/** A thread that answers when it is told to. */
class Thread extends EventEmitter {
  readonly asked: number[] = [];
  postMessage({ call }: { call: number }): void {
    this.asked.push(call);
  }
  answer(answer: object): void {
    this.emit("message", { call: this.asked.at(-1), ...answer });
  }
  unref(): void {}
  async terminate(): Promise<void> {}
}

const request = (sha256: string) => ({
  model: "model.json",
  frames: { uri: "file:///run.xyz", sha256, bytes: 1, format: "extxyz" },
});
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a result that is said again while its trajectory is classified, or later, costs nothing", async () => {
  const thread = new Thread();
  const classifier = createTrajectoryClassifier(() => thread as unknown as Worker);
  const first = classifier.classify(request("a"));
  const again = classifier.classify(request("a"));
  const other = classifier.classify(request("b"));
  await settled();
  expect(thread.asked).toHaveLength(1); // the other one waits for its turn, and its deadline too
  thread.answer({ value: { kind: "phases", phases: ["glass"] } });
  expect(await first).toEqual({ kind: "phases", phases: ["glass"] });
  expect(await again).toBe(await first);
  expect(await classifier.classify(request("a"))).toBe(await first);
  await settled();
  expect(thread.asked).toHaveLength(2);
  thread.answer({ error: "no such file" });
  await expect(other).rejects.toThrow("no such file");
  const retried = classifier.classify(request("b"));
  await settled();
  expect(thread.asked).toHaveLength(3);
  await classifier.stop();
  await expect(retried).rejects.toThrow("the daemon stops");
  await expect(classifier.classify(request("c"))).rejects.toThrow("the daemon stops");
});
