import { randomUUID } from "node:crypto";
import mqtt, { type MqttClient } from "mqtt";
import { LabError } from "../../src/core/errors.ts";
import {
  encodeOperatorRequest,
  type OperatorCommand,
  readAgentMessage,
} from "./operator-messages.ts";
import { topicOf } from "./topics.ts";

export interface OperatorClientOptions {
  readonly url: string;
  readonly site: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** How long to wait for the broker, a reply or a view, ms. */
  readonly timeout_ms?: number | undefined;
}

/** The agent's answer to a command. */
export interface OperatorReply {
  readonly commandId: string;
  readonly accepted: boolean;
  readonly reason?: string | undefined;
}

/** A person's side of the contract: commands with their replies, and the retained views. */
export interface OperatorClient {
  /** TL-2003 where no daemon answers. The same command id is sent again until the reply is there. */
  command(command: OperatorCommand): Promise<OperatorReply>;
  /** Payload (`data`) of a retained message; `undefined` where there is none. */
  retained(
    message: "campaignState" | "campaignBatch" | "campaignModel",
    campaignId: string,
  ): Promise<unknown>;
  close(): Promise<void>;
}

const TIMEOUT_ms = 10_000;
const SEND_AGAIN_ms = 2_000;
/** Retained messages follow the subscription at once; without one for this long there is none. */
const RETAINED_ms = 1_500;

/** Connects to the broker; TL-2001 where it cannot be reached. */
export async function connectOperator(options: OperatorClientOptions): Promise<OperatorClient> {
  const timeout_ms = options.timeout_ms ?? TIMEOUT_ms;
  const client = await connect(options, timeout_ms);
  const { site } = options;
  return {
    command: async (command) => {
      const commandId = randomUUID();
      const message = encodeOperatorRequest({ site, commandId, ...command }, Date.now());
      const topic = topicOf(site, "campaignReply", { campaignId: command.campaignId });
      const send = (): void => void client.publish(message.topic, message.payload, { qos: 1 });
      const isMine = (data: unknown): boolean => (data as OperatorReply).commandId === commandId;
      const reply = waitFor(client, site, { topic, timeout_ms, isWanted: isMine });
      await client.subscribeAsync(topic, { qos: 1 });
      send();
      const again = setInterval(send, SEND_AGAIN_ms);
      try {
        const data = await reply;
        if (data !== undefined) return data as OperatorReply;
      } finally {
        clearInterval(again);
      }
      const what = `No daemon answered at ${options.url} (site ${site}) within ${timeout_ms / 1000} s`;
      throw new LabError("TL-2003", what);
    },
    retained: async (name, campaignId) => {
      const topic = topicOf(site, name, { campaignId });
      const found = waitFor(client, site, { topic, timeout_ms: RETAINED_ms });
      await client.subscribeAsync(topic, { qos: 1 });
      return await found;
    },
    close: () => client.endAsync(),
  };
}

async function connect(options: OperatorClientOptions, timeout_ms: number): Promise<MqttClient> {
  const { url, username, password } = options;
  try {
    return await mqtt.connectAsync(
      url,
      {
        clientId: `tieline-operator-${randomUUID().slice(0, 8)}`,
        // Every broker serves it; nothing here needs MQTT 5.
        protocolVersion: 4,
        reconnectPeriod: 0,
        connectTimeout: timeout_ms,
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
      },
      false,
    );
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const why = message || code || "no answer";
    throw new LabError("TL-2001", `The broker ${url} cannot be reached (${why})`, { cause: error });
  }
}

interface Wanted {
  readonly topic: string;
  readonly timeout_ms: number;
  readonly isWanted?: (data: unknown) => boolean;
}

/** The first message on the topic that is wanted; `undefined` after the time is over. */
function waitFor(client: MqttClient, site: string, wanted: Wanted): Promise<unknown> {
  return new Promise((resolve) => {
    const finish = (data: unknown): void => {
      clearTimeout(timer);
      client.off("message", onMessage);
      resolve(data);
    };
    const onMessage = (topic: string, payload: Buffer): void => {
      if (topic !== wanted.topic) return;
      const data = readAgentMessage(site, topic, payload)?.data;
      if (data !== undefined && (wanted.isWanted?.(data) ?? true)) finish(data);
    };
    const timer = setTimeout(() => finish(undefined), wanted.timeout_ms);
    client.on("message", onMessage);
  });
}
