import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { connect } from "mqtt";
import { afterEach, expect, test } from "vitest";
import { Certifier } from "../../../adapters/conformance/certifier.ts";
import type { Finding } from "../../../adapters/conformance/examination.ts";
import { createTaskDevice, openGateway, type TaskJob } from "../../../adapters/gateway/index.ts";
import { startSimulatedLaboratory } from "../../../simulators/index.ts";
import { Mosquitto, mosquittoIsThere } from "../../contract/mosquitto.ts";
import { bundledScript } from "../../support/bundled-script.ts";
import { tieline } from "../../support/command-line.ts";
import { REAL } from "../devices/thermal-bench.ts";
import { embeddedBroker } from "../gateway/gateway-bench.ts";
import { examineAt } from "./examine-at.ts";
import { launch } from "./launch.ts";

const cleanUp: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tieline-conformance-"));
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Killed hard, and started again; at the end killed for good. */
function launchHere(program: string, argv: readonly string[]): () => Promise<void> {
  const { restart, kill } = launch(program, argv);
  cleanUp.push(kill);
  return restart;
}

test.skipIf(!mosquittoIsThere())(
  "the Python instrument, which shares no code with us, keeps the contract",
  { timeout: 90_000 },
  async () => {
    const broker = new Mosquitto();
    await broker.start();
    cleanUp.push(() => broker.stop());
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const script = join(import.meta.dirname, "../../system/python-instrument/instrument.py");
    const journal = join(makeFolder(), "journal.json");
    const argv = ["--broker", url, "--site", "lab", "--id", "xrd-py", "--journal", journal];
    const habits = ["--duration", "0.4", "--resend", "0.5", "--capacity", "3"];
    const restart = launchHere("python3", [script, ...argv, ...habits]);
    const loads: string[] = [];
    const onFinding = ({ check, detail }: Finding): void => {
      if (/load|more samples/.test(check)) loads.push(detail);
    };
    expect(await examineAt(url, "xrd-py", { restart, answer_ms: 4000, onFinding })).toEqual([]);
    expect(loads).toEqual(["it takes 3 samples", "2 observation(s) of 2 samples"]);
  },
);

test("a gateway that is killed keeps it", { timeout: 90_000 }, async () => {
  const broker = await embeddedBroker();
  cleanUp.push(() => broker.stop());
  const folder = makeFolder();
  const script = await bundledScript(join(import.meta.dirname, "gateway-process.ts"));
  const argv = [script, broker.url, folder];
  const restart = launchHere(process.execPath, argv);
  expect(await examineAt(broker.url, "balance", { restart, answer_ms: 6000 })).toEqual([]);
});

test("the simulated robot, furnace and diffractometer keep it, with a sample that is made", {
  timeout: 90_000,
}, async () => {
  const broker = await embeddedBroker();
  cleanUp.push(() => broker.stop());
  const kinds = ["synthesis-robot", "furnace", "diffractometer"] as const;
  const laboratory = await startSimulatedLaboratory({
    ...{ brokerUrl: broker.url, site: "lab", seed: "1", speed: 3000, folder: makeFolder() },
    resendAfter_s: 0.5,
    instruments: kinds.map((kind) => ({
      ...{ instrumentId: kind, kind },
      ...(kind === "synthesis-robot" ? {} : { capacity: 4 }),
    })),
  });
  cleanUp.push(() => laboratory.stop());
  const how = { sampleIds: ["s1"], answer_ms: 3000 };
  expect(
    await examineAt(broker.url, "synthesis-robot", {
      ...how,
      sampleIds: ["s{n}"],
      parameters: { x_Al: 1 },
    }),
  ).toEqual([]);
  const loaded = { ...how, sampleIds: ["s1", "s2"] };
  expect(await examineAt(broker.url, "furnace", loaded)).toEqual([]);
  expect(await examineAt(broker.url, "diffractometer", loaded)).toEqual([]);
});

test.each([
  ["property-tester", {}],
  ["magnetometer", {}],
  ["simulation-runner", { temperature_K: 300 }],
  ["quench-station", {}],
] as const)("the simulated %s keeps it", { timeout: 90_000 }, async (kind, parameters) => {
  const broker = await embeddedBroker();
  cleanUp.push(() => broker.stop());
  const laboratory = await startSimulatedLaboratory({
    ...{ brokerUrl: broker.url, site: "lab", seed: "1", speed: 3000, folder: makeFolder() },
    ...{ resendAfter_s: 0.5, instruments: [{ instrumentId: kind, kind }] },
  });
  cleanUp.push(() => laboratory.stop());
  const how = { sampleIds: ["s{n}"], parameters, answer_ms: 3000 };
  expect(await examineAt(broker.url, kind, how)).toEqual([]);
});

test("an examination that was broken off is cleared away by the next; what is not its own is left alone, and said", {
  timeout: 60_000,
}, async () => {
  const broker = await embeddedBroker();
  cleanUp.push(() => broker.stop());
  const endless = new Set(["map.1"]);
  const task = {
    ...{ kind: "oven", resumes: true },
    capabilities: [
      { name: "heat", parameters: {}, results: [], repeatable: true, expectedDuration_s: 1 },
    ],
    run: async ({ jobId, signal }: TaskJob) => {
      await wait(endless.has(jobId) ? 60_000 : 100, undefined, { signal }).catch(() => {});
      return signal.aborted ? { failed: String(signal.reason) } : { observations: [] };
    },
  };
  const gateway = await openGateway(createTaskDevice(task), {
    ...{ broker: broker.url, site: "lab", instrument: "oven", folder: makeFolder() },
    ...{ poll_ms: 20, resendAfter_ms: 200 },
  });
  cleanUp.push(() => gateway.stop());
  const about = { broker: broker.url, site: "lab", instrumentId: "oven", epoch: 1, clock: REAL };
  const broken = await Certifier.connect(about);
  const order = (jobId: string, retain = false) =>
    broken.start({ jobId, capability: "heat", parameters: {} }, {}, retain);
  const isBusyWith = (jobId: string) => (): boolean =>
    broken.all("instrumentState").at(-1)?.data.jobId === jobId;
  const [first, second] = [broken.newId("exam"), broken.newId("exam")];
  await order(first);
  expect(await broken.until(() => broken.of("jobResult", first).length > 0, 45_000)).toBe(true);
  endless.add(second);
  await order(second);
  expect(await broken.until(isBusyWith(second), 45_000)).toBe(true);
  await order(broken.newId("exam"), true);
  await broken.close();
  const cleared: string[] = [];
  const onCleared = (what: string): void => void cleared.push(what);
  expect(await examineAt(broker.url, "oven", { onCleared })).toEqual([]);
  expect(cleared).toEqual([
    expect.stringMatching(
      new RegExp(`took its retained start.*cancelled ${second}; acknowledged ${first}, ${second}`),
    ),
  ]);
  const again = await Certifier.connect(about);
  cleanUp.push(() => again.close());
  await again.emergencyStop(true);
  expect(await examineAt(broker.url, "oven", { onCleared })).toEqual([]);
  expect(cleared.at(-1)).toBe("lifted its emergency stop");
  await again.start({ jobId: "map.1", capability: "heat", parameters: {} });
  const isTheirs = (): boolean => again.all("instrumentState").at(-1)?.data.jobId === "map.1";
  expect(await again.until(isTheirs, 45_000)).toBe(true);
  await expect(examineAt(broker.url, "oven", {})).rejects.toMatchObject({
    ...{ code: "TL-2010", message: expect.stringContaining("map.1, which is no examination's") },
  });
});

/** Believes everything, says its result once under a new id each time, and starts whatever it hears. */
function carelessInstrument(url: string, retainsBirth: boolean): void {
  const here = "tieline/v1/lab/instrument/careless";
  const client = connect(url);
  let said = 0;
  let starts = 0;
  const say = (topic: string, type: string, data: object, retain = false): void => {
    const envelope = {
      ...{ specversion: "1.0", id: `m${++said}`, source: "instrument/careless" },
      ...{ type: `tieline.${type}`, time: new Date(Date.now() - 120_000).toISOString(), data },
    };
    client.publish(`${here}/${topic}`, JSON.stringify(envelope), { qos: 1, retain });
  };
  const parameters = { temperature_K: { unit: "K", min: 300, max: 400 } };
  client.on("connect", () => {
    client.subscribe(`${here}/command/+`);
    const capability = {
      name: "heat",
      parameters,
      results: [],
      repeatable: true,
      expectedDuration_s: 1,
    };
    say("online", "instrument.online", { online: true, bootId: "b" }, true);
    say(
      "birth",
      "instrument.birth",
      {
        bootId: "b",
        kind: "hotplate",
        simulated: true,
        capabilities: [capability],
      },
      retainsBirth,
    );
    const state = { operation: "idle", control: "automatic", safety: "ok" };
    say("state", "instrument.state", { bootId: "b", seq: 1, ...state }, true);
  });
  client.on("message", (topic, payload) => {
    if (!topic.endsWith("/start")) return;
    const { jobId, attempt } = JSON.parse(payload.toString()).data;
    say(`job/${jobId}/accepted`, "job.accepted", { jobId, attempt });
    const value = { kind: "objective", name: "mass", value: 1, unit: "bananas" };
    const isOdd = ++starts % 5 === 0;
    const observations = isOdd ? [value] : [];
    say(`job/${jobId}/result`, "job.result", { jobId, attempt, observations, simulated: true });
  });
  cleanUp.push(() => client.endAsync(true));
}

test("what a careless instrument breaks is named, clause by clause", {
  timeout: 60_000,
}, async () => {
  const broker = await embeddedBroker();
  cleanUp.push(() => broker.stop());
  setTimeout(() => carelessInstrument(broker.url, false), 100);
  const quick = { job_ms: 400, answer_ms: 600, resend_ms: 400 };
  const flaws = (await examineAt(broker.url, "careless", quick)).join("\n");
  expect(flaws).toContain("introduction: instrumentBirth was not retained");
  expect(flaws).toContain("the same start again: the job ended");
  expect(flaws).toContain("results until ack: not said again");
  expect(flaws).toContain("reconcile: no unknown for a job");
  expect(flaws).toContain("older epoch: a start of an older epoch was accepted");
  expect(flaws).toContain("too late: a start past its notAfter was accepted");
  expect(flaws).toMatch(/limits: temperature_K = 404, beyond 400 was accepted/);
  expect(flaws).toContain(
    "a capability that it lacks: a capability that it does not declare was accepted",
  );
  expect(flaws).toContain("emergency stop: no state said emergencyStopped");
  expect(flaws).toMatch(/clock: its clock is -120\.0 s behind/);
  expect(flaws).toMatch(/every message: .*unit/);
});

test("the command: report, exit code, and what it refuses", { timeout: 60_000 }, async () => {
  const broker = await embeddedBroker();
  cleanUp.push(() => broker.stop());
  const run = (...argv: string[]) =>
    tieline(
      "conformance",
      "--broker",
      broker.url,
      "--site",
      "lab",
      "--answer",
      "1",
      "--resend",
      "1",
      ...argv,
    );
  expect(await run("--instrument", "nobody")).toMatchObject({ code: 1 });
  const task = {
    ...{ kind: "balance", run: () => ({ observations: [] }) },
    capabilities: [
      { name: "weigh", parameters: {}, results: [], repeatable: true, expectedDuration_s: 1 },
    ],
  };
  const gateway = await openGateway(createTaskDevice(task), {
    ...{ broker: broker.url, site: "lab", instrument: "balance", folder: makeFolder() },
    ...{ poll_ms: 20, resendAfter_ms: 200 },
  });
  cleanUp.push(() => gateway.stop());
  const passed = await run("--instrument", "balance");
  expect(passed.out + passed.err).toContain("balance keeps the contract");
  expect(passed.out).toContain("-    emergency stop: it stops everything");
  expect(passed.code).toBe(0);
  const json = await run("--instrument", "balance", "--json", "--epoch", "2");
  expect(JSON.parse(json.out)).toMatchObject({ instrument: "balance" });
  carelessInstrument(broker.url, true);
  const failed = await run("--instrument", "careless", "--patience", "0.3");
  expect(failed.code).toBe(1);
  expect(failed.out).toContain("docs/contract.md: What an instrument does, 2");
  expect(failed.err).toContain("TL-2010");
});
