import { firstOfHash, hash32, hashAscii32 } from "../../src/core/prng.ts";
import type { WireMessage } from "../connections/instrument-connection.ts";
import type { Delivery, LinkHost, NetworkClock, SimulatedClient } from "./client-session.ts";
import { SimulatedLink } from "./simulated-link.ts";
import { matchesFilter } from "./topic-filter.ts";

export interface SimulatedBrokerOptions {
  readonly clock: NetworkClock;
  readonly seed: string;
  /** One-way delay of a message, ms. */
  readonly latency_ms: { readonly min: number; readonly max: number };
  /** Share of QoS 1 deliveries that arrive twice. Default 0. */
  readonly duplicates?: number | undefined;
}

/** What the broker keeps of one client. */
export interface Session {
  readonly clientId: string;
  readonly subscriptions: Set<string>;
  /** In the order in which they will be redelivered. [MQTT-4.6.0-1] */
  readonly unacknowledged: Map<number, Delivery>;
  link: SimulatedLink | undefined;
}

const encoder = new TextEncoder();

/** From here on a text is cheaper to hash by its bytes. */
const LONG_CHARACTERS = 500;

/** The bytes of the last message: it goes to every subscriber one after the other. */
let lastEncoded = { payload: "", bytes: encoder.encode("") };

function bytesOf(payload: string): Uint8Array {
  if (lastEncoded.payload !== payload) lastEncoded = { payload, bytes: encoder.encode(payload) };
  return lastEncoded.bytes;
}

/**
 * An MQTT broker in one process and virtual time: retained messages, wills, persistent sessions that redeliver in the
 * original order, one first-in-first-out connection a client with a delay for each message. The delay and the
 * duplicates depend on the seed and on the message itself, not on how many were sent before, so that a disturbed run
 * stays comparable with the undisturbed one.
 */
export class SimulatedBroker implements LinkHost<SimulatedLink> {
  readonly clock: NetworkClock;
  readonly #options: SimulatedBrokerOptions;
  /** Who hears a topic, as long as nobody comes or goes. */
  readonly #routes = new Map<string, readonly Session[]>();
  readonly #sessions = new Map<string, Session>();
  readonly #retained = new Map<string, WireMessage>();
  readonly #observers: ((message: WireMessage) => void)[] = [];
  readonly #purposes = new Map<string, number>();
  #packets = 0;

  constructor(options: SimulatedBrokerOptions) {
    this.clock = options.clock;
    this.#options = options;
  }

  /** Connects a client now; it is told by `onConnect` and connects again by itself after a cut. */
  connect(client: SimulatedClient): SimulatedLink {
    const link = new SimulatedLink(this, client);
    link.open();
    return link;
  }

  /** Sees every message that reaches the broker, in order: for checkers, which note it and set nothing going. */
  observe(observer: (message: WireMessage) => void): void {
    this.#observers.push(observer);
  }

  /** Delay of one message on one client's connection, ms. */
  latency_ms(clientId: string, direction: "up" | "down", message: WireMessage): number {
    const { min, max } = this.#options.latency_ms;
    return min + (max - min) * this.#share(`${clientId}/${direction}`, message);
  }

  /** Whether this delivery arrives twice. */
  isDuplicated(clientId: string, message: WireMessage): boolean {
    const share = this.#options.duplicates ?? 0;
    return share > 0 && message.qos === 1 && this.#share(`${clientId}/twice`, message) < share;
  }

  /** Attaches a link: takes the session up, redelivers, subscribes, sends what is retained. */
  attach(link: SimulatedLink): void {
    const { clientId, clean, subscriptions } = link.client;
    const known = clean ? undefined : this.#sessions.get(clientId);
    const old = this.#sessions.get(clientId)?.link;
    if (old !== undefined && old !== link) old.takenOver();
    const session: Session = known ?? {
      clientId,
      subscriptions: new Set(),
      unacknowledged: new Map(),
      link: undefined,
    };
    session.link = link;
    this.#sessions.set(clientId, session);
    this.#routes.clear();
    for (const delivery of session.unacknowledged.values()) link.deliver(delivery);
    for (const filter of subscriptions) {
      session.subscriptions.add(filter);
      for (const [topic, message] of this.#retained) {
        if (matchesFilter(filter, topic)) this.#enqueue(session, message, true);
      }
    }
  }

  /** The link is gone; `will` is published unless the client said good-bye. */
  detach(link: SimulatedLink, withWill: boolean): void {
    const session = this.#sessions.get(link.client.clientId);
    if (session?.link === link) {
      session.link = undefined;
      if (link.client.clean && this.#sessions.delete(link.client.clientId)) this.#routes.clear();
    }
    if (withWill && link.client.will !== undefined) this.receive(link.client.will);
  }

  /** A message has arrived at the broker. */
  receive(message: WireMessage): void {
    if (message.retain) {
      if (message.payload === "") this.#retained.delete(message.topic);
      else this.#retained.set(message.topic, message);
    }
    for (const observer of this.#observers) observer(message);
    for (const session of this.#subscribersOf(message.topic))
      this.#enqueue(session, message, false);
  }

  /** Each once, however many of its subscriptions match. */
  #subscribersOf(topic: string): readonly Session[] {
    const known = this.#routes.get(topic);
    if (known !== undefined) return known;
    const found = [...this.#sessions.values()].filter(({ subscriptions }) =>
      [...subscriptions].some((filter) => matchesFilter(filter, topic)),
    );
    this.#routes.set(topic, found);
    return found;
  }

  acknowledge(clientId: string, packetId: number): void {
    this.#sessions.get(clientId)?.unacknowledged.delete(packetId);
  }

  #enqueue(session: Session, message: WireMessage, retained: boolean): void {
    if (message.qos === 0 && session.link === undefined) return;
    const delivery: Delivery = {
      packetId: ++this.#packets,
      message,
      payload: bytesOf(message.payload),
      retained,
      due_ms: this.clock.now_ms() + this.latency_ms(session.clientId, "down", message),
      attempts: 0,
    };
    if (message.qos === 1) session.unacknowledged.set(delivery.packetId, delivery);
    session.link?.deliver(delivery);
  }

  /** A number in [0, 1) of the text "seed/purpose/topic/payload", without putting that text together. */
  #share(purpose: string, { topic, payload }: WireMessage): number {
    const known = this.#purposes.get(purpose) ?? hash32(`${this.#options.seed}/${purpose}/`);
    this.#purposes.set(purpose, known);
    const before = hash32("/", hash32(topic, known));
    const bytes = payload.length < LONG_CHARACTERS ? undefined : bytesOf(payload);
    const isAscii = bytes?.length === payload.length;
    return firstOfHash(isAscii ? hashAscii32(bytes, before) : hash32(payload, before));
  }
}
