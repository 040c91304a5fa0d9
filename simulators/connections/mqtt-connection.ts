import type { Socket } from "node:net";
import { connect, type MqttClient } from "mqtt";
import { LabError } from "../../src/core/errors.ts";
import type { ConnectInstrument, ConnectionOptions, WireMessage } from "./instrument-connection.ts";

export interface MqttAccess {
  /** `mqtt://host:port`, `mqtts://`, `ws://` or `wss://`. */
  readonly brokerUrl: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Contents of PEM files, as MQTT.js takes them. */
  readonly tls?: { readonly ca?: Buffer; readonly servername?: string } | undefined;
}

const KEEPALIVE_S = 15;
const RECONNECT_AFTER_MS = 500;
const GOODBYE_MS = 3000;

/** Connections over real MQTT (3.1.1, so that every broker serves), one client an instrument. */
export function connectOverMqtt(access: MqttAccess): ConnectInstrument {
  return (options) => {
    const client = openClient(access, options);
    let ended = false;
    client.on("connect", () => {
      // What is said right after an acknowledgement does not wait for another (Nagle's algorithm).
      (client.stream as Partial<Socket>).setNoDelay?.(true);
      client.subscribe([...options.subscriptions], { qos: 1 }, (error) => {
        if (!ended && !error) options.onConnect();
      });
    });
    client.on("message", (topic, payload, packet) => {
      if (!ended) options.onMessage({ topic, payload, retained: packet.retain });
    });
    client.on("close", () => {
      if (!ended) options.onDisconnect();
    });
    client.on("error", () => {}); // a refused connection is tried again; `close` tells the controller
    return {
      get connected() {
        return client.connected && !ended;
      },
      publish: (message) => publish(client, message),
      disconnect: async () => {
        if (ended) return;
        ended = true;
        await sayGoodbye(client);
      },
      drop: () => {
        ended = true;
        client.end(true);
      },
    };
  };
}

/** What a broker that is gone, or has stopped, does not answer is not waited for. */
async function sayGoodbye(client: MqttClient): Promise<void> {
  if (!client.connected) {
    await client.endAsync(true);
    return;
  }
  const gone = new Promise<void>((resolve) => void client.once("close", resolve));
  const late = setTimeout(() => client.stream.destroy(), GOODBYE_MS);
  client.end();
  await gone;
  clearTimeout(late);
}

function openClient(access: MqttAccess, { clientId, will }: ConnectionOptions): MqttClient {
  return connect(access.brokerUrl, {
    clientId,
    clean: false,
    protocolVersion: 4,
    keepalive: KEEPALIVE_S,
    reconnectPeriod: RECONNECT_AFTER_MS,
    queueQoSZero: false,
    ...access.tls,
    ...(access.username === undefined ? {} : { username: access.username }),
    ...(access.password === undefined ? {} : { password: access.password }),
    will: { ...will, payload: Buffer.from(will.payload) },
  });
}

/** Refuses while offline: what matters is sent again by the controller, and nothing piles up in the client. */
async function publish(client: MqttClient, { topic, payload, ...how }: WireMessage): Promise<void> {
  if (!client.connected) throw new LabError("TL-2001", `Offline: ${topic} was not sent`);
  await client.publishAsync(topic, payload, how);
}
