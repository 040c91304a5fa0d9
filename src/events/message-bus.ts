/** A message on its way out. */
export interface OutgoingMessage {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** After this many seconds a broker that can (MQTT 5) drops it undelivered. */
  readonly expiry_s?: number | undefined;
  /** Only shown, decides nothing: may be left out where a broker does not take messages of its size. */
  readonly isView?: boolean | undefined;
}

/** A message that came in, bytes untouched. */
export interface IncomingMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  /** Delivered from the broker's store because we subscribed, not just now. */
  readonly retained: boolean;
  /** The name that its sender logged in with; only the broker inside the daemon knows it. */
  readonly sender?: string | undefined;
}

/** The daemon's side of MQTT: the embedded broker, an external one, or a simulated network. */
export interface MessageBus {
  /** Connects, subscribes to everything the daemon must hear, and delivers from then on. */
  start(handlers: BusHandlers): Promise<void>;
  /** Resolves once the broker has it (PUBACK for QoS 1); rejects where it could not be handed over. */
  publish(message: OutgoingMessage): Promise<void>;
  stop(): Promise<void>;
}

/** What a broker that asks shall do with a message: hand it on to whoever listens, or keep it from them. */
export type Delivery = "forward" | "withhold";

export interface BusHandlers {
  /**
   * The publisher's PUBACK waits for this promise: it resolves when the message is in the log. The embedded broker then
   * forwards the message unless the answer is `withhold` (a {@link Delivery}); an external broker has forwarded it already.
   */
  readonly onMessage: (message: IncomingMessage) => Promise<unknown>;
  /** What is said at every connection before anything is heard or said: a latched emergency stop. */
  readonly onConnecting?: (() => readonly OutgoingMessage[]) | undefined;
  readonly onConnection: (connected: boolean) => void;
  /** Another client has taken our name: two daemons would plan side by side, so this one must end. */
  readonly onReplaced?: ((error: Error) => void) | undefined;
}
