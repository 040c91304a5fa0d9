import { once } from "node:events";
import { type AddressInfo, createServer, Socket } from "node:net";
import { Aedes } from "aedes";
import { afterEach, expect, test, vi } from "vitest";
import { Certifier } from "../../../adapters/conformance/certifier.ts";
import { openGatewayLink } from "../../../adapters/gateway/gateway-link.ts";
import { createBrokerClient } from "../../../adapters/mqtt/broker-client.ts";
import { openClient } from "../../../adapters/mqtt/open-client.ts";
import { connectOperator } from "../../../adapters/mqtt/operator-client.ts";
import { systemClock, systemTimers } from "../../../adapters/system/system-clock.ts";
import { connectOverMqtt } from "../../../simulators/connections/mqtt-connection.ts";
import { until } from "../../contract/listener.ts";

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
  vi.restoreAllMocks();
});

/** A broker; which connections to it have Nagle's algorithm off (sockets of this process, its own side left alone). */
async function broker() {
  const aedes = await Aedes.createBroker();
  const there = new Set<Socket>();
  const server = createServer((socket) => {
    there.add(socket);
    void aedes.handle(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const prompt = new Set<Socket>();
  const real = Socket.prototype.setNoDelay;
  vi.spyOn(Socket.prototype, "setNoDelay").mockImplementation(function (this: Socket, isOn) {
    if (isOn === true && this.remotePort === port) prompt.add(this);
    return real.call(this, isOn);
  });
  cleanUp.push(async () => {
    server.close();
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
  });
  const cut = (): void => {
    for (const socket of there) socket.destroy();
  };
  return { url: `mqtt://127.0.0.1:${port}`, prompt, cut };
}

test("each connection of a client sends at once, also the next one after a cut", async () => {
  const { url, prompt, cut } = await broker();
  const client = openClient(url, { reconnectPeriod: 10 });
  cleanUp.push(() => client.endAsync(true));
  await until(() => prompt.size === 1, "the first connection sends at once");
  cut();
  await until(() => prompt.size === 2, "the second connection sends at once");
});

const offline = { topic: "t", payload: "{}", qos: 1 as const, retain: false };
test.each<[who: string, open: (url: string) => Promise<() => unknown>]>([
  [
    "the daemon",
    async (url) => {
      const bus = createBrokerClient({ url, clientId: "a", filters: ["a"] });
      await bus.start({ onMessage: async () => {}, onConnection: () => {} });
      return () => bus.stop();
    },
  ],
  [
    "a gateway",
    async (broker) => {
      const names = { site: "s", instrumentId: "i", clock: { ...systemClock, ...systemTimers } };
      const nothing = { onMessage: () => {}, onHeard: () => {}, onDisconnect: () => {} };
      const link = await new Promise<ReturnType<typeof openGatewayLink>>((resolve) => {
        const opened = openGatewayLink({
          ...{ broker, ...names, ...nothing, online: () => offline },
          onConnect: () => resolve(opened),
        });
      });
      return () => link.close();
    },
  ],
  [
    "a person",
    async (url) => {
      const operator = await connectOperator({ url, site: "s" });
      return () => operator.close();
    },
  ],
  [
    "an examination",
    async (broker) => {
      const clock = { ...systemClock, ...systemTimers };
      const about = { broker, site: "s", instrumentId: "i", epoch: 1, clock };
      const certifier = await Certifier.connect(about);
      return () => certifier.close();
    },
  ],
  [
    "a simulated instrument",
    async (brokerUrl) => {
      const connection = await new Promise<{ disconnect(): unknown }>((resolve) => {
        const opened = connectOverMqtt({ brokerUrl })({
          ...{ clientId: "i", will: { ...offline, retain: true }, subscriptions: ["a"] },
          ...{ onMessage: () => {}, onDisconnect: () => {}, onConnect: () => resolve(opened) },
        });
      });
      return () => connection.disconnect();
    },
  ],
])("%s sends at once", async (_who, open) => {
  const { url, prompt } = await broker();
  cleanUp.push(await open(url));
  expect(prompt.size).toBe(1);
});
