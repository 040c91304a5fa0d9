import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createPrng } from "../../src/core/prng.ts";
import { builtMain } from "../support/built-program.ts";
import { freePort } from "../support/free-port.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const MAIN = await builtMain();
const BUDGET = 30;
const KILLS = 5;

let folder: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tieline-forward-kill-"));
  children = [];
});

afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

function tieline(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    ...{ cwd: ROOT, stdio: "ignore" },
  });
  children.push(child);
  return child;
}

function read(...args: string[]): string {
  return execFileSync(process.execPath, [MAIN, ...args], {
    ...{ cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 26 },
  });
}

/** The example with runners as processes of their own, its broker on a free port, its budget small. */
async function configure(): Promise<{ config: string; port: number }> {
  const port = await freePort();
  const text = readFileSync(join(ROOT, "config/effective-model-runners.example.yaml"), "utf8")
    .replace("port: 1883", `port: ${port}`)
    .replace("port: 8080", "port: 0")
    .replace("budget: 400", `budget: ${BUDGET}`)
    .replace("inFlight: 8", "inFlight: 4")
    .replace(/^runners:\n( {2}- .*\n)+/m, "");
  const config = join(folder, "config.yaml");
  writeFileSync(config, text);
  return { config, port };
}

interface Exported {
  readonly campaign: { readonly state: string };
  readonly observations: readonly {
    readonly candidateId: string;
    readonly parameters: Record<string, unknown>;
    readonly result: unknown;
  }[];
  readonly jobs: readonly { readonly state: string; readonly jobId: string }[];
}

test("kill -9 of the daemon and of a runner in turn: every calculation comes back, none is lost or counted twice", async () => {
  const { config, port } = await configure();
  const data = join(folder, "data");
  const startDaemon = () => tieline("start", "--config", config, "--data", data, "--until-done");
  const startRunner = (id: string) =>
    tieline(
      ...["runner", "effective-model", "--broker", `mqtt://127.0.0.1:${port}`],
      ...["--id", id, "--folder", join(folder, id)],
    );
  const prng = createPrng("forward kill");
  let daemon = startDaemon();
  startRunner("ed-1");
  let runner = startRunner("ed-2");
  for (let kill = 0; kill < KILLS && daemon.exitCode === null; kill++) {
    await new Promise((after) => setTimeout(after, 800 + 1500 * prng.next()));
    if (kill % 2 === 0) {
      runner.kill("SIGKILL");
      runner = startRunner("ed-2");
    } else if (daemon.exitCode === null) {
      daemon.kill("SIGKILL");
      await once(daemon, "exit");
      daemon = startDaemon();
    }
  }
  if (daemon.exitCode === null) await once(daemon, "exit");
  expect(daemon.exitCode).toBe(0);
  const exported = JSON.parse(read("export", "--format", "json", "--data", data)) as Exported;
  expect(exported.campaign.state).toBe("budgetExhausted");
  expect(exported.observations).toHaveLength(BUDGET);
  expect(new Set(exported.observations.map((one) => one.candidateId)).size).toBe(BUDGET);
  expect(exported.jobs.filter((job) => job.state !== "done")).toEqual([]);
  const results = exported.observations.map((one) => JSON.stringify(one.result));
  expect(results.every((text) => text.includes("magnetisation by J3"))).toBe(true);
  expect(read("replay", "--verify", "--data", data)).toContain("proposals agree");
});
