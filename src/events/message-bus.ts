/** A message on its way out. */
export interface OutgoingMessage {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** After this many seconds a broker that can (MQTT 5) drops it undelivered. */
  readonly expiry_s?: number | undefined;
}

/** A message that came in, bytes untouched. */
export interface IncomingMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  /** Delivered from the broker's store because we subscribed, not just now. */
  readonly retained: boolean;
}

/** The daemon's side of MQTT: the embedded broker, an external one, or a simulated network. */
export interface MessageBus {
  /** Connects, subscribes to everything the daemon must hear, and delivers from then on. */
  start(handlers: BusHandlers): Promise<void>;
  /** Resolves once the broker has it (PUBACK for QoS 1); rejects where it could not be handed over. */
  publish(message: OutgoingMessage): Promise<void>;
  stop(): Promise<void>;
}

export interface BusHandlers {
  /** The publisher's PUBACK waits for this promise: it resolves when the message is in the log. */
  readonly onMessage: (message: IncomingMessage) => Promise<void>;
  readonly onConnection: (connected: boolean) => void;
}
