import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, test } from "vitest";
import { builtMain } from "../support/built-program.ts";
import { startDaemonProcess } from "../support/daemon-process.ts";
import { FULL_DISK, hasFullDisk } from "../support/full-disk.ts";

describe.runIf(hasFullDisk)("on a full disk", () => {
  const full = openSync(FULL_DISK, "w");
  afterAll(() => closeSync(full));

  test("a command whose output is lost says so, and fails", async () => {
    const run = [await builtMain(), "--help"];
    const child = spawn(process.execPath, run, { stdio: ["ignore", full, "pipe"] });
    const said = text(child.stderr as Readable);
    expect(await once(child, "exit")).toEqual([1, null]);
    expect(await said).toMatch(/^TL-1003: Standard output cannot be written \(ENOSPC/);
  });

  test("a daemon whose words are lost goes on, and ends when it is asked to", async () => {
    const daemon = await startDaemonProcess({
      config: "version: 1\nbroker: { port: 0 }\npage: { port: 0 }\n",
      env: { TIELINE_LOG_LEVEL: "info" },
      stderr: full,
    });
    try {
      expect(await daemon.end()).toBe(0);
    } finally {
      await daemon.stop();
    }
  });
});
