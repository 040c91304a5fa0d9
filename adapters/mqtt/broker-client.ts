import type { IClientOptions, IPublishPacket, MqttClient } from "mqtt";
import { ERROR_CODES } from "../../src/core/error-codes/index.ts";
import { LabError } from "../../src/core/errors.ts";
import { type Logger, silentLogger } from "../../src/core/logger.ts";
import type { LogLease } from "../../src/events/log-lease.ts";
import type { BusHandlers, MessageBus, OutgoingMessage } from "../../src/events/message-bus.ts";
import { shownBroker, type TlsFiles } from "./broker-address.ts";
import { BrokerLimits, packetBytesOf, type ToldLimits } from "./broker-limits.ts";
import { endOf, forgetUnanswered, handOver, willOf } from "./client-calls.ts";
import { EndWatch } from "./end-watch.ts";
import { openClient } from "./open-client.ts";
import { PAYLOAD_BYTES_MAX } from "./payload-limit.ts";

export interface BrokerClientOptions {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`. */
  readonly url: string;
  /** Names the session at the broker; must be the same after a restart and unlike every other client's. */
  readonly clientId: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: TlsFiles | undefined;
  /** MQTT version; absent: 5, and 4 (3.1.1) where the broker speaks no other. */
  readonly protocol?: 4 | 5 | undefined;
  /** What to hear, as MQTT topic filters. */
  readonly filters: readonly string[];
  /** Sent by the broker when this client disappears; asked for at `start`. */
  readonly will?: (() => OutgoingMessage) | undefined;
  /** Whether the broker keeps messages for us while we are away. Default true. */
  readonly persistent?: boolean | undefined;
  /** How long `start` waits for the broker, ms. */
  readonly startTimeout_ms?: number | undefined;
  /** Where several daemons of one name share a log: nobody connects whose lease does not hold, and whose holds stays. */
  readonly lease?: Pick<LogLease, "confirm"> | undefined;
  readonly logger?: Logger | undefined;
}

const START_TIMEOUT_ms = 10_000;
/** First and longest wait before the next attempt to connect; doubled after each. */
const RECONNECT_ms = { first: 500, longest: 30_000 };
const KEEPALIVE_s = 15;
const SESSION_EXPIRY_s = 7 * 24 * 3600;
/** Messages that may wait for the log at once; then reading pauses and TCP holds the broker back. */
const UNLOGGED_MAX = 1000;
/** Unanswered publishes; a broker that is this far behind is as good as gone. */
const UNANSWERED_MAX = 10_000;
const PUBACK_TIMEOUT_ms = 30_000;
/** Larger packets a broker (MQTT 5) must not send us; up to here they are counted and put in quarantine. */
const PACKET_BYTES_MAX = 16 * 1024 * 1024;
/** Unacknowledged messages that the broker may send us: Mosquitto drops what is above 20 where nothing is said. */
const RECEIVE_MAXIMUM = 65_535;
/** A broker that takes the connection and says nothing for so long, or ends it twice, may not know MQTT 5. */
const SILENCE_ms = 4000;
const UNSAID_ENDS_MAX = 2;
/** CONNACK codes that no repetition will change: credentials, authorisation, banned. */
const REFUSED = new Set([4, 5, 134, 135, 138, 140]);
/** Of these the client id: ours is a proper one, so that a broker that refuses it has a daemon of this name. */
const NAME_REFUSED = new Set([2, 133]);
const WRONG_VERSION = new Set([1, 132]);
const SESSION_TAKEN_OVER = 142;
/** Connections that were accepted and ended within this, so often in a row, were taken over by another of our name. */
const SHORT_LIFE_ms = 3_000;
const SHORT_LIVES_MAX = 4;
const LOOP_HINT =
  "Look into the broker's log for why it ends the connection; tieline doctor says which sizes it takes.";

/**
 * An external broker as the daemon's bus. Speaks MQTT 5 and falls back to 3.1.1. Messages are handed to the
 * handler as they come and acknowledged to the broker at once, up to {@link UNLOGGED_MAX} that are not in the log
 * yet: results are resent until the application's own `ack`, births and states are retained (decision 0060).
 */
export function createBrokerClient(options: BrokerClientOptions): MessageBus {
  return new BrokerClient(options);
}

class BrokerClient implements MessageBus {
  private readonly options: BrokerClientOptions;
  private readonly logger: Logger;
  private client: MqttClient | undefined;
  private handlers: BusHandlers | undefined;
  private unlogged = 0;
  private unanswered = 0;
  private connected_ms: number | undefined;
  private shortLives = 0;
  /** Before the next attempt of a daemon with a lease. */
  private wait_ms = RECONNECT_ms.first;
  /** Continues reading when a message has reached the log. */
  private paused: (() => void) | undefined;
  private readonly limits = new BrokerLimits(() => performance.now());
  /** Ends the wait of `start`. */
  private subscribed: (() => void) | undefined;
  /** Ends the wait for answers that will not come by this connection. */
  private readonly cuts = new Set<(error: Error) => void>();
  private isStopped = false;
  private readonly endWatch = new EndWatch();

  constructor(options: BrokerClientOptions) {
    this.options = options;
    this.logger = options.logger ?? silentLogger;
  }

  async start(handlers: BusHandlers): Promise<void> {
    this.handlers = handlers;
    const { protocol } = this.options;
    const deadline_ms = performance.now() + (this.options.startTimeout_ms ?? START_TIMEOUT_ms);
    for (const version of protocol === undefined ? ([5, 4] as const) : [protocol]) {
      const client = this.connect(version, RECONNECT_ms.first);
      this.client = client;
      const left_ms = deadline_ms - performance.now();
      const isProbe = protocol === undefined && version === 5;
      const outcome = await this.firstConnection(client, left_ms, isProbe);
      if (outcome === "connected") return;
      await client.endAsync(true);
      this.client = undefined;
      if (outcome !== "wrongVersion") throw outcome;
      // Meanwhile this daemon may have been stopped, or replaced: a second CONNECT of its name would end the next leader's connection.
      if (this.isStopped) throw this.unreachable("the client was stopped");
      await this.options.lease?.confirm();
      this.logger.info({ broker: this.address() }, "broker.spokenToInMqtt311");
    }
    throw new LabError("TL-2006", `the broker ${this.address()} speaks neither MQTT 5 nor 3.1.1`);
  }

  async publish(message: OutgoingMessage): Promise<void> {
    const { client } = this;
    const bytes = Buffer.byteLength(message.payload);
    if (bytes > PAYLOAD_BYTES_MAX)
      throw new LabError(
        "TL-2004",
        `${message.topic}: ${bytes} bytes, at most ${PAYLOAD_BYTES_MAX}`,
      );
    // Not queued while away: what the daemon still wants then, it sends again by itself, under the same id.
    if (client === undefined || !client.connected || this.unanswered >= UNANSWERED_MAX)
      throw this.unreachable("the connection is down");
    this.refuseTooLarge(message);
    this.unanswered++;
    const sending = this.limits.send(message);
    try {
      await this.withDeadline(
        sending.ready.then(() => {
          if (!client.connected) throw this.unreachable("the connection is down");
          sending.left();
          return handOver(client, message).catch((error: Error) => {
            throw this.unreachable(error.message);
          });
        }),
      );
    } finally {
      this.unanswered--;
      sending.done();
    }
  }

  /** A packet above what the broker takes would end the connection, and MQTT.js would send it again at the next. */
  private refuseTooLarge(message: OutgoingMessage): void {
    const bytes = packetBytesOf(message);
    const most = this.limits.packetBytes(message.isView === true);
    if (bytes <= most) return;
    throw new LabError(
      "TL-2008",
      `${message.topic}: ${bytes} bytes, the broker ${this.address()} takes at most ${most}`,
    );
  }

  async stop(): Promise<void> {
    const { client } = this;
    this.isStopped = true;
    this.client = undefined;
    if (client !== undefined) await endOf(client);
    for (const cut of this.cuts) cut(this.unreachable("the daemon ends"));
  }

  private connect(protocolVersion: 4 | 5, reconnectPeriod: number): MqttClient {
    const { will, persistent = true, clientId, username, password, tls, filters } = this.options;
    const options: IClientOptions = {
      clientId,
      protocolVersion,
      clean: !persistent,
      keepalive: KEEPALIVE_s,
      connectTimeout: START_TIMEOUT_ms,
      reconnectPeriod,
      // Subscribed by hand at every connection, so that retained births and states come again.
      resubscribe: false,
      queueQoSZero: false,
      ...tls,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(will === undefined ? {} : { will: willOf(will()) }),
      ...(protocolVersion === 5
        ? {
            properties: {
              sessionExpiryInterval: persistent ? SESSION_EXPIRY_s : 0,
              maximumPacketSize: PACKET_BYTES_MAX,
              receiveMaximum: RECEIVE_MAXIMUM,
            },
          }
        : {}),
    };
    const client = openClient(this.options.url, options);
    client.handleMessage = (packet, done) => this.receive(packet as IPublishPacket, done);
    // With MQTT 5 our own commands below the same topics are not sent back to us.
    const subscription = { qos: 1 as const, ...(protocolVersion === 5 ? { nl: true } : {}) };
    client.on("connect", ({ properties }) => {
      this.connected_ms = performance.now();
      this.limits.note((properties ?? {}) as ToldLimits, protocolVersion === 5);
      this.wait_ms = RECONNECT_ms.first;
      client.options.reconnectPeriod = this.options.lease === undefined ? this.wait_ms : 0;
      // Before the subscription: what the broker retained must not meet an instrument, or us, before this.
      for (const message of this.handlers?.onConnecting?.() ?? [])
        this.publish(message).catch((error: unknown) =>
          this.logger.warn(
            { topic: message.topic, error: String(error) },
            "broker.firstWordNotSent",
          ),
        );
      client.subscribe([...filters], subscription, (error, grants) => {
        const refused = (grants ?? []).filter(({ qos }) => qos >= 128).map(({ topic }) => topic);
        if (error || refused.length > 0)
          this.logger.error({ refused, error: error?.message }, "broker.subscriptionRefused");
        this.subscribed?.();
        this.handlers?.onConnection(true);
      });
    });
    client.on("close", () => {
      this.noteEnd(client);
      const wait_ms = client.options.reconnectPeriod ?? RECONNECT_ms.first;
      client.options.reconnectPeriod = Math.min(2 * wait_ms, RECONNECT_ms.longest);
      if (wait_ms === 0) this.comeBack(client, protocolVersion);
    });
    client.on("offline", () => this.handlers?.onConnection(false));
    client.on("error", (error) => this.logger.warn({ error: error.message }, "broker.error"));
    client.on("disconnect", ({ reasonCode }) => {
      // Where there is a lease, it says who of the two goes.
      if (reasonCode === SESSION_TAKEN_OVER && this.options.lease === undefined)
        this.replaced(client);
    });
    return client;
  }

  /** A daemon with a lease connects again only once it is sure that it still leads. */
  private comeBack(client: MqttClient, version: 4 | 5): void {
    if (this.client !== client || this.isStopped) return;
    const { wait_ms } = this;
    this.wait_ms = Math.min(2 * wait_ms, RECONNECT_ms.longest);
    client.end(true);
    this.handlers?.onConnection(false);
    for (const cut of this.cuts) cut(this.unreachable("the connection broke"));
    const again = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, wait_ms));
      if (this.isStopped) return;
      await this.options.lease?.confirm();
      if (!this.isStopped && this.client === client) this.client = this.connect(version, 0);
    };
    again().catch((error: Error) => this.handlers?.onReplaced?.(error));
  }

  /** Some brokers tell why they end a connection, some only end it, as soon as it is there, again and again. */
  private noteEnd(client: MqttClient): void {
    const ends =
      this.connected_ms === undefined ? undefined : this.endWatch.note(performance.now());
    if (ends !== undefined)
      this.logger.warn({ broker: this.address(), ends, hint: LOOP_HINT }, "broker.endsOverAndOver");
    const lasted_ms = performance.now() - (this.connected_ms ?? Number.NEGATIVE_INFINITY);
    this.connected_ms = undefined;
    const { suspect, learnt } = this.limits.noteEnd();
    if (learnt !== undefined)
      this.logger.warn(
        { broker: this.address(), bytes: learnt, hint: ERROR_CODES["TL-2008"].hint },
        "broker.endsAtLargeMessages",
      );
    // What was too large must not be sent again by the client's own store: the daemon says again what it still wants.
    if (suspect) forgetUnanswered(client);
    this.shortLives = lasted_ms < SHORT_LIFE_ms && !suspect ? this.shortLives + 1 : 0;
    if (this.client === client && this.shortLives >= SHORT_LIVES_MAX) this.replaced(client);
  }

  /** Two clients with one id would push each other out for ever, and both would plan. */
  private replaced(client: MqttClient): void {
    this.logger.error({ clientId: this.options.clientId }, "broker.sessionTakenOver");
    client.end(true);
    this.handlers?.onConnection(false);
    this.handlers?.onReplaced?.(this.nameTaken());
  }

  private nameTaken(): LabError {
    const { clientId } = this.options;
    const what = `another client uses the name ${clientId} at the broker ${this.address()}`;
    return new LabError("TL-2007", what);
  }

  /** Waits for the first CONNACK and for the subscriptions; refusals end the wait, absence is waited for. */
  private firstConnection(
    client: MqttClient,
    timeout_ms: number,
    isProbe: boolean,
  ): Promise<"connected" | "wrongVersion" | LabError> {
    return new Promise((resolve) => {
      let last = "no answer";
      let unsaidEnds = 0;
      let isThere = false;
      const timer = setTimeout(() => resolve(this.unreachable(last)), Math.max(0, timeout_ms));
      const silence = setTimeout(
        () => {
          if (isProbe && isThere) settle("wrongVersion");
        },
        Math.min(SILENCE_ms, timeout_ms / 2),
      );
      const settle = (outcome: "connected" | "wrongVersion" | LabError): void => {
        clearTimeout(timer);
        clearTimeout(silence);
        resolve(outcome);
      };
      this.subscribed = () => settle("connected");
      // It listens, and what it does with our CONNECT is to end the connection, or nothing.
      client.stream.once("connect", () => {
        isThere = true;
      });
      client.on("close", () => {
        if (isProbe && last === "no answer" && ++unsaidEnds >= UNSAID_ENDS_MAX)
          settle("wrongVersion");
      });
      client.on("error", (error) => {
        last = error.message || String("code" in error ? error.code : error);
        const code = "code" in error ? Number(error.code) : Number.NaN;
        if (WRONG_VERSION.has(code)) settle("wrongVersion");
        else if (NAME_REFUSED.has(code)) settle(this.nameTaken());
        else if (REFUSED.has(code))
          settle(new LabError("TL-2006", `the broker ${this.address()} refused: ${last}`));
      });
    });
  }

  private receive(packet: IPublishPacket, done: (error?: Error) => void): void {
    const { topic, qos, retain } = packet;
    const payload =
      typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
    this.unlogged++;
    this.handlers?.onMessage({ topic, payload, qos, retained: retain }).then(
      () => this.logged(),
      (error: unknown) => {
        this.logger.error({ topic, error: String(error) }, "message.notKept");
        this.logged();
      },
    );
    if (this.unlogged < UNLOGGED_MAX) done();
    else this.paused = done;
  }

  private logged(): void {
    this.unlogged--;
    const { paused } = this;
    this.paused = undefined;
    paused?.();
  }

  private async withDeadline(published: Promise<unknown>): Promise<void> {
    let end: () => void = () => {};
    const late = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => reject(this.unreachable("no PUBACK")), PUBACK_TIMEOUT_ms);
      this.cuts.add(reject);
      end = () => {
        clearTimeout(timer);
        this.cuts.delete(reject);
      };
    });
    try {
      await Promise.race([published, late]);
    } finally {
      end();
    }
  }

  private unreachable(why: string): LabError {
    return new LabError("TL-2001", `the broker ${this.address()} cannot be reached (${why})`, {
      retryable: true,
    });
  }

  /** The address without a password, for people. */
  private address(): string {
    return shownBroker(this.options.url);
  }
}
