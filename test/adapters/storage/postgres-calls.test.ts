import { describe, expect, test } from "vitest";
import { createCalls } from "../../../adapters/storage/postgres/postgres-calls.ts";

describe("calls that a connection hears", () => {
  const isOverSoon = async (wait: Promise<void>): Promise<boolean> => {
    const late = new Promise((resolve) => setTimeout(resolve, 30, "late"));
    return (await Promise.race([wait, late])) !== "late";
  };

  test("one of this log's ends the wait, also where it came before it, and only one wait", async () => {
    const calls = createCalls("mine");
    const waiting = calls.heard(60_000);
    calls.note("another's");
    expect(await isOverSoon(waiting)).toBe(false);
    calls.note("mine");
    expect(await isOverSoon(waiting)).toBe(true);
    calls.note("mine");
    expect(await isOverSoon(calls.heard(60_000))).toBe(true);
    expect(await isOverSoon(calls.heard(60_000))).toBe(false);
    calls.end();
  });

  test("without one the wait ends by its time, and with the connection at once", async () => {
    const calls = createCalls("mine");
    expect(await isOverSoon(calls.heard(1))).toBe(true);
    const waiting = calls.heard(60_000);
    calls.end();
    expect(await isOverSoon(waiting)).toBe(true);
    expect(await isOverSoon(calls.heard(60_000))).toBe(true);
  });
});
