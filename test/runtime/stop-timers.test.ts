import { expect, test } from "vitest";
import { createExecutor } from "../../src/runtime/executor.ts";

test("what was under way when the daemon stopped arms no timer that would keep its process alive", () => {
  const alive = new Set<number>();
  const schedule = (at_ms: number) => {
    alive.add(at_ms);
    return () => alive.delete(at_ms);
  };
  const executor = createExecutor({ ports: { timers: { schedule } } } as never);
  executor.execute([{ type: "startTimer", timerId: "robot-1/t1", at_ms: 60_000 }]);
  expect(alive.size).toBe(1);
  executor.stop();
  // A commit that was under way is folded after the stop.
  executor.execute([{ type: "startTimer", timerId: "robot-1/t2", at_ms: 120_000 }]);
  expect(alive.size).toBe(0);
});
