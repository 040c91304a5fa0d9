import { LabError } from "../../src/core/errors.ts";
import type { InstrumentConnection, WireMessage } from "../connections/instrument-connection.ts";
import type { Delivery, LinkHost, SimulatedClient } from "./client-session.ts";

type LinkState = "open" | "cut" | "killed" | "closed";

/** One client's connection to the simulated broker, first in first out in both directions. */
export class SimulatedLink implements InstrumentConnection {
  readonly client: SimulatedClient;
  readonly #broker: LinkHost<SimulatedLink>;
  readonly #pending = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  #state: LinkState = "cut";
  /** Counts connections: what belongs to an earlier one is lost. */
  #generation = 0;
  #published = 0;
  #lastUp_ms = 0;
  #lastDown_ms = 0;

  constructor(broker: LinkHost<SimulatedLink>, client: SimulatedClient) {
    this.#broker = broker;
    this.client = client;
  }

  get connected(): boolean {
    return this.#state === "open";
  }

  /** Connects at the next moment of the clock. */
  open(): void {
    const { clock } = this.#broker;
    clock.schedule(clock.now_ms(), () => {
      if (this.#state !== "cut") return;
      this.#state = "open";
      this.#generation += 1;
      this.#lastDown_ms = 0;
      this.#broker.attach(this);
      this.client.onConnect();
    });
  }

  publish(message: WireMessage): Promise<void> {
    if (this.#state === "killed") return new Promise(() => {});
    if (this.#state !== "open") return Promise.reject(connectionLost(this.client.clientId));
    const { clock } = this.#broker;
    const generation = this.#generation;
    const key = this.#published++;
    const latency_ms = this.#broker.latency_ms(this.client.clientId, "up", message);
    this.#lastUp_ms = Math.max(this.#lastUp_ms, clock.now_ms() + latency_ms);
    clock.scheduleQuiet(this.#lastUp_ms, () => {
      const lost = generation !== this.#generation || this.#state === "cut";
      if (lost) return;
      this.#broker.receive(message);
      if (this.#state === "killed") return;
      clock.schedule(clock.now_ms() + latency_ms, () => {
        if (this.#state === "killed") return;
        this.#pending.get(key)?.resolve();
        this.#pending.delete(key);
      });
    });
    return new Promise((resolve, reject) => {
      this.#pending.set(key, { resolve, reject });
    });
  }

  /** Called by the broker: sends one message down this connection. */
  deliver(delivery: Delivery): void {
    const { clock } = this.#broker;
    const generation = this.#generation;
    this.#lastDown_ms = Math.max(this.#lastDown_ms, delivery.due_ms, clock.now_ms());
    clock.schedule(this.#lastDown_ms, () => this.#hand(delivery, generation));
    if (this.#broker.isDuplicated(this.client.clientId, delivery.message)) {
      const latency_ms = this.#broker.latency_ms(this.client.clientId, "down", delivery.message);
      clock.schedule(this.#lastDown_ms + latency_ms, () => this.#hand(delivery, generation));
    }
  }

  disconnect(): Promise<void> {
    if (this.#state === "open") {
      this.#state = "closed";
      this.#broker.detach(this, false);
    }
    return Promise.resolve();
  }

  drop(): void {
    this.kill();
  }

  /** The process is gone: nothing is called back, nothing settles; what it had written to the socket still arrives. */
  kill(): void {
    const wasOpen = this.#state === "open";
    this.#state = "killed";
    this.#pending.clear();
    if (wasOpen) this.#broker.detach(this, true);
  }

  /** The cable is cut for `duration_ms`: messages in the air are lost, then it connects again. */
  cut(duration_ms: number): void {
    if (this.#state !== "open") return;
    this.#state = "cut";
    this.#broker.detach(this, true);
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    this.client.onDisconnect();
    for (const { reject } of lost) reject(connectionLost(this.client.clientId));
    const { clock } = this.#broker;
    clock.schedule(clock.now_ms() + duration_ms, () => {
      if (this.#state === "cut") this.open();
    });
  }

  /** Another connection with the same client identifier replaced this one. [MQTT-3.1.4-2] */
  takenOver(): void {
    if (this.#state !== "open") return;
    this.#state = "closed";
    this.client.onDisconnect();
  }

  #hand(delivery: Delivery, generation: number): void {
    if (this.#state !== "open" || generation !== this.#generation) return;
    const { message, payload, retained, packetId } = delivery;
    const duplicate = delivery.attempts > 0;
    delivery.attempts += 1;
    const handled = this.client.onMessage({
      topic: message.topic,
      payload,
      retained,
      qos: message.qos,
      duplicate,
    });
    if (message.qos === 0) return;
    Promise.resolve(handled).then(
      () => this.#acknowledge(packetId, message, generation),
      () => {}, // not acknowledged: the broker keeps it for the next connection
    );
  }

  #acknowledge(packetId: number, message: WireMessage, generation: number): void {
    if (this.#state !== "open" || generation !== this.#generation) return;
    const { clock } = this.#broker;
    const arrival_ms =
      clock.now_ms() + this.#broker.latency_ms(this.client.clientId, "up", message);
    clock.scheduleQuiet(arrival_ms, () => {
      if (this.#state !== "cut" && generation === this.#generation)
        this.#broker.acknowledge(this.client.clientId, packetId);
    });
  }
}

function connectionLost(clientId: string): LabError {
  return new LabError("TL-2001", `The connection of ${clientId} was lost`, { retryable: true });
}
