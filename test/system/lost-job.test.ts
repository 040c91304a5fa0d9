import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { changeHardware, readHardware } from "../adapters/gateway/hardware.ts";
import { builtMain } from "../support/built-program.ts";

let folder: string;
let hardware: string;
let daemon: ChildProcess;
let main: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tieline-lost-"));
  hardware = join(folder, "hardware.json");
});

afterEach(async () => {
  if (daemon.exitCode === null) {
    daemon.kill("SIGKILL");
    await once(daemon, "exit");
  }
  rmSync(folder, { recursive: true, force: true });
});

const until = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 50 });

async function startWithFurnace(isRepeatable: boolean): Promise<void> {
  const from = JSON.stringify(join(import.meta.dirname, "../adapters/gateway/hardware.ts"));
  const contents = `
    import { createFileFurnace } from ${from};
    const made = createFileFurnace(${JSON.stringify(hardware)});
    const [able] = made.capabilities;
    export const device = { ...made, capabilities: [{ ...able, repeatable: ${isRepeatable} }] };`;
  await build({
    ...{ stdin: { contents, resolveDir: import.meta.dirname }, bundle: true, platform: "node" },
    ...{ format: "esm", outfile: join(folder, "furnace.mjs"), logLevel: "error" },
  });
  const config = `
version: 1
broker: { port: 0 }
page: { enabled: false }
runners: [{ id: furnace-1, device: ./furnace.mjs, poll_ms: 20 }]
campaigns:
  - id: c
    goal: optimise
    autoStart: true
    budget: 1
    inFlight: 1
    space: { kind: grid, axes: [{ name: temperature_K, min: 300, max: 400, step: 50 }] }
    recipe:
      - capability: anneal
        parameters: { temperature_K: { axis: temperature_K } }
        repeatable: ${isRepeatable}
    model: { objectives: [{ name: hardness, direction: max }] }
`;
  writeFileSync(join(folder, "lab.yaml"), config);
  main = await builtMain();
  const words = [main, "start", "--config", "lab.yaml", "--data", "data"];
  daemon = spawn(process.execPath, [...words, "--until-done"], { cwd: folder, stdio: "ignore" });
  await until(() => expect(existsSync(hardware) && readHardware(hardware).state).toBe("busy"));
}

function jobs(): readonly { readonly state: string; readonly attempts: number }[] {
  const words = [main, "export", "--format", "json", "--data", "data"];
  const text = execFileSync(process.execPath, words, { cwd: folder, encoding: "utf8" });
  return (JSON.parse(text) as { jobs: { state: string; attempts: number }[] }).jobs;
}

test("a furnace that loses its power in mid-job: what may be repeated is begun again, and its result counts", async () => {
  await startWithFurnace(true);
  changeHardware(hardware, { boot: "b2", state: "ready", jobId: null });
  await until(() => expect(readHardware(hardware).told).toEqual(["begin c.1.s1", "begin c.1.s1"]));
  changeHardware(hardware, { state: "done" });
  expect(await once(daemon, "exit")).toEqual([0, null]);
  expect(jobs()).toMatchObject([{ state: "done", attempts: 2 }]);
});

test("what may not be repeated is given up for a person to look at, never done and never begun again", async () => {
  await startWithFurnace(false);
  changeHardware(hardware, { boot: "b2", state: "done", jobId: null });
  await until(() => expect(jobs()[0]).toMatchObject({ state: "deadLetter" }));
  expect(readHardware(hardware).told.filter((word) => word === "begin c.1.s1")).toHaveLength(1);
});
