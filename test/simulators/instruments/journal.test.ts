import { closeSync, openSync } from "node:fs";
import { expect, test } from "vitest";
import { appendLine } from "../../../simulators/instruments/journal.ts";
import { FULL_DISK, hasFullDisk } from "../../support/full-disk.ts";

test.runIf(hasFullDisk)("a journal on a full disk says so, with what to do", () => {
  const full = openSync(FULL_DISK, "w");
  try {
    expect(() => appendLine(full, "furnace-1.jsonl", "{}")).toThrow(
      /The journal furnace-1.jsonl cannot be written \(ENOSPC/,
    );
  } finally {
    closeSync(full);
  }
});
