import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startDaemonProcess } from "../support/daemon-process.ts";

/** As a driver's may be: its timer, or its connection, outlives it. */
const DEVICE = `
setInterval(() => {}, 1000);
export const device = {
  kind: "restless",
  capabilities: [],
  begin: () => {},
  status: () => ({ state: "ready" }),
  result: () => ({ failed: "there is none", retryable: false }),
  halt: () => {},
};
`;

test("a device of one's own that goes on by itself keeps no daemon alive", async () => {
  const module = join(tmpdir(), `tieline-restless-${process.pid}.mjs`);
  writeFileSync(module, DEVICE);
  const daemon = await startDaemonProcess({
    config: `version: 1\nbroker: { port: 0 }\npage: { port: 0 }\nrunners:\n  - { id: restless-1, device: ${module} }\n`,
  });
  try {
    expect(await daemon.end()).toBe(0);
  } finally {
    await daemon.stop();
  }
});
