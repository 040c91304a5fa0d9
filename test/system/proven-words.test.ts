import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DaemonProcess, startDaemonProcess } from "../support/daemon-process.ts";

let daemon: DaemonProcess;
const folder = mkdtempSync(join(tmpdir(), "tieline-proven-"));

beforeAll(async () => {
  for (const name of ["ada", "bob"]) writeFileSync(join(folder, `${name}.key`), `key of ${name}\n`);
  const operators = ["ada", "bob"].map(
    (name) => `  - { name: ${name}, may: [operate], keyFile: ${join(folder, `${name}.key`)} }`,
  );
  const example = readFileSync(
    resolve(import.meta.dirname, "../../examples/python-lab.yaml"),
    "utf8",
  );
  const config = example.replace("port: 1883", "port: 0").replace("port: 8080", "port: 0");
  daemon = await startDaemonProcess({
    config: `${config.replace("autoStart: true", "autoStart: false")}\noperators:\n${operators.join("\n")}\n`,
  });
});

afterAll(async () => {
  await daemon?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function say(wish: object) {
  const response = await fetch(new URL("/api/command", daemon.url), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ kind: "campaign", ...wish }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Who said what, as the log has it. */
function words() {
  const lines = readFileSync(join(daemon.folder, "data/events.jsonl"), "utf8").split("\n");
  const said = (line: string, key: string) => new RegExp(`"${key}":"([^"]+)"`).exec(line)?.[1];
  return lines
    .filter((line) => line.includes('"operator.command"'))
    .map((line) => ["action", "by", "identity"].map((key) => said(line, key)));
}

test("a word on the page with its operator's key is verified, once however often it is sent; without it, or with another's, it is nobody's", async () => {
  const start = { campaignId: "powder", action: "start", by: "ada", commandId: "start-1" };
  expect((await say(start)).status).toBe(401);
  expect((await say({ ...start, key: "key of bob" })).status).toBe(401);
  const right = { ...start, key: "key of ada" };
  const first = await say(right);
  expect(first).toEqual({ status: 200, body: { commandId: "start-1", accepted: true } });
  // The browser did not hear the answer and asks again; in between somebody has paused.
  expect(await say({ ...right, action: "pause", commandId: "pause-1" })).toMatchObject({
    status: 200,
  });
  expect(await say(right)).toEqual(first);
  // A name that has been used means what it meant.
  expect(await say({ ...right, action: "stop", commandId: "pause-1" })).toMatchObject({
    status: 200,
  });
  expect(words()).toEqual([
    ["start", "ada", "verified"],
    ["pause", "ada", "verified"],
  ]);
});
