import { closeSync, existsSync, openSync } from "node:fs";
import { expect, test } from "vitest";
import { appendLine } from "../../../simulators/instruments/journal.ts";

test.skipIf(!existsSync("/dev/full"))("a journal on a full disk says so, with what to do", () => {
  const full = openSync("/dev/full", "w");
  try {
    expect(() => appendLine(full, "furnace-1.jsonl", "{}")).toThrow(
      /The journal furnace-1.jsonl cannot be written \(ENOSPC/,
    );
  } finally {
    closeSync(full);
  }
});
