import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { until } from "../contract/listener.ts";
import { Mosquitto, mosquittoIsThere } from "../contract/mosquitto.ts";
import { builtMain } from "../support/built-program.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const MAIN = await builtMain();
const INSTRUMENT = join(import.meta.dirname, "python-instrument/instrument.py");
/** Any Python 3; one that has paho-mqtt is preferred (TIELINE_PYTHON names it). */
const PYTHONS = [process.env["TIELINE_PYTHON"], "/tmp/venv-wire/bin/python", "python3"].flatMap(
  (path) => (path !== undefined && runs(path, ["-c", "import json"]) ? [path] : []),
);
const WITH_PAHO = PYTHONS.find((path) => runs(path, ["-c", "import paho.mqtt.client"]));
const TRANSPORTS = [
  ...(WITH_PAHO === undefined ? [] : [["paho", WITH_PAHO] as const]),
  ...(PYTHONS[0] !== undefined && runs("mosquitto_sub", ["--help"])
    ? [["mosquitto", PYTHONS[0]] as const]
    : []),
];
const BUDGET = 5;

const cleanUp: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

/** Whether a program is there; Mosquitto's clients answer --help with 1, and a missing program has no status. */
function runs(program: string, argv: readonly string[]): boolean {
  const { status } = spawnSync(program, argv, { stdio: "ignore" });
  return status === 0 || (status === 1 && program.startsWith("mosquitto"));
}

/** A program whose output is kept, and which dies with the test. */
function launch(
  program: string,
  argv: readonly string[],
): { process: ChildProcess; text: () => string } {
  let text = "";
  // A process group of its own: an instrument killed hard must not leave its mosquitto_sub behind.
  const child = spawn(program, argv, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  cleanUp.push(async () => {
    const isRunning = child.exitCode === null && child.signalCode === null;
    const ended = isRunning ? once(child, "exit") : undefined;
    killGroup(child);
    await ended;
  });
  return { process: child, text: () => text };
}

/** `kill -9` of a program and of what it started. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The whole group has ended by itself.
  }
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tieline-python-"));
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function configure(folder: string, broker: string): string {
  const file = join(folder, "config.yaml");
  writeFileSync(
    file,
    `version: 1
site: lab1
broker: ${broker}
page: { port: 0 }
campaigns:
  - id: map
    goal: phase-diagram
    autoStart: true
    budget: ${BUDGET}
    inFlight: 1
    space: { kind: simplex-grid, components: [Al, Mg, Zn], step: 0.1 }
    recipe:
      - capability: diffraction
        parameters: { Al: { axis: Al }, Mg: { axis: Mg }, Zn: { axis: Zn } }
        timeLimit_s: 60
        repeatable: true
`,
  );
  return file;
}

function daemon(folder: string, config: string): ReturnType<typeof launch> {
  const argv = [MAIN, "start", "--until-done"];
  return launch(process.execPath, [...argv, "--config", config, "--data", join(folder, "data")]);
}

async function brokerOf(running: ReturnType<typeof launch>): Promise<string> {
  await until(() => /Broker mqtt:\/\//.test(running.text()), "the daemon's first line", 25_000);
  return /Broker (mqtt:\/\/[^\s,]+)/.exec(running.text())?.[1] ?? "";
}

function instrument(python: string, url: string, ...more: string[]): ReturnType<typeof launch> {
  const how = ["--site", "lab1", "--broker", url, "--duration", "0.1", "--resend", "0.2"];
  return launch(python, [INSTRUMENT, ...how, "--jobs", String(BUDGET), ...more]);
}

async function exitOf(
  { process: child, text }: ReturnType<typeof launch>,
  besides: () => string = () => "",
): Promise<number | null> {
  await until(() => child.exitCode !== null || child.signalCode !== null, "exit", 40_000).catch(
    (error: Error) => {
      throw new Error(`${error.message}; so far:\n${text()}\n${besides()}`);
    },
  );
  return child.exitCode;
}

test("there is a Python and a way for it to speak MQTT", () => {
  if (TRANSPORTS.length === 0)
    process.stderr.write(
      "\nno Python with paho-mqtt and no mosquitto_sub: the Python instrument was not run\n",
    );
  if (process.env["CI"] === "true") expect(TRANSPORTS).not.toEqual([]);
});

describe.each(TRANSPORTS)("an instrument in Python through %s", (transport, python) => {
  test("serves a campaign on the embedded broker, its results only by resending", {
    timeout: 300_000,
  }, async () => {
    const folder = makeFolder();
    const running = daemon(folder, configure(folder, "{ port: 0 }"));
    const url = await brokerOf(running);
    const served = instrument(python, url, "--transport", transport, "--mute-first");
    expect(await exitOf(running, served.text), running.text()).toBe(0);
    expect(running.text()).toContain(`measured ${BUDGET}/${BUDGET}`);
    expect(served.text().match(/^finished /gm)).toHaveLength(BUDGET);
  });

  test.runIf(mosquittoIsThere())(
    "serves a campaign over Mosquitto, by configuration only",
    { timeout: 300_000 },
    async () => {
      const broker = new Mosquitto();
      await broker.start();
      cleanUp.push(() => broker.stop());
      const url = `mqtt://127.0.0.1:${broker.port}`;
      const folder = makeFolder();
      const served = instrument(python, url, "--transport", transport);
      const running = daemon(folder, configure(folder, `{ url: "${url}" }`));
      expect(await exitOf(running), running.text()).toBe(0);
      expect(await exitOf(served), served.text()).toBe(0);
      expect(running.text()).toContain(`measured ${BUDGET}/${BUDGET}`);
      expect(served.text().match(/^acknowledged /gm)).toHaveLength(BUDGET);
    },
  );
});

test.runIf(mosquittoIsThere() && TRANSPORTS.length > 0)(
  "instrument and daemon killed in the middle go on where they were",
  { timeout: 300_000 },
  async () => {
    const [transport, python] = TRANSPORTS[0] ?? ["paho", "python3"];
    const broker = new Mosquitto();
    await broker.start();
    cleanUp.push(() => broker.stop());
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const folder = makeFolder();
    const journal = join(folder, "journal.json");
    const config = configure(folder, `{ url: "${url}" }`);
    const how = ["--transport", transport, "--journal", journal];
    const first = daemon(folder, config);
    const before = instrument(python, url, ...how);
    await until(() => /^acknowledged /m.test(before.text()), "a first result", 40_000);
    killGroup(before.process);
    killGroup(first.process);
    await exitOf(first);
    const after = instrument(python, url, ...how);
    const second = daemon(folder, config);
    expect(await exitOf(second), second.text()).toBe(0);
    expect(second.text()).toContain(`measured ${BUDGET}/${BUDGET}`);
    await until(() => after.process.exitCode !== null, "the last acks", 40_000);
    const jobs = Object.values(
      JSON.parse(readFileSync(journal, "utf8")) as Record<string, { result?: object }>,
    );
    expect(jobs.filter(({ result }) => result !== undefined)).toHaveLength(BUDGET);
  },
);
