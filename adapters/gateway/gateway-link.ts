import { connect, type MqttClient } from "mqtt";

/** One message of a runner. */
export interface RunnerWord {
  /** Below `instrument/{id}/`. */
  readonly topic: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
  /** The same word, said again, has the same id. */
  readonly id?: string;
}

export interface RunnerLinkOptions {
  readonly brokerUrl: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly site: string;
  readonly instrumentId: string;
  readonly bootId: string;
  readonly now_ms: () => number;
  readonly onMessage: (topic: string, payload: Uint8Array) => void;
  /** After every connection, subscriptions in place. */
  readonly onConnect: () => void;
  readonly onDisconnect: (why: string) => void;
}

/** A runner's connection to the broker: MQTT 3.1.1, so that every broker serves; kept open until `close`. */
export interface RunnerLink {
  /** Says a word where connected; what matters is said again by the runner after the next connection. */
  say(word: RunnerWord): void;
  close(): Promise<void>;
}

const KEEPALIVE_s = 15;
const RECONNECT_ms = 1000;

export function openRunnerLink(options: RunnerLinkOptions): RunnerLink {
  const { site, instrumentId, bootId } = options;
  const root = `tieline/v1/${site}`;
  const own = `${root}/instrument/${instrumentId}`;
  let words = 0;
  let why = "the connection was closed";
  const envelope = (word: RunnerWord): string =>
    JSON.stringify({
      specversion: "1.0",
      id: word.id ?? `${bootId}-${++words}`,
      source: `instrument/${instrumentId}`,
      type: word.type,
      time: new Date(options.now_ms()).toISOString(),
      data: word.data,
    });
  const online = (isOnline: boolean): RunnerWord => ({
    topic: "online",
    type: "tieline.instrument.online",
    data: { online: isOnline, bootId },
    retain: true,
  });
  const client: MqttClient = connect(options.brokerUrl, {
    clientId: `tieline-runner-${site}-${instrumentId}`,
    // The session stays at the broker, so that an acknowledgement sent while we were away still arrives.
    clean: false,
    protocolVersion: 4,
    keepalive: KEEPALIVE_s,
    reconnectPeriod: RECONNECT_ms,
    queueQoSZero: false,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
    will: {
      topic: `${own}/online`,
      payload: Buffer.from(envelope({ ...online(false), id: `${bootId}-will` })),
      qos: 1,
      retain: true,
    },
  });
  const say = (word: RunnerWord): void => {
    if (!client.connected) return;
    const how = { qos: word.qos ?? 1, retain: word.retain ?? false };
    client.publish(`${own}/${word.topic}`, envelope(word), how, () => {});
  };
  client.on("connect", () => {
    const filters = [`${own}/command/+`, `${own}/job/+/ack`, `${root}/safety/emergency-stop`];
    client.subscribe(filters, { qos: 1 }, (error) => {
      if (error) return;
      say(online(true));
      options.onConnect();
    });
  });
  client.on("message", (topic, payload) => options.onMessage(topic, payload));
  client.on("error", (error) => {
    why = error.message || why;
  });
  client.on("close", () => options.onDisconnect(why));
  return {
    say,
    close: async () => {
      say(online(false));
      await client.endAsync();
    },
  };
}
