import { createEmbeddedBroker } from "../../adapters/broker/embedded-broker.ts";
import { createBrokerClient } from "../../adapters/mqtt/broker-client.ts";
import { daemonFilters, mayBeRetained } from "../../adapters/mqtt/topics.ts";
import type { BusHandlers, MessageBus } from "../../src/events/message-bus.ts";
import { Mosquitto } from "./mosquitto.ts";

export const SITE = "lab1";

/** One broker, as clients and the daemon reach it. */
export interface RunningBroker {
  readonly url: string;
  readonly webSocketUrl: string;
  /** The daemon's side, started with the handlers given. */
  readonly bus: MessageBus;
  stop(): Promise<void>;
}

export interface BrokerUnderTest {
  readonly name: string;
  /** Of MQTT; absent: both. */
  readonly versions?: readonly (4 | 5)[] | undefined;
  readonly hasWebSocket?: boolean | undefined;
  start(handlers: BusHandlers): Promise<RunningBroker>;
}

/** A broker that runs already, as `npm run proof -- brokers` names it in the environment. */
export interface NamedBroker {
  readonly name: string;
  readonly url: string;
  readonly webSocketUrl?: string | undefined;
  readonly versions: readonly (4 | 5)[];
}

export const NAMED_BROKER = "TIELINE_BROKER_UNDER_TEST";

export function namedBroker(): BrokerUnderTest | undefined {
  const text = process.env[NAMED_BROKER];
  if (text === undefined) return undefined;
  const { name, url, webSocketUrl = "", versions } = JSON.parse(text) as NamedBroker;
  return {
    ...{ name, versions, hasWebSocket: webSocketUrl !== "" },
    start: async (handlers) => {
      const bus = createBrokerClient({ url, clientId: "tieline-a1", filters: daemonFilters(SITE) });
      await bus.start(handlers);
      return { url, webSocketUrl, bus, stop: () => bus.stop() };
    },
  };
}

export const embedded: BrokerUnderTest = {
  name: "the embedded broker",
  start: async (handlers) => {
    const bus = createEmbeddedBroker({
      port: 0,
      webSocketPort: 0,
      filters: daemonFilters(SITE),
      mayBeRetained: (topic) => mayBeRetained(SITE, topic),
    });
    await bus.start(handlers);
    return {
      url: `mqtt://127.0.0.1:${bus.port}`,
      webSocketUrl: `ws://127.0.0.1:${bus.webSocketPort}`,
      bus,
      stop: () => bus.stop(),
    };
  },
};

export const mosquitto: BrokerUnderTest = {
  name: "Mosquitto",
  start: async (handlers) => {
    const broker = new Mosquitto();
    await broker.start();
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const bus = createBrokerClient({ url, clientId: "tieline-a1", filters: daemonFilters(SITE) });
    await bus.start(handlers);
    return {
      url,
      webSocketUrl: `ws://127.0.0.1:${broker.webSocketPort}`,
      bus,
      stop: async () => {
        await bus.stop();
        await broker.stop();
      },
    };
  },
};
