import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Finding } from "../../../adapters/conformance/examination.ts";
import { createDropTask } from "../../../adapters/devices/files/drop-folder.ts";
import { createNimoTask } from "../../../adapters/devices/files/nimo-exchange.ts";
import {
  createTaskDevice,
  type Gateway,
  openGateway,
  type Task,
} from "../../../adapters/gateway/index.ts";
import { examineAt } from "../conformance/examine-at.ts";
import { Agent, embeddedBroker, type TestBroker, until } from "../gateway/gateway-bench.ts";
import { REAL } from "./thermal-bench.ts";
import { VirtualClock } from "./virtual-clock.ts";

let folder: string;
let broker: TestBroker;
let agent: Agent;
let gateway: Gateway | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tieline-files-"));
  broker = await embeddedBroker();
  agent = await Agent.at(broker.url, "robot");
});

afterEach(async () => {
  await gateway?.stop();
  await agent.end();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(task: Task): Promise<void> {
  const births = agent.count("birth");
  gateway = await openGateway(createTaskDevice(task), {
    ...{ broker: broker.url, site: "lab", instrument: "robot", poll_ms: 30, resendAfter_ms: 300 },
    folder: join(folder, "gateway"),
  });
  await until(() => expect(agent.count("birth")).toBeGreaterThan(births));
}

const parameters = [
  { name: "x_Al", unit: "1", min: 0, max: 1 },
  { name: "temperature_K", unit: "K", min: 273, max: 1273 },
];
const order = (jobId: string) =>
  agent.order(jobId, { capability: "make", parameters: { x_Al: 0.25, temperature_K: 700 } });

/** What the examination of the contract finds fault with, and what it saw of loads. */
async function examined() {
  let load = "";
  const onFinding = ({ check, detail }: Finding): void => {
    if (check === "a load") load = detail;
  };
  const patience = { job_ms: 5000, answer_ms: 800, resend_ms: 1500 };
  const flaws = await examineAt(broker.url, "robot", { ...patience, onFinding });
  return { flaws, load };
}

describe("NIMO's exchange of files, as nimo 2.1.8 and its robots have it", () => {
  const nimo = (): Task =>
    createNimoTask({
      ...{ inputFolder: join(folder, "in"), outputFolder: join(folder, "out"), parameters },
      objectives: [
        { name: "strength", unit: "MPa" },
        { name: "cost", unit: "1" },
      ],
      ...{ capability: "make", expectedDuration_s: 60, clock: REAL },
    });
  const start = () => join(folder, "in/inputend.txt");
  const answer = (results: string): void => {
    writeFileSync(join(folder, "out/results.csv"), results);
    writeFileSync(join(folder, "out/outputend.txt"), "");
  };

  test("the robot finds its file and the mark, answers with results and the mark, and is believed", async () => {
    await open(nimo());
    await order("j1");
    await until(() => expect(existsSync(start())).toBe(true));
    const [machine = ""] = readdirSync(join(folder, "in")).filter((name) =>
      /^\d{12}\.csv$/.test(name),
    );
    expect(readFileSync(join(folder, "in", machine), "utf8")).toBe(
      "input file for machine\n0.25,700",
    );
    expect(readFileSync(join(folder, "in/proposals.csv"), "utf8")).toBe(
      "actions,x_Al,temperature_K\n0,0.25,700\n",
    );
    rmSync(start());
    answer("412.5,3\n");
    await agent.untilSaid("result", { jobId: "j1" });
    expect(agent.last("result")?.["observations"]).toEqual([
      { kind: "objective", name: "strength", value: 412.5, unit: "MPa" },
      { kind: "objective", name: "cost", value: 3, unit: "1" },
    ]);
    expect(existsSync(join(folder, "out/outputend.txt"))).toBe(false);
  });

  test("results that are half written are waited for, and a gateway that ends takes the job up: told once", async () => {
    await open(nimo());
    await order("j1");
    await until(() => expect(existsSync(start())).toBe(true));
    rmSync(start());
    await gateway?.stop();
    answer("412.5,");
    await open(nimo());
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(agent.count("result") + agent.count("failed")).toBe(0);
    expect(existsSync(start())).toBe(false);
    answer("412.5,3");
    await agent.untilSaid("result", { jobId: "j1" });
  });

  test("a stop takes back what the robot has not taken; a robot that has is at rest when it has answered", async () => {
    await open(nimo());
    await order("j1");
    await until(() => expect(existsSync(start())).toBe(true));
    await agent.control("cancel", "j1");
    await agent.untilSaid("failed", { jobId: "j1" });
    expect(existsSync(start())).toBe(false);
    await order("j2");
    await until(() => expect(existsSync(start())).toBe(true));
    rmSync(start());
    await agent.control("cancel", "j2");
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(agent.heard.some(({ word, data }) => word === "failed" && data["jobId"] === "j2")).toBe(
      false,
    );
    answer("1,2");
    await agent.untilSaid("failed", { jobId: "j2" });
  });

  test("keeps the contract: every check of the examination passes", {
    timeout: 60_000,
  }, async () => {
    await open(nimo());
    // The robot: takes what lies there, works a little, answers.
    const robot = setInterval(() => {
      if (!existsSync(start())) return;
      rmSync(start());
      setTimeout(() => answer("412.5,3"), 200);
    }, 50);
    const { flaws } = await examined();
    clearInterval(robot);
    expect(flaws).toEqual([]);
  });

  test("a mark that nobody knows the owner of is no answer to a new job", async () => {
    await open(nimo());
    answer("1,2");
    await order("j1");
    await agent.untilSaid("rejected", { jobId: "j1" });
    expect(agent.last("rejected")?.["reason"]).toContain("outputend.txt of an earlier run");
  });
});

describe("a folder of jobs and results", () => {
  const drop = (): Task =>
    createDropTask({
      ...{ folder, capability: "make", parameters, results: ["objective"] },
      ...{ expectedDuration_s: 60, settle_ms: 150, clock: REAL },
    });
  const result = join("results", "j1.1.json");
  const said = { observations: [{ kind: "objective", name: "mass", value: 2, unit: "g" }] };

  test("a pattern that is still written is not taken, whatever the clock of the computer that writes it says", async () => {
    await open(drop());
    await order("j1");
    await until(() => expect(existsSync(join(folder, "jobs/j1.1.json"))).toBe(true));
    const pattern = join(folder, "results/j1.1.xy");
    const anHour = 3600;
    writeFileSync(pattern, "10 1\n");
    writeFileSync(join(folder, result), JSON.stringify(said));
    for (let row = 2; row < 12; row++) {
      appendFileSync(pattern, `${10 * row} 1\n`);
      for (const file of [pattern, join(folder, result)])
        utimesSync(file, Date.now() / 1000 - anHour + row, Date.now() / 1000 - anHour + row);
      await new Promise((resolve) => setTimeout(resolve, 80));
      expect(agent.count("result")).toBe(0);
    }
    // And one that says that it is of tomorrow is not waited for until then.
    utimesSync(pattern, Date.now() / 1000 + anHour, Date.now() / 1000 + anHour);
    await agent.untilSaid("result", { jobId: "j1" });
    expect(agent.last("result")?.["raw"]).toMatchObject([{ bytes: readFileSync(pattern).length }]);
  });

  test("a result that grows or is torn is left alone; what lies beside it goes by reference", async () => {
    await open(drop());
    await order("j1");
    const job = join(folder, "jobs/j1.1.json");
    await until(() => expect(existsSync(job)).toBe(true));
    expect(JSON.parse(readFileSync(job, "utf8"))).toMatchObject({ parameters: { x_Al: 0.25 } });
    writeFileSync(join(folder, "results/j1.1.xy"), "10 1\n20 2\n");
    writeFileSync(join(folder, result), JSON.stringify(said).slice(0, 30));
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(agent.count("result") + agent.count("failed")).toBe(0);
    writeFileSync(join(folder, result), JSON.stringify(said));
    await agent.untilSaid("result", { jobId: "j1", observations: said.observations });
    expect(agent.last("result")?.["raw"]).toMatchObject([{ bytes: 10 }]);
  });

  test("what an earlier attempt leaves behind late is no answer to the next", async () => {
    await open(drop());
    await agent.order("j1", {
      ...{ capability: "make", parameters: { x_Al: 0.25, temperature_K: 700 }, attempt: 2 },
    });
    await until(() => expect(existsSync(join(folder, "jobs/j1.2.json"))).toBe(true));
    writeFileSync(join(folder, result), JSON.stringify(said));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(agent.count("result") + agent.count("failed")).toBe(0);
    writeFileSync(join(folder, "results/j1.2.json"), JSON.stringify(said));
    await agent.untilSaid("result", { jobId: "j1", attempt: 2 });
  });

  test("a machine that is away for ten minutes (virtual time) finds its job once, and what it says then counts", async () => {
    const clock = new VirtualClock();
    const task = createDropTask({
      ...{ folder, capability: "make", parameters, results: [], expectedDuration_s: 60 },
      ...{ settle_ms: 1000, clock },
    });
    const never = { signal: new AbortController().signal, onProgress: () => {}, held: false };
    const own = { jobId: "j1", attempt: 1, capability: "make", parameters: {}, sampleIds: [] };
    const done = task.run({ ...own, ...never, folder: join(folder, "j1") });
    const job = join(folder, "jobs/j1.1.json");
    expect(existsSync(job)).toBe(true);
    rmSync(job);
    await clock.pass(600_000);
    expect(readdirSync(join(folder, "jobs"))).toEqual([]);
    writeFileSync(join(folder, result), JSON.stringify(said));
    await clock.pass(2000);
    expect(await done).toMatchObject({ observations: said.observations });
  });

  test("what is no observation of the contract fails with its path", async () => {
    await open(drop());
    await order("j1");
    await until(() => expect(existsSync(join(folder, "jobs/j1.1.json"))).toBe(true));
    writeFileSync(
      join(folder, result),
      JSON.stringify({ observations: [{ kind: "objective", name: "mass" }] }),
    );
    await agent.untilSaid("failed", { jobId: "j1" });
    expect(agent.last("failed")?.["reason"]).toContain("observations");
  });

  test("keeps the contract, with loads of two samples of which each has a set point of its own", {
    timeout: 60_000,
  }, async () => {
    const shared = { capacity: 2, shares: ["temperature_K"] };
    await open(
      createDropTask({
        ...{ folder, capability: "make", parameters, results: ["objective"], ...shared },
        ...{ expectedDuration_s: 60, settle_ms: 50, clock: REAL },
      }),
    );
    // The machine: measures each sample of each job that lies there.
    const machine = setInterval(() => {
      for (const name of readdirSync(join(folder, "jobs")).filter((one) => one.endsWith(".json"))) {
        const answer = join(folder, "results", name);
        if (existsSync(answer)) continue;
        const { sampleIds } = JSON.parse(readFileSync(join(folder, "jobs", name), "utf8"));
        const named =
          sampleIds.length === 0 ? [{}] : sampleIds.map((id: string) => ({ sampleId: id }));
        const mass = { kind: "objective", name: "mass", value: 2, unit: "g" };
        const observations = named.map((sample: object) => ({ ...mass, ...sample }));
        writeFileSync(answer, JSON.stringify({ observations }));
      }
    }, 100);
    const { flaws, load } = await examined();
    clearInterval(machine);
    expect(flaws).toEqual([]);
    expect(load).toBe("2 observation(s) of 2 samples");
  });
});
