import type { MqttClient } from "mqtt";
import type { Timers } from "../../src/core/clock.ts";
import type { OutgoingMessage } from "../../src/events/message-bus.ts";
import type { TlsFiles } from "../mqtt/broker-address.ts";
import { endOf } from "../mqtt/client-calls.ts";
import type { MessageName } from "../mqtt/contract.ts";
import { openClient } from "../mqtt/open-client.ts";
import { topicOf } from "../mqtt/topics.ts";

export interface GatewayLinkOptions {
  readonly broker: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: TlsFiles | undefined;
  readonly site: string;
  readonly instrumentId: string;
  readonly clock: { now_ms(): number } & Timers;
  /** Says that the instrument is there, or that it is not: the latter is also the will. */
  readonly online: (isOnline: boolean) => OutgoingMessage;
  readonly onMessage: (topic: string, payload: Uint8Array, retained: boolean) => void;
  /** After every connection, subscriptions in place. */
  readonly onConnect: () => void;
  /**
   * Once everything that the broker retained for us has been heard, a latched stop above all: our own `online` has come back, which
   * was published after the subscriptions, or a broker that does not send it has had {@link RETAINED_WITHIN_ms}.
   */
  readonly onHeard: () => void;
  readonly onDisconnect: (why: string) => void;
}

/** A gateway's connection to the broker: MQTT 3.1.1, so that every broker serves; kept open until `close`. */
export interface GatewayLink {
  /** Says it where connected; what matters is said again after the next connection. */
  say(message: OutgoingMessage): void;
  close(): Promise<void>;
}

const KEEPALIVE_s = 15;
const RECONNECT_ms = { first: 500, longest: 30_000 };
const RETAINED_WITHIN_ms = 2000;
/** A broker hands out what it retained beside what is published meanwhile: so long after the echo it has. */
const AFTER_ECHO_ms = 100;

export function openGatewayLink(options: GatewayLinkOptions): GatewayLink {
  const { site, instrumentId, clock } = options;
  let why = "the connection was closed";
  let cancelHearing = (): void => {};
  const { topic, payload, qos, retain } = options.online(false);
  const client: MqttClient = openClient(options.broker, {
    clientId: `tieline-gateway-${site}-${instrumentId}`,
    // The session stays at the broker, so that an acknowledgement sent while we were away still arrives.
    clean: false,
    protocolVersion: 4,
    keepalive: KEEPALIVE_s,
    reconnectPeriod: RECONNECT_ms.first,
    // Subscribed by hand at every connection, so that a retained stop comes again.
    resubscribe: false,
    queueQoSZero: false,
    ...options.tls,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
    will: { topic, payload: Buffer.from(payload), qos, retain },
  });
  const say = (message: OutgoingMessage): void => {
    if (!client.connected) return;
    const how = { qos: message.qos, retain: message.retain };
    client.publish(message.topic, message.payload, how, () => {});
  };
  const hearWithin = (wait_ms: number): void => {
    cancelHearing();
    cancelHearing = clock.schedule(clock.now_ms() + wait_ms, options.onHeard);
  };
  client.on("connect", () => {
    client.options.reconnectPeriod = RECONNECT_ms.first;
    client.subscribe(filtersOf(site, instrumentId), { qos: 1 }, (error, grants) => {
      const refused = (grants ?? []).some((grant) => grant.qos >= 128);
      if (error || refused) why = "the broker refused a subscription";
      if (error) return;
      hearWithin(RETAINED_WITHIN_ms);
      say(options.online(true));
      options.onConnect();
    });
  });
  client.on("message", (heard, bytes, packet) => {
    if (heard !== topic) return options.onMessage(heard, bytes, packet.retain);
    if (!packet.retain) hearWithin(AFTER_ECHO_ms);
  });
  client.on("error", (error) => {
    why = error.message || why;
  });
  client.on("close", () => {
    cancelHearing();
    const wait_ms = client.options.reconnectPeriod ?? RECONNECT_ms.first;
    client.options.reconnectPeriod = Math.min(2 * wait_ms, RECONNECT_ms.longest);
    options.onDisconnect(why);
  });
  return {
    say,
    close: async () => {
      cancelHearing();
      say(options.online(false));
      await endOf(client);
    },
  };
}

function filtersOf(site: string, instrumentId: string): string[] {
  const own = (message: MessageName, ids = {}): string =>
    topicOf(site, message, { instrumentId, ...ids });
  const commands = ["jobStart", "jobHold", "jobResume", "jobCancel", "jobReconcile"] as const;
  return [
    ...commands.map((name) => own(name)),
    own("jobAck", { jobId: "+" }),
    own("emergencyStop"),
    own("instrumentOnline"),
  ];
}
