import { Aedes, type Client, type PublishPacket } from "aedes";
import { LabError } from "../../src/core/errors.ts";
import { type Logger, silentLogger } from "../../src/core/logger.ts";
import type { Principal } from "../../src/domain/principal.ts";
import type { BusHandlers, MessageBus, OutgoingMessage } from "../../src/events/message-bus.ts";
import { boundedSessions } from "./bounded-sessions.ts";
import { createKnownClients, type KnownClients, type KnownUser } from "./known-clients.ts";
import { type Handle, Listeners, type ListenOptions, type ListenRules } from "./listeners.ts";
import { matchesFilter } from "./topic-filter.ts";

export interface EmbeddedBrokerOptions extends ListenOptions {
  /** The client id that a daemon of this name would have: it is refused, so that two do not plan side by side. */
  readonly ownClientId?: string | undefined;
  /** Who may connect; none: nobody is asked. */
  readonly users?: readonly KnownUser[] | undefined;
  /** Whether a client may publish on a topic; absent: on every one. */
  readonly mayPublish?: ((principal: Principal, topic: string) => boolean) | undefined;
  /** What the daemon hears, as MQTT topic filters. */
  readonly filters: readonly string[];
  /** Whether a message on this topic may be retained; elsewhere the flag is taken off. */
  readonly mayBeRetained: (topic: string) => boolean;
  readonly logger?: Logger | undefined;
}

/** A broker inside the process. The ports are known once `start` has resolved. */
export interface EmbeddedBroker extends MessageBus {
  readonly port: number;
  readonly webSocketPort: number | undefined;
}

/** The contract's bound; larger payloads are shown to the daemon (which counts and refuses them) but forwarded to nobody. */
const PAYLOAD_BYTES_MAX = 1024 * 1024;
/** Beyond this the connection ends: reading on would let one client fill the memory. */
const PACKET_BYTES_MAX = 16 * 1024 * 1024;
/** MQTT 3.1's 23 characters are too few for `tieline-SITE-INSTRUMENT`; 3.1.1 and 5 let the broker allow more. */
const CLIENT_ID_CHARACTERS_MAX = 256;
/** Sessions of instruments that stay away are forgotten after a week (MQTT 5). */
const SESSION_EXPIRY_s = 7 * 24 * 3600;
/** Packets that a client may send before its CONNECT has been answered. */
const EARLY_PACKETS_MAX = 100;
/** Of clients and topics that were refused; the rest are refused without a word. */
const REFUSALS_TOLD_MAX = 1_000;

/**
 * A broker inside the process: MQTT 3.1.1 and 5 over TCP and WebSocket. The handler runs before the publisher's
 * PUBACK, so that PUBACK means "in the log"; messages that one client sends together are handled together, so
 * that the log can write them with one sync. Where the handler fails the connection is closed without a PUBACK, and the
 * client sends again. Retained messages and sessions live in memory only.
 *
 * @throws TL-2002 where a port is taken, TL-2005 where it cannot be opened for another reason.
 */
export function createEmbeddedBroker(options: EmbeddedBrokerOptions): EmbeddedBroker {
  return new AedesBroker(options);
}

class AedesBroker implements EmbeddedBroker {
  port = 0;
  webSocketPort: number | undefined;
  private readonly options: EmbeddedBrokerOptions;
  private readonly logger: Logger;
  private aedes: Aedes | undefined;
  private listeners: Listeners | undefined;
  private handlers: BusHandlers | undefined;
  private readonly clients: KnownClients;
  /** Refusals that have been told: a client that goes on says nothing new. */
  private readonly told = new Set<string>();
  /** Payloads that the daemon keeps from everybody; the broker's copies of a packet share its payload. */
  private readonly withheld = new WeakSet<Buffer>();

  constructor(options: EmbeddedBrokerOptions) {
    this.options = options;
    this.logger = options.logger ?? silentLogger;
    this.clients = createKnownClients(options.users ?? []);
  }

  async start(handlers: BusHandlers): Promise<void> {
    this.handlers = handlers;
    const aedes = await Aedes.createBroker({
      persistence: boundedSessions((client, bytes) =>
        this.logger.warn({ client, bytes }, "broker.sessionIsFull"),
      ),
      maxClientsIdLength: CLIENT_ID_CHARACTERS_MAX,
      maximumPacketSize: PACKET_BYTES_MAX,
      sessionExpiryIntervalLimit: SESSION_EXPIRY_s,
      queueLimit: EARLY_PACKETS_MAX,
      authenticate: (client, username, password, callback) => {
        if (client.id === this.options.ownClientId) {
          this.logger.error({ client: client.id }, "broker.secondDaemonRefused");
          callback(Object.assign(new Error("the daemon itself"), { returnCode: 2 }), false);
          return;
        }
        if (this.clients.admit(client, username, password)) return callback(null, true);
        this.logger.warn({ client: client.id, username }, "broker.loginRefused");
        callback(Object.assign(new Error("bad user name or password"), { returnCode: 4 }), false);
      },
      authorizePublish: (client, packet, callback) => this.receive(client, packet, callback),
      authorizeForward: (_, packet) => (this.mayForward(packet.payload) ? packet : null),
    });
    const names = new WeakMap<object, string>();
    aedes.on("client", ({ conn, id }) => names.set(conn, id));
    const nameOf: ListenRules["nameOf"] = (connection) => names.get(connection);
    const rules = { ...this.options, packetBytesMax: PACKET_BYTES_MAX, nameOf };
    const listeners = new Listeners(rules, this.logger);
    this.aedes = aedes;
    this.listeners = listeners;
    aedes.on("clientError", (client, error) => this.report(client, error));
    aedes.on("connectionError", (client, error) => this.report(client, error));
    try {
      for (const message of handlers.onConnecting?.() ?? []) await this.publish(message);
      const handle: Handle = (connection, request) => void aedes.handle(connection, request);
      this.port = await listeners.listenTcp(handle);
      if (this.options.webSocketPort !== undefined)
        this.webSocketPort = await listeners.listenWebSocket(handle, this.options.webSocketPort);
    } catch (error) {
      await this.stop();
      throw error;
    }
    handlers.onConnection(true);
  }

  publish(message: OutgoingMessage): Promise<void> {
    const { aedes } = this;
    if (aedes === undefined || aedes.closed)
      return Promise.reject(new LabError("TL-2001", "the embedded broker is not running"));
    const bytes = Buffer.byteLength(message.payload);
    if (bytes > PAYLOAD_BYTES_MAX)
      return Promise.reject(
        new LabError("TL-2004", `${message.topic}: ${bytes} bytes, at most ${PAYLOAD_BYTES_MAX}`),
      );
    const { topic, payload, qos, retain, expiry_s } = message;
    return new Promise((resolve, reject) => {
      aedes.publish(
        {
          cmd: "publish",
          dup: false,
          topic,
          payload,
          qos,
          retain,
          ...(expiry_s === undefined ? {} : { properties: { messageExpiryInterval: expiry_s } }),
        },
        (error) => (error ? reject(error) : resolve()),
      );
    });
  }

  async stop(): Promise<void> {
    const { aedes, listeners } = this;
    this.aedes = undefined;
    if (aedes === undefined) return;
    listeners?.refuseNew();
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    await listeners?.close();
    this.handlers?.onConnection(false);
  }

  /** Shows a message to the daemon; the broker goes on (PUBACK, delivery) when the daemon has it. */
  private receive(
    client: Client | null,
    packet: PublishPacket,
    callback: (error?: Error | null) => void,
  ): void {
    const { topic, qos } = packet;
    if (topic.startsWith("$SYS/")) {
      callback(new Error("$SYS topics are the broker's own"));
      return;
    }
    if (client !== null && this.isForbidden(client, topic)) {
      // As Mosquitto does: answered and dropped, so that a client does not say it again for ever.
      this.withhold(packet);
      callback(null);
      return;
    }
    const payload =
      typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
    const sender = client === null ? undefined : this.clients.nameOf(client);
    const retained = packet.retain && !this.options.mayBeRetained(topic);
    if (retained || payload.length > PAYLOAD_BYTES_MAX) packet.retain = false;
    if (!this.options.filters.some((filter) => matchesFilter(filter, topic))) {
      callback(null);
      return;
    }
    this.handlers?.onMessage({ topic, payload, qos, retained, sender }).then(
      (delivery) => {
        if (delivery === "withhold") this.withhold(packet);
        callback(null);
      },
      (error: unknown) => {
        this.logger.error({ topic, client: client?.id, error: String(error) }, "message.notKept");
        // No PUBACK and no answer: the client must not take the message for delivered.
        client?.close();
      },
    );
  }

  private isForbidden(client: Client, topic: string): boolean {
    const { mayPublish } = this.options;
    if (mayPublish === undefined || mayPublish(this.clients.principalOf(client), topic))
      return false;
    const key = `${client.id} ${topic}`;
    if (!this.told.has(key) && this.told.size < REFUSALS_TOLD_MAX) {
      this.told.add(key);
      this.logger.warn({ client: client.id, topic }, "broker.publishRefused");
    }
    return true;
  }

  private withhold(packet: PublishPacket): void {
    packet.retain = false;
    if (typeof packet.payload === "string") packet.payload = Buffer.from(packet.payload);
    this.withheld.add(packet.payload);
  }

  private mayForward(payload: string | Buffer): boolean {
    return (
      payload.length <= PAYLOAD_BYTES_MAX &&
      (typeof payload === "string" || !this.withheld.has(payload))
    );
  }

  private report(client: Client, error: Error): void {
    this.logger.warn({ client: client.id, error: error.message }, "broker.clientError");
  }
}
