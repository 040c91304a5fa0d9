import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createPrng } from "../../src/core/prng.ts";
import { builtMain } from "../support/built-program.ts";
import { freePort } from "../support/free-port.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const MAIN = await builtMain();
const BUDGET = 8;
const LIVES_MAX = 15;
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Exported {
  readonly campaign: { readonly state: string };
  readonly observations: readonly { readonly candidateId: string; readonly jobId: string }[];
  readonly jobs: readonly {
    readonly jobId: string;
    readonly state: string;
    readonly starts: number;
  }[];
}

describe("the daemon's process is killed with SIGKILL", () => {
  const points = [
    "after-append:30",
    "before-publish:12",
    "after-publish:7",
    "before-append:44",
    "after-plan:5",
    "message-received:60",
  ];
  test(`at ${points.join(", ")} of its lives: nothing is lost, nothing runs twice`, async () => {
    const lab = await laboratory();
    for (const point of points) {
      const daemon = lab.start({ TIELINE_KILL_AT: point });
      const [code, signal] = await once(daemon, "exit");
      expect(
        signal === "SIGKILL" || code === 0,
        `${point}: ${String(code)} ${String(signal)}`,
      ).toBe(true);
    }
    await finish(lab);
    expectWhole(lab.export());
    expect(lab.run("replay", "--verify", "--data", lab.folder)).toContain("proposals agree");
  });

  test("at random times: nothing is lost, nothing runs twice", async () => {
    const lab = await laboratory();
    const prng = createPrng("kill");
    for (let life = 0; life < 4; life++) {
      const daemon = lab.start({});
      const timer = setTimeout(() => daemon.kill("SIGKILL"), 1200 + prng.next() * 2500);
      await once(daemon, "exit");
      clearTimeout(timer);
    }
    await finish(lab);
    expectWhole(lab.export());
  });
});

function expectWhole(exported: Exported): void {
  expect(exported.campaign.state).toBe("budgetExhausted");
  expect(exported.observations).toHaveLength(BUDGET);
  expect(new Set(exported.observations.map((one) => one.candidateId)).size).toBe(BUDGET);
  expect(exported.jobs.filter((job) => job.starts !== 1)).toEqual([]);
  expect(exported.jobs.every((job) => job.state === "done")).toBe(true);
}

/** Lets the daemon live until it says that it is done. */
async function finish(lab: Awaited<ReturnType<typeof laboratory>>): Promise<void> {
  for (let life = 0; life < LIVES_MAX; life++) {
    const [code] = await once(lab.start({}), "exit");
    if (code === 0) return;
  }
  throw new Error(`the daemon did not finish: ${readFileSync(lab.logFile, "utf8").slice(-2000)}`);
}

async function laboratory() {
  const folder = mkdtempSync(join(tmpdir(), "tieline-kill-"));
  folders.push(folder);
  const config = join(folder, "config.yaml");
  const logFile = join(folder, "daemon.log");
  const text = readFileSync(join(ROOT, "config/default.yaml"), "utf8")
    .replace("port: 1883", `port: ${await freePort()}`)
    .replace(/ {2}webSocketPort: \d+\n/, "")
    .replace("port: 8080", "port: 0")
    .replace("budget: 60", `budget: ${BUDGET}`);
  writeFileSync(config, text);
  const data = join(folder, "data");
  return {
    folder: data,
    logFile,
    start: (env: Record<string, string>): ChildProcess =>
      spawn(
        process.execPath,
        [MAIN, "start", "--config", config, "--data", data, "--until-done", "--speed", "3000"],
        { cwd: ROOT, env: { ...process.env, ...env }, stdio: "ignore" },
      ),
    run: (...args: string[]): string =>
      execFileSync(process.execPath, [MAIN, ...args], {
        cwd: ROOT,
        encoding: "utf8",
        maxBuffer: 1 << 26,
      }),
    export(): Exported {
      return JSON.parse(this.run("export", "--format", "json", "--data", data)) as Exported;
    },
  };
}
