import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Aedes } from "aedes";
import { expect, test } from "vitest";
import { Certifier } from "../../../adapters/conformance/certifier.ts";
import { createTaskDevice, openGateway } from "../../../adapters/gateway/index.ts";
import { createBrokerClient } from "../../../adapters/mqtt/broker-client.ts";
import { connectOperator } from "../../../adapters/mqtt/operator-client.ts";
import { systemClock, systemTimers } from "../../../adapters/system/system-clock.ts";
import { connectOverMqtt } from "../../../simulators/connections/mqtt-connection.ts";
import { type Logger, silentLogger } from "../../../src/core/logger.ts";
import { Cable } from "../../support/cable.ts";

/** Has something done once the test is over; what was asked for last comes first. */
type AtEnd = (end: () => void | Promise<void>) => void;

async function brokerBehindCable(atEnd: AtEnd) {
  const aedes = await Aedes.createBroker();
  const server = createServer((socket) => void aedes.handle(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const cable = await Cable.to((server.address() as AddressInfo).port);
  atEnd(() => void server.close());
  atEnd(() => new Promise<void>((resolve) => aedes.close(() => resolve())));
  atEnd(() => cable.remove());
  return { cable, url: `mqtt://127.0.0.1:${cable.port}` };
}

/** What is opened, once it has said that it is connected. */
async function connected<T>(open: (onConnect: () => void) => T | Promise<T>): Promise<T> {
  let onConnect = (): void => {};
  const isThere = new Promise<void>((resolve) => {
    onConnect = resolve;
  });
  const opened = await open(onConnect);
  await isThere;
  return opened;
}

/** How each program ends that is somebody's client; `say` leaves a message of it unanswered. */
const PROGRAMS: Record<
  string,
  (url: string, atEnd: AtEnd) => Promise<{ say(): void; stop(): Promise<void> }>
> = {
  "the daemon": async (url) => {
    const bus = createBrokerClient({ url, clientId: "daemon", filters: ["a/#"] });
    await bus.start({ onMessage: async () => {}, onConnection: () => {} });
    const message = { topic: "b", payload: "1", qos: 1, retain: false } as const;
    return { say: () => void bus.publish(message).catch(() => {}), stop: () => bus.stop() };
  },
  "a gateway": async (broker, atEnd) => {
    const folder = mkdtempSync(join(tmpdir(), "tieline-silent-"));
    atEnd(() => rmSync(folder, { recursive: true, force: true }));
    const task = { kind: "press", capabilities: [], run: () => ({ failed: "", retryable: false }) };
    const gateway = await connected((heard) => {
      const info: Logger["info"] = (_, event) => event === "gateway.connected" && heard();
      const logger = { ...silentLogger, info };
      const options = { broker, site: "s", instrument: "press-1", folder, logger };
      return openGateway(createTaskDevice(task), options);
    });
    // Its goodbye is a message of its own.
    return { say: () => {}, stop: () => gateway.stop() };
  },
  "a simulated instrument": async (brokerUrl) => {
    const will = { topic: "t", payload: "", qos: 1, retain: false } as const;
    const connection = await connected((onConnect) =>
      connectOverMqtt({ brokerUrl })({
        ...{ clientId: "simulated", subscriptions: ["x"], will },
        ...{ onMessage: () => {}, onDisconnect: () => {}, onConnect },
      }),
    );
    return {
      say: () => void connection.publish({ ...will, topic: "b" }).catch(() => {}),
      stop: () => connection.disconnect(),
    };
  },
  "an operator's command": async (url) => {
    const operator = await connectOperator({ url, site: "s", timeout_ms: 4000 });
    return { say: () => {}, stop: () => operator.close() };
  },
  "an examination": async (broker) => {
    const clock = { ...systemClock, ...systemTimers };
    const certifier = await Certifier.connect({
      ...{ broker, site: "s", instrumentId: "press-1", epoch: 1, clock },
    });
    return {
      say: () => void certifier.acknowledge("job-1").catch(() => {}),
      stop: () => certifier.close(),
    };
  },
};

const CASES = Object.keys(PROGRAMS).flatMap((name) =>
  ["has stopped and keeps the connection", "has gone"].map((how) => [name, how] as const),
);

test.concurrent.for(CASES)(
  "%s ends although its broker %s",
  async ([name, how], { onTestFinished }) => {
    const { cable, url } = await brokerBehindCable(onTestFinished);
    const program = await PROGRAMS[name]?.(url, onTestFinished);
    cable.freeze();
    program?.say();
    if (how === "has gone") await cable.remove();
    await program?.stop();
  },
);

test.concurrent("an operator's command says that its broker has stopped", async (about) => {
  const { cable, url } = await brokerBehindCable(about.onTestFinished);
  const operator = await connectOperator({ url, site: "s", timeout_ms: 4000 });
  about.onTestFinished(() => operator.close());
  cable.freeze();
  await expect(operator.view("overview")).rejects.toMatchObject({ code: "TL-2001" });
  const stop = { active: true, by: "ada", reason: "smoke", patience_ms: 0 };
  await expect(operator.emergencyStop(stop)).rejects.toMatchObject({ code: "TL-2001" });
});
