import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, vi } from "vitest";
import { type Gateway, openGateway } from "../../../adapters/gateway/index.ts";
import { gatewaySchema } from "../../../config/gateway-schema.ts";
import { createGatewayDevice } from "../../../src/cli/gateway/create-gateway-device.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { examineAt } from "../conformance/examine-at.ts";
import { Agent, type Data, embeddedBroker, type TestBroker } from "../gateway/gateway-bench.ts";
import { OPCUA } from "./lads-server.ts";

/** A server of OPC UA takes seconds of CPU to start, and so does its client. */
const PATIENCE_ms = 90_000;
/** An answer that takes longer is late. */
export const TIMEOUT_ms = 4000;

export const patiently = (check: () => unknown): Promise<unknown> =>
  vi.waitFor(async () => await check(), { timeout: PATIENCE_ms, interval: 50 });

/** A LADS device behind the gateway that its entry of a configuration makes, with a broker and the agent's side. */
export class LadsBench {
  readonly folder = mkdtempSync(join(tmpdir(), "tieline-lads-bench-"));
  readonly agent: Agent;
  /** What the gateway remarked of results. */
  readonly remarks: string[] = [];
  readonly #broker: TestBroker;
  gateway: Gateway | undefined;

  private constructor(broker: TestBroker, agent: Agent) {
    this.#broker = broker;
    this.agent = agent;
  }

  static async open(): Promise<LadsBench> {
    const broker = await embeddedBroker();
    return new LadsBench(broker, await Agent.at(broker.url, "xrd"));
  }

  async start(at: string, changes: Data = {}, silence_ms = 300_000): Promise<void> {
    const entry = gatewaySchema.parse({
      ...{ id: "xrd", kind: "lads", at, program: "powder-scan", capability: "diffract" },
      parameters: [{ name: "twoTheta_deg", unit: "deg", min: 10, max: 120, as: "TwoThetaMax" }],
      objectives: [{ name: "peak", unit: "1", as: "PeakCounts" }],
      pattern: { twoTheta_deg: "TwoTheta", values: "Intensity", unit: "counts" },
      telemetry: [{ channel: "chamber", unit: "K", as: "Chamber" }],
      ...{ repeatable: true, timeout_ms: TIMEOUT_ms, ...changes },
    });
    const births = this.agent.count("birth");
    this.gateway = await openGateway(createGatewayDevice(entry, OPCUA ?? ""), {
      ...{ broker: this.#broker.url, site: "lab", instrument: "xrd", poll_ms: 50, silence_ms },
      ...{ folder: join(this.folder, "gateway"), resendAfter_ms: 300 },
      deadlines_ms: { open: 60_000, status: 20_000 },
      logger: {
        ...silentLogger,
        warn: ({ remark }, event) => {
          if (event === "gateway.remark") this.remarks.push(String(remark));
        },
      },
    });
    await patiently(() => expect(this.agent.count("birth")).toBeGreaterThan(births));
  }

  async order(jobId: string): Promise<void> {
    const parameters = { twoTheta_deg: 80.5 };
    await this.agent.order(jobId, { capability: "diffract", parameters, sampleIds: ["s1"] });
  }

  async said(word: string, data: Data): Promise<void> {
    const fits = (one: { readonly word: string; readonly data: Data }): boolean =>
      one.word === word && expect.objectContaining(data).asymmetricMatch(one.data);
    await patiently(() =>
      expect(
        this.agent.heard.some(fits),
        `${word} ${JSON.stringify(data)} in ${JSON.stringify(this.agent.heard.slice(-6))}`,
      ).toBe(true),
    );
  }

  /** Each ending once: said again before it was acknowledged, it has the same id. */
  endings(jobId: string): string[] {
    const ids = new Set<string>();
    return this.agent.heard
      .filter(({ word, data }) => /^(result|failed)$/.test(word) && data["jobId"] === jobId)
      .filter(({ id }) => !ids.has(id) && ids.add(id))
      .map(({ word, data }) => (word === "failed" ? String(data["reason"]) : word));
  }

  /** The unit is ready for the next job, and the gateway knows. */
  async atRest(): Promise<void> {
    await patiently(() => {
      const state = this.agent.last("state");
      expect(state).toMatchObject({ operation: "idle", control: "automatic" });
      expect(state?.["jobId"]).toBeUndefined();
    });
  }

  /** The flaws that the examination of the contract finds. */
  examine(): Promise<string[]> {
    const patience = { job_ms: 30_000, answer_ms: 4000, resend_ms: 6000 };
    return examineAt(this.#broker.url, "xrd", { ...patience, epoch: 4 });
  }

  async stop(): Promise<void> {
    await this.gateway?.stop();
    await this.agent.end();
    await this.#broker.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A line between client and server that does what is done to lines. */
export class BadLine {
  /** Bytes of each piece; 0: as they come. */
  piece = 0;
  /** The next answers of the server that are cut in their middle, and the connection with them. */
  cuts = 0;
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      this.connections += 1;
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on("error", () => {});
      }
      near.on("close", () => far.destroy());
      far.on("close", () => near.destroy());
      this.#carry(near, far, false);
      this.#carry(far, near, true);
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `opc.tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #carry(from: Socket, to: Socket, isAnswer: boolean): void {
    let last = Promise.resolve();
    from.on("data", (bytes: Buffer) => {
      last = last.then(() => this.#pass(bytes, to, isAnswer));
    });
  }

  async #pass(bytes: Buffer, to: Socket, isAnswer: boolean): Promise<void> {
    if (isAnswer && this.cuts > 0 && bytes.length > 60) {
      this.cuts -= 1;
      to.end(bytes.subarray(0, bytes.length >> 1));
      return;
    }
    if (this.piece === 0) return void to.write(bytes);
    // What was held back goes with the next piece: a message ends in one segment and the next begins there.
    for (let at = 0; at < bytes.length; at += this.piece) {
      to.write(bytes.subarray(at, at + this.piece));
      await wait(1);
    }
  }
}
