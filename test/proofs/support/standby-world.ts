import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt, { type MqttClient } from "mqtt";
import pg from "pg";
import { createTaskDevice, type Gateway, openGateway } from "../../../adapters/gateway/index.ts";
import { openEventLog } from "../../../adapters/storage/open-event-log.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { Mosquitto } from "../../contract/mosquitto.ts";
import { freePort } from "../../support/free-port.ts";
import { PostgresServer } from "../../support/postgres-server.ts";
import { NetworkHost } from "./network-host.ts";

const SITE = "proof";
const JOB_ms = 700;
const INSTRUMENTS = ["d1", "d2"];
const AXIS = { unit: "1", min: 0, max: 1 };

/** Who leads, by the database. */
export interface LeaseRow {
  readonly epoch: number;
  readonly node: string;
  readonly until_ms: number;
}

/** A daemon on a host of its own. */
export interface Member {
  readonly host: NetworkHost;
  readonly data: string;
  process: ChildProcess;
  said: string;
}

/** Two hosts with a daemon each, a primary database and its synchronous standby, a Mosquitto, two instruments that count. */
export class StandbyWorld {
  primary!: PostgresServer;
  secondary!: PostgresServer;
  readonly members: Member[] = [];
  /** How often each job was really run. */
  readonly runs = new Map<string, number>();
  /** What was acknowledged to the instruments: job and position. */
  readonly acknowledged = new Map<string, number>();
  /** When the leader of an epoch said that it is there, ms. */
  readonly spoke = new Map<number, number>();
  private readonly folder = mkdtempSync(join(tmpdir(), "tieline-standby-"));
  private readonly main: string;
  private readonly lease_s: number;
  private readonly campaign: string;
  private readonly budget: number;
  private broker!: Mosquitto;
  private brokerPort = 0;
  private readonly gateways: Gateway[] = [];
  private observer!: MqttClient;
  private secondaries = 0;
  private left: { readonly server: PostgresServer; readonly fate: "killed" | "silent" } | undefined;
  private eye: { readonly server: PostgresServer; readonly client: pg.Client } | undefined;

  constructor(options: { main: string; lease_s: number; campaign: string; budget?: number }) {
    this.main = options.main;
    this.lease_s = options.lease_s;
    this.campaign = options.campaign;
    this.budget = options.budget ?? 860;
  }

  async open(hosts: readonly NetworkHost[]): Promise<void> {
    this.brokerPort = await freePort();
    this.broker = new Mosquitto(["max_queued_messages 0", `listener ${this.brokerPort} 0.0.0.0`]);
    await this.broker.start();
    this.primary = await PostgresServer.create(NetworkHost.network);
    await this.addSecondary();
    const url = `mqtt://127.0.0.1:${this.broker.port}`;
    this.observer = await mqtt.connectAsync(url);
    this.observer.on("message", (topic, payload) => this.hear(topic, payload.toString()));
    const below = `tieline/v1/${SITE}`;
    await this.observer.subscribeAsync([
      `${below}/agent/+/online`,
      `${below}/instrument/+/job/+/ack`,
    ]);
    for (const id of INSTRUMENTS) this.gateways.push(await this.instrument(id, url));
    for (const [k, host] of hosts.entries()) {
      const data = join(this.folder, `data${k}`);
      const member = { host, data, said: "" } as Member;
      this.members.push(member);
      this.boot(member);
    }
  }

  boot(member: Member): void {
    const config = join(this.folder, `lab-${this.members.indexOf(member)}.yaml`);
    writeFileSync(config, this.configurationFor(member.host));
    const args = ["start", "--standby", "--config", config, "--data", member.data];
    const child = member.host.spawn([process.execPath, this.main, ...args], {
      TIELINE_LOG_LEVEL: "info",
    });
    member.process = child;
    member.said = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        member.said = (member.said + chunk.toString()).slice(-20_000);
      });
  }

  /** `ip netns exec` becomes the daemon, so that its number is the daemon's. */
  isLeader({ process: { pid } }: Member, { node }: LeaseRow): boolean {
    return node.startsWith(`process ${pid} `);
  }

  /** What is missing until the leader of this epoch speaks, appends and is followed; empty where nothing is. */
  async unsettled({ epoch }: LeaseRow): Promise<string> {
    const [row] = await this.ask<{ last: string; started: string; followers: string }>(
      "select (select epoch from tieline.event order by position desc limit 1) as last, " +
        "(select body::json->'fact'->>'epoch' from tieline.event where body like '%\"daemon.started\"%' " +
        "order by position desc limit 1) as started, " +
        "(select count(*) from tieline.follower where seen > now() - interval '2 s') as followers",
    );
    if (row === undefined) return "no answer of the database";
    const { last, started, followers } = row;
    const isSo = Number(last) === epoch && this.spoke.has(Number(started)) && Number(followers) > 0;
    return isSo
      ? ""
      : `last event of ${last}, started ${started} of ${[...this.spoke.keys()]}, ${followers} follow`;
  }

  async lease(): Promise<LeaseRow | undefined> {
    const [row] = await this.ask<{ epoch: string; node: string; until: number }>(
      "select epoch, coalesce(holder,'') as node, extract(epoch from until)::float8 as until from tieline.lease",
    );
    if (row === undefined) return undefined;
    const { epoch, node, until } = row;
    return { epoch: Number(epoch), node, until_ms: until * 1000 };
  }

  /** How far the log is; undefined where the primary does not answer. */
  async position(): Promise<number | undefined> {
    const [row] = await this.ask<{ position: string }>("select position from tieline.lease");
    return row === undefined ? undefined : Number(row.position);
  }

  /** Rows from the primary; none where it does not answer. One connection, so that looking costs the machine little. */
  private async ask<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
    try {
      if (this.eye?.server !== this.primary) {
        this.closeEye();
        const client = new pg.Client(this.primary.address());
        client.on("error", () => {});
        this.eye = { server: this.primary, client };
        await client.connect();
      }
      return (await this.eye.client.query<Row>(text)).rows;
    } catch {
      this.closeEye();
      return [];
    }
  }

  private closeEye(): void {
    const { eye } = this;
    this.eye = undefined;
    // One that is silent says nothing of its end either.
    void eye?.client.end().catch(() => {});
  }

  /**
   * The primary dies as in a power cut, or says nothing any more as a machine that hangs; what was its standby is promoted, as a laboratory's tool
   * would. Nothing here blocks: the instruments live in this process, and what they have to say is what is waited for.
   */
  async failOver(fate: "killed" | "silent"): Promise<void> {
    const old = this.primary;
    if (fate === "killed") old.kill();
    else old.freeze();
    await new Promise((resolve) => setTimeout(resolve, 500));
    this.secondary.configure(["synchronous_standby_names = ''"]);
    await this.secondary.promoteMeanwhile();
    this.primary = this.secondary;
    this.left = { server: old, fate };
  }

  /** The old primary: one that was silent is back for a second beside the one that was promoted, before it ends. */
  private async endOld(): Promise<void> {
    const { left } = this;
    this.left = undefined;
    if (left === undefined) return;
    if (left.fate === "silent") {
      left.server.wake();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      left.server.kill();
    }
    await left.server.clear();
  }

  /** The database gets a standby again; every daemon is started anew, since that is at another address. */
  async rebootAll(): Promise<void> {
    await this.endOld();
    await this.addSecondary();
    for (const member of this.members) {
      await end(member.process);
      this.boot(member);
    }
  }

  /** What the log has, beside what was told and done outside. */
  async judge() {
    const address = this.primary.address();
    // What is acknowledged from here on may stand behind what is read.
    const acknowledged = [...this.acknowledged];
    const log = await openEventLog({ address, logger: silentLogger, readOnly: true });
    const results = new Map<number, string>();
    let events = 0;
    for await (const { position, fact } of log.read()) {
      events += 1;
      if (fact.type === "job.result" || fact.type === "job.failed")
        results.set(position, fact.jobId);
    }
    const lost = acknowledged.filter(([jobId, at]) => results.get(at) !== jobId);
    const twice = [...this.runs].filter(([, count]) => count > 1).map(([jobId]) => jobId);
    // An older epoch behind a newer one: two had appended side by side.
    const mixed = Number(
      this.primary.sql(
        "select count(*) from (select epoch < lag(epoch) over (order by position) as bad from tieline.event) e where bad",
      ),
    );
    const { size } = new Set(results.values());
    return { events, results: results.size, jobs: this.runs.size, lost, twice, mixed, told: size };
  }

  async close(): Promise<void> {
    this.closeEye();
    await this.endOld();
    for (const { process: child } of this.members) await end(child);
    for (const gateway of this.gateways) await gateway.stop().catch(() => {});
    await this.observer?.endAsync(true);
    await this.broker?.stop();
    this.secondary?.remove();
    this.primary?.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The primary gets a standby, and waits for it in each commit. */
  async addSecondary(): Promise<void> {
    const name = `second${++this.secondaries}`;
    this.secondary = await PostgresServer.follow(this.primary, name);
    this.primary.configure([`synchronous_standby_names = '${name}'`]);
    this.primary.reload();
  }

  private hear(topic: string, payload: string): void {
    const { data } = JSON.parse(payload) as { data: Record<string, unknown> };
    if (topic.endsWith("/ack"))
      this.acknowledged.set(String(data["jobId"]), Number(data["position"]));
    else if (data["online"] === true && !this.spoke.has(Number(data["epoch"])))
      this.spoke.set(Number(data["epoch"]), Date.now());
  }

  private instrument(id: string, broker: string): Promise<Gateway> {
    const device = createTaskDevice({
      kind: "diffractometer",
      simulated: true,
      capabilities: [
        {
          ...{ name: "diffraction", results: ["phases"], repeatable: true, expectedDuration_s: 1 },
          parameters: { Al: AXIS, Mg: AXIS, Zn: AXIS },
        },
      ],
      run: async ({ jobId, parameters }) => {
        this.runs.set(jobId, (this.runs.get(jobId) ?? 0) + 1);
        await new Promise((resolve) => setTimeout(resolve, JOB_ms));
        const phase = Number(parameters["Al"]) > Number(parameters["Mg"]) ? "fcc" : "hcp";
        return { observations: [{ kind: "phases", phases: [phase] }] };
      },
    });
    const folder = join(this.folder, id);
    return openGateway(device, { broker, site: SITE, instrument: id, folder, poll_ms: 200 });
  }

  private configurationFor({ outside }: NetworkHost): string {
    const hosts = [this.primary, this.secondary].map(({ port }) => `${outside}:${port}`).join(",");
    return `version: 1
site: ${SITE}
log: postgres://tieline@${hosts}/lab?lease_s=${this.lease_s}&answer_s=5&patience_s=30
broker: { url: "mqtt://${outside}:${this.brokerPort}" }
page: { enabled: false }
campaigns:
  - id: ${this.campaign}
    goal: phase-diagram
    autoStart: true
    budget: ${this.budget}
    inFlight: 2
    space: { kind: simplex-grid, components: [Al, Mg, Zn], step: 0.025 }
    recipe:
      - capability: diffraction
        parameters: { Al: { axis: Al }, Mg: { axis: Mg }, Zn: { axis: Zn } }
        repeatable: true
`;
  }
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGCONT");
  child.kill("SIGKILL");
  await exit;
}
