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

test("trajectories are taken one after the other; a thread that fails is replaced; stopped, it says so", async () => {
  const threads: Thread[] = [];
  const classifier = createTrajectoryClassifier(() => {
    threads.push(new Thread());
    return threads.at(-1) as unknown as Worker;
  });
  const first = classifier.classify(request("a"));
  const second = classifier.classify(request("b"));
  await settled();
  expect(threads[0]?.asked).toHaveLength(1); // the other one waits for its turn, and its deadline too
  threads[0]?.answer({ value: { kind: "phases", phases: ["glass"] } });
  expect(await first).toEqual({ kind: "phases", phases: ["glass"] });
  await settled();
  threads[0]?.emit("error", new Error("out of memory"));
  await expect(second).rejects.toThrow("the classifier failed: out of memory");
  const third = classifier.classify(request("c"));
  await settled();
  threads[1]?.answer({ error: "no such file" });
  await expect(third).rejects.toThrow("no such file");
  const fourth = classifier.classify(request("d"));
  await settled();
  await classifier.stop();
  await expect(fourth).rejects.toThrow("the daemon stops");
  await expect(classifier.classify(request("e"))).rejects.toThrow("the daemon stops");
});
