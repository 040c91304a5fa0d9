import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startDaemonProcess } from "../support/daemon-process.ts";

const DEVICE = `
export const device = {
  kind: "restless",
  capabilities: [],
  begin: () => {},
  status: () => ({ state: "ready" }),
  result: () => ({ failed: "there is none", retryable: false }),
  halt: () => {},
};
`;

/** A daemon whose device does something by itself besides. */
async function daemonWith(more: string) {
  const folder = mkdtempSync(join(tmpdir(), "tieline-restless-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const module = join(folder, "restless.mjs");
  writeFileSync(module, more + DEVICE);
  return await startDaemonProcess({
    config: `version: 1\nbroker: { port: 0 }\npage: { port: 0 }\nrunners:\n  - { id: restless-1, device: ${module} }\n`,
  });
}

test("a device of one's own whose timer, or connection, outlives it keeps no daemon alive", async () => {
  const daemon = await daemonWith("setInterval(() => {}, 1000);");
  try {
    expect(await daemon.end()).toBe(0);
  } finally {
    await daemon.stop();
  }
});

test("one that fails where nobody waits for it ends the daemon with a code, not with a bare stack", async () => {
  const fails = 'process.on("SIGUSR2", () => { throw new Error("the driver is broken"); });';
  const daemon = await daemonWith(fails);
  try {
    expect(await daemon.end("SIGUSR2")).toBe(1);
    expect(daemon.said()).toMatch(/^TL-1099: Error: the driver is broken/m);
  } finally {
    await daemon.stop();
  }
});
