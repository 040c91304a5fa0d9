import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../../contract/listener.ts";
import { builtMain } from "../../support/built-program.ts";
import { exampleConfig } from "../../support/daemon-process.ts";

const main = await builtMain();
let folder: string;
let daemon: ChildProcess | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tieline-again-"));
  const config = exampleConfig("default.yaml")
    .replace("step: 0.025", "step: 0.1")
    .replace("budget: 60", "budget: 6");
  writeFileSync(join(folder, "lab.yaml"), config);
});
afterAll(async () => {
  if (daemon !== undefined && daemon.exitCode === null) {
    daemon.kill("SIGKILL");
    await once(daemon, "exit");
  }
  rmSync(folder, { recursive: true, force: true });
});

function start(...words: readonly string[]): { child: ChildProcess; said: () => string } {
  const about = ["--config", "lab.yaml", "--data", "data", "--speed", "5000", ...words];
  const child = spawn(process.execPath, [main, "start", ...about], { cwd: folder });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  return { child, said: () => said };
}

test("a campaign that is over, looked at after a restart, has the map of all its results", async () => {
  const [code] = (await once(start("--until-done").child, "exit")) as [number];
  expect(code).toBe(0);
  const again = start();
  daemon = again.child;
  await until(() => again.said().includes("Page http"), "the page", 60_000);
  const [, url = ""] = /^Page (\S+)/m.exec(again.said()) ?? [];
  const map = async (query = "") =>
    (await (await fetch(`${url}api/campaign/al-mg-zn/map${query}`)).json()) as {
      measured: readonly { known: boolean }[];
    };
  const now = await map();
  expect(now.measured.filter(({ known }) => !known)).toHaveLength(6);
  expect(now).toEqual(await map("?observations=6"));
});
