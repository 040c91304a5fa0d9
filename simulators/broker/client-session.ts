import type { ReceivedMessage, WireMessage } from "../connections/instrument-connection.ts";
import type { VirtualClock } from "../time/virtual-clock.ts";

/** What the network needs of time. */
export type NetworkClock = Pick<VirtualClock, "now_ms" | "schedule" | "scheduleQuiet">;

/** A message on its way from the broker to one client. */
export interface BrokerDelivery extends ReceivedMessage {
  readonly qos: 0 | 1;
  /** Sent before, acknowledgement not seen. */
  readonly duplicate: boolean;
}

export interface SimulatedClient {
  readonly clientId: string;
  /** False keeps the session (subscriptions, unacknowledged messages) while the client is away. */
  readonly clean: boolean;
  readonly will?: WireMessage | undefined;
  readonly subscriptions: readonly string[];
  /** The PUBACK leaves when the promise resolves; where it rejects, the message stays with the broker. */
  readonly onMessage: (message: BrokerDelivery) => unknown;
  readonly onConnect: () => void;
  readonly onDisconnect: () => void;
}

/** A QoS 1 message that a session has not acknowledged, or one QoS 0 message in the air. */
export interface Delivery {
  readonly packetId: number;
  readonly message: WireMessage;
  readonly payload: Uint8Array;
  readonly retained: boolean;
  /** When it should reach the client; kept over a reconnection, so that an instant restart changes nothing. */
  due_ms: number;
  attempts: number;
}

/** What a client's connection asks of the broker; `Link` is that connection. */
export interface LinkHost<Link> {
  readonly clock: NetworkClock;
  latency_ms(clientId: string, direction: "up" | "down", message: WireMessage): number;
  isDuplicated(clientId: string, message: WireMessage): boolean;
  attach(link: Link): void;
  detach(link: Link, withWill: boolean): void;
  receive(message: WireMessage): void;
  acknowledge(clientId: string, packetId: number): void;
}
