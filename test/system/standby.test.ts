import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { SITE } from "../contract/brokers.ts";
import { Mosquitto, mosquittoIsThere } from "../contract/mosquitto.ts";
import { builtMain } from "../support/built-program.ts";
import { tieline } from "../support/command-line.ts";
import { PostgresServer, postgresIsThere } from "../support/postgres-server.ts";
import {
  type Script,
  ScriptedInstrument,
  type StartCommand,
} from "../support/scripted-instrument.ts";

test("the example of docs/standby.md is a configuration that two daemons can share", () => {
  const file = join(import.meta.dirname, "../../config/standby.example.yaml");
  const { configuration: example } = loadConfiguration(file);
  expect([example.log, example.broker.url]).toEqual([
    expect.stringMatching(/^postgres:/),
    expect.stringMatching(/^mqtt:/),
  ]);
});

const MAIN = await builtMain();
const LEASE_s = 4;
const AXIS = { unit: "1", min: 0, max: 1 };
const ABLE: Script["capabilities"] = [
  {
    ...{ name: "diffraction", results: ["phases"], repeatable: true, expectedDuration_s: 1 },
    parameters: { Al: AXIS, Mg: AXIS, Zn: AXIS },
  },
];
const areThere = [postgresIsThere(), mosquittoIsThere()].every(Boolean);

interface Overview {
  readonly agent: { readonly epoch: number };
  readonly leadership?: { readonly role: string; readonly leader?: { readonly node: string } };
  readonly campaigns: readonly { readonly observations: number; readonly state: string }[];
}

/** A daemon of two that share a log, in a process of its own. */
class Node {
  url = "";
  said = "";
  readonly process: ChildProcess;

  constructor(config: string, data: string) {
    const args = ["start", "--standby", "--config", config, "--data", data];
    this.process = spawn(process.execPath, [MAIN, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, TIELINE_LOG_LEVEL: "info" },
    });
    for (const stream of [this.process.stdout, this.process.stderr])
      stream?.on("data", (chunk: Buffer) => {
        this.said += chunk.toString();
        this.url = [...this.said.matchAll(/Page (http\S+)/g)].at(-1)?.[1] ?? "";
      });
  }

  async overview(): Promise<Overview | undefined> {
    if (this.url === "") return undefined;
    return (await fetch(new URL("api/overview", this.url))
      .then((answer) => answer.json())
      .catch(() => undefined)) as Overview | undefined;
  }

  async role(): Promise<string | undefined> {
    return (await this.overview())?.leadership?.role;
  }

  get node(): string {
    return `process ${this.process.pid}`;
  }
}

describe.runIf(areThere)("two daemons on one log in PostgreSQL, at one Mosquitto", () => {
  const folder = mkdtempSync(join(tmpdir(), "tieline-standby-"));
  const broker = new Mosquitto();
  let database: PostgresServer;
  let config = "";
  let address = "";
  let instrument: ScriptedInstrument;
  const nodes: Node[] = [];
  const held: StartCommand[] = [];

  const start = async (role: "leads" | "follows"): Promise<Node> => {
    const node = new Node(config, join(folder, `data${nodes.length}`));
    nodes.push(node);
    await until(async () => (await node.role()) === role, `a daemon that ${role}`, 20_000);
    return node;
  };
  const results = async (node: Node): Promise<number> =>
    (await node.overview())?.campaigns[0]?.observations ?? 0;
  /** Lets the instrument finish what it holds, until the node has so many results. */
  const play = (node: Node, count: number): Promise<void> =>
    until(
      async () => {
        for (const job of held.splice(0)) instrument.finish(job, [resultOf(job)]);
        return (await results(node)) >= count;
      },
      `${count} results`,
      20_000,
    );

  beforeAll(async () => {
    await broker.start();
    database = await PostgresServer.create();
    address = database.address(`?lease_s=${LEASE_s}`);
    config = join(folder, "lab.yaml");
    writeFileSync(config, configuration(broker.port, address));
    instrument = new ScriptedInstrument(`mqtt://127.0.0.1:${broker.port}`, {
      id: "d1",
      capabilities: ABLE,
      measure: (command) => {
        held.push(command);
        return undefined;
      },
    });
    await instrument.isReady();
  });
  afterAll(async () => {
    for (const { process: one } of nodes) one.kill("SIGKILL");
    await instrument?.stop();
    await broker.stop();
    database?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test("the second one follows and only shows; handed over and frozen: nothing is started twice", async () => {
    const first = await start("leads");
    await play(first, 3);
    const second = await start("follows");
    await until(
      async () => (await results(second)) >= 3,
      "what was measured on the standby's page",
    );
    await until(
      async () =>
        (await second.overview())?.leadership?.leader?.node.startsWith(first.node) === true,
      "the standby knows who leads",
    );
    const answer = await fetch(new URL("api/command", second.url), {
      method: "POST",
      headers: { "content-type": "application/json", origin: new URL(second.url).origin },
      body: JSON.stringify({ kind: "campaign", campaignId: "c1", action: "pause", by: "ada" }),
    });
    expect(await answer.json()).toMatchObject({
      ...{ code: "TL-9007", message: expect.stringContaining(first.url) },
    });
    const epoch = (await first.overview())?.agent.epoch ?? 0;

    // Handed over by a person: the first one stands by again, in the same process.
    const done = await tieline("handover", "--log", address, "--by", "ada", "--json");
    expect(JSON.parse(done.out)).toMatchObject({ to: expect.stringContaining(second.node) });
    await until(async () => (await first.role()) === "follows", "the first one stands by", 40_000);
    expect((await second.overview())?.agent.epoch).toBe(epoch + 1);
    await play(second, 6);

    // Frozen: the first one leads again; the second one wakes up, says nothing and ends.
    second.process.kill("SIGSTOP");
    await until(async () => (await first.role()) === "leads", "the first one leads", 40_000);
    await play(first, 9);
    const ended = once(second.process, "exit");
    second.process.kill("SIGCONT");
    const [code] = await ended;
    expect(code).not.toBe(0);
    expect(second.said).toContain("TL-4003");
    await play(first, 11);
    expect(first.said).not.toContain("broker.sessionTakenOver");

    expect(twice(instrument.started)).toEqual([]);
    expect(database.sql("select count(distinct position) = max(position) from tieline.event")).toBe(
      "t",
    );
    const { out } = await tieline("status", ...connection(broker.port));
    expect(out).toContain(`${first.node} on`);
  }, 90_000);
});

async function until(
  isSo: () => Promise<boolean>,
  what: string,
  timeout_ms = 20_000,
): Promise<void> {
  const deadline_ms = performance.now() + timeout_ms;
  while (!(await isSo())) {
    if (performance.now() > deadline_ms) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function connection(port: number): string[] {
  return ["--broker", `mqtt://127.0.0.1:${port}`, "--site", SITE];
}

function twice(started: readonly StartCommand[]): string[] {
  const seen = new Set<string>();
  return started.flatMap(({ jobId, attempt }) => {
    const key = `${jobId}/${attempt}`;
    if (seen.has(key)) return [key];
    seen.add(key);
    return [];
  });
}

function resultOf({ parameters }: StartCommand): object {
  return { kind: "phases", phases: [Number(parameters["Al"]) > 0.5 ? "fcc" : "hcp"] };
}

function configuration(port: number, log: string): string {
  return `version: 1
site: ${SITE}
log: ${log}
broker: { url: "mqtt://127.0.0.1:${port}" }
page: { port: 0 }
campaigns:
  - id: c1
    goal: phase-diagram
    autoStart: true
    budget: 40
    inFlight: 1
    space: { kind: simplex-grid, components: [Al, Mg, Zn], step: 0.1 }
    recipe:
      - capability: diffraction
        parameters: { Al: { axis: Al }, Mg: { axis: Mg }, Zn: { axis: Zn } }
        repeatable: true
`;
}
