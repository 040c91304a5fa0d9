import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchAnswers } from "../../../adapters/storage/postgres/answer-watch.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function question() {
  let answer: () => void = () => {};
  const promise = new Promise<void>((resolve) => {
    answer = resolve;
  });
  return { promise, answer };
}

test("a connection is given up whose oldest question has no answer in time, and not before", async () => {
  const reasons: string[] = [];
  const watch = watchAnswers(1000, ({ message }) => reasons.push(message));
  const [first, second] = [question(), question()];
  void watch.over(first.promise);
  await vi.advanceTimersByTimeAsync(900);
  void watch.over(second.promise);
  first.answer();
  await vi.advanceTimersByTimeAsync(900);
  expect(reasons).toEqual([]);
  await vi.advanceTimersByTimeAsync(300);
  expect(reasons[0]).toBe("no answer within 1 s");
  watch.stop();
});

test("nothing is given up where every question is answered, nor after the end", async () => {
  const giveUp = vi.fn();
  const watch = watchAnswers(1000, giveUp);
  for (let k = 0; k < 5; k++) {
    const { promise, answer } = question();
    const over = watch.over(promise);
    await vi.advanceTimersByTimeAsync(800);
    answer();
    await over;
  }
  await vi.advanceTimersByTimeAsync(5000);
  // Without a question the clock rests.
  expect(vi.getTimerCount()).toBe(0);
  void watch.over(question().promise);
  watch.stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(giveUp).not.toHaveBeenCalled();
});

test("a process that was frozen reads first what came meanwhile", async () => {
  const giveUp = vi.fn();
  const watch = watchAnswers(1000, giveUp);
  const { promise, answer } = question();
  void watch.over(promise);
  vi.setSystemTime(Date.now() + 60_000);
  // The tick comes first; what the socket has is read right behind it.
  vi.spyOn(performance, "now").mockReturnValue(60_000 + performance.now());
  vi.advanceTimersByTime(100);
  answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(giveUp).not.toHaveBeenCalled();
  watch.stop();
  vi.restoreAllMocks();
});
