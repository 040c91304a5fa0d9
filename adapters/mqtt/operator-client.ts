import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import mqtt, { type IPublishPacket, type MqttClient } from "mqtt";
import { LabError } from "../../src/core/errors.ts";
import type { OperatorCommand } from "../../src/events/lab-fact.ts";
import { shownBroker, type TlsFiles } from "./broker-address.ts";
import { adviceOn } from "./broker-advice.ts";
import { answered, endOf } from "./client-calls.ts";
import { sendAtOnce } from "./open-client.ts";
import { encodeOperatorRequest, encodeStopRequest, readAgentMessage } from "./operator-messages.ts";
import { topicOf } from "./topics.ts";

export interface OperatorClientOptions {
  readonly url: string;
  readonly site: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: TlsFiles | undefined;
  /** The operator's: commands are signed with it. */
  readonly key?: string | undefined;
  /** How long to wait for the broker, a reply or a view, ms. */
  readonly timeout_ms?: number | undefined;
}

/** The agent's answer to a command. */
export interface OperatorReply {
  readonly commandId: string;
  readonly accepted: boolean;
  readonly reason?: string | undefined;
  /** Of an approval or a rejection: the points that it covered. */
  readonly candidateIds?: readonly string[] | undefined;
}

/** A person's side of the contract: commands with their replies, and the retained views. */
export interface OperatorClient {
  /** TL-2003 where no daemon answers. The same command id is sent again until the reply is there; absent: a new one. */
  command(command: OperatorCommand, commandId?: string): Promise<OperatorReply>;
  /** Payload (`data`) of a retained message; `undefined` where there is none. */
  retained(
    message: "campaignState" | "campaignBatch" | "campaignModel",
    campaignId: string,
  ): Promise<unknown>;
  /** The retained view of that name: `todo`, `overview`. */
  view(view: string): Promise<unknown>;
  /**
   * Stops every instrument, or clears the stop. Resolves when the daemon has said the same; `heardBy` are the instruments
   * that have answered by `patience_ms`. TL-2003 where no daemon answers (instruments may have heard it all the same),
   * TL-3003 where the daemon does not take the clear.
   */
  emergencyStop(stop: {
    readonly active: boolean;
    readonly by: string;
    readonly reason: string;
    readonly patience_ms: number;
  }): Promise<StopAnswer>;
  close(): Promise<void>;
}

/** Which instruments say that they are stopped, and which do not, as far as the daemon knows. */
export interface StopAnswer {
  readonly heardBy: readonly string[];
  readonly unheardBy: readonly string[];
}

const TIMEOUT_ms = 10_000;
const SEND_AGAIN_ms = 2_000;
/** Retained messages follow the subscription at once; without one for this long there is none. */
const RETAINED_ms = 1_500;

/** Connects to the broker; TL-2001 where it cannot be reached. */
export async function connectOperator(options: OperatorClientOptions): Promise<OperatorClient> {
  const timeout_ms = options.timeout_ms ?? TIMEOUT_ms;
  const client = await connect(options, timeout_ms);
  const { site, key } = options;
  const subscribe = (topic: string): Promise<unknown> =>
    answered(client, client.subscribeAsync(topic, { qos: 1 }), timeout_ms);
  return {
    command: async (command, commandId = randomUUID()) => {
      const message = encodeOperatorRequest({ site, commandId, key, ...command }, Date.now());
      const topic = topicOf(site, "campaignReply", { campaignId: command.campaignId });
      const send = (): void => void client.publish(message.topic, message.payload, { qos: 1 });
      const isMine = (data: unknown): boolean => (data as OperatorReply).commandId === commandId;
      const reply = waitFor(client, site, { topic, timeout_ms, isWanted: isMine });
      await subscribe(topic);
      send();
      const again = setInterval(send, SEND_AGAIN_ms);
      try {
        const data = await reply;
        if (data !== undefined) return data as OperatorReply;
      } finally {
        clearInterval(again);
      }
      const what = `No daemon answered at ${shownBroker(options.url)} (site ${site}) within ${timeout_ms / 1000} s`;
      throw new LabError("TL-2003", what);
    },
    retained: async (name, campaignId) => {
      const topic = topicOf(site, name, { campaignId });
      const found = waitFor(client, site, { topic, timeout_ms: RETAINED_ms });
      await subscribe(topic);
      return await found;
    },
    view: async (view) => {
      const topic = topicOf(site, "dashboardView", { view });
      const found = waitFor(client, site, { topic, timeout_ms: RETAINED_ms });
      await subscribe(topic);
      return await found;
    },
    emergencyStop: (stop) => sendStop(client, options, timeout_ms, stop),
    close: () => endOf(client),
  };
}

async function sendStop(
  client: MqttClient,
  { site, url, key }: OperatorClientOptions,
  timeout_ms: number,
  stop: Parameters<OperatorClient["emergencyStop"]>[0],
): Promise<StopAnswer> {
  const { active, by, reason } = stop;
  const message = encodeStopRequest(
    { site, messageId: randomUUID(), active, by, reason, key },
    Date.now(),
  );
  const refusals = topicOf(site, "quarantine", { reason: "clearRefused" });
  const views = topicOf(site, "dashboardView", { view: "overview" });
  const isAnswer = (data: unknown): boolean => (data as { active: boolean }).active === active;
  const answer = waitFor(client, site, {
    topic: message.topic,
    timeout_ms,
    isWanted: isAnswer,
    from: "agent/",
    isLive: true,
  });
  const refusal = waitFor(client, site, { topic: refusals, timeout_ms });
  const latest: { stop?: (Partial<StopAnswer> & { active?: boolean }) | undefined } = {};
  client.on("message", (topic, payload) => {
    if (topic !== views) return;
    latest.stop = (
      readAgentMessage(site, topic, payload)?.data as { emergencyStop?: StopAnswer } | undefined
    )?.emergencyStop;
  });
  const heard = [message.topic, refusals, views];
  await answered(client, client.subscribeAsync(heard, { qos: 1 }), timeout_ms);
  const how = { qos: 1 as const, retain: message.retain };
  await answered(client, client.publishAsync(message.topic, message.payload, how), timeout_ms);
  const first = await Promise.race([answer, refusal.then((one) => one && REFUSED)]);
  if (first === REFUSED)
    throw new LabError("TL-3003", "The daemon did not take the clear; its log says why");
  if (first === undefined) {
    const what = `No daemon answered at ${shownBroker(url)} (site ${site}) within ${timeout_ms / 1000} s; the broker has the message`;
    throw new LabError("TL-2003", what);
  }
  const until_ms = performance.now() + stop.patience_ms;
  const isHeard = (): boolean =>
    latest.stop?.active === true && latest.stop.unheardBy?.length === 0;
  while (active && !isHeard() && performance.now() < until_ms) await wait(POLL_ms);
  return { heardBy: latest.stop?.heardBy ?? [], unheardBy: latest.stop?.unheardBy ?? [] };
}

const REFUSED = Symbol("refused");
const POLL_ms = 50;

async function connect(options: OperatorClientOptions, timeout_ms: number): Promise<MqttClient> {
  const { url, username, password, tls } = options;
  try {
    const client = await mqtt.connectAsync(
      url,
      {
        clientId: `tieline-operator-${randomUUID().slice(0, 8)}`,
        // Every broker serves it; nothing here needs MQTT 5.
        protocolVersion: 4,
        reconnectPeriod: 0,
        connectTimeout: timeout_ms,
        ...tls,
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
      },
      false,
    );
    return sendAtOnce(client);
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const why = message || code || "no answer";
    throw new LabError("TL-2001", `The broker ${shownBroker(url)} cannot be reached (${why})`, {
      cause: error,
      hint: adviceOn(error),
    });
  }
}

interface Wanted {
  readonly topic: string;
  readonly timeout_ms: number;
  readonly isWanted?: (data: unknown) => boolean;
  /** How the sender's name begins; absent: anybody. */
  readonly from?: string;
  /** Not one that the broker had kept. */
  readonly isLive?: boolean;
}

/** The first message on the topic that is wanted; `undefined` after the time is over. */
function waitFor(client: MqttClient, site: string, wanted: Wanted): Promise<unknown> {
  return new Promise((resolve) => {
    const finish = (data: unknown): void => {
      clearTimeout(timer);
      client.off("message", onMessage);
      resolve(data);
    };
    const onMessage = (topic: string, payload: Buffer, { retain }: IPublishPacket): void => {
      if (topic !== wanted.topic || (retain && wanted.isLive === true)) return;
      const message = readAgentMessage(site, topic, payload);
      if (message === undefined || !message.identity.source.startsWith(wanted.from ?? "")) return;
      if (wanted.isWanted?.(message.data) ?? true) finish(message.data);
    };
    const timer = setTimeout(() => finish(undefined), wanted.timeout_ms);
    client.on("message", onMessage);
  });
}
