/** A message as an instrument writes it. */
export interface WireMessage {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

/** A message as an instrument receives it. */
export interface ReceivedMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** From the broker's store, because we subscribed. */
  readonly retained: boolean;
}

/** What an instrument says to the broker when it connects. */
export interface ConnectionOptions {
  /** Stable, so that the broker keeps the session (QoS 1 messages) while the instrument is away. */
  readonly clientId: string;
  /** Published by the broker when the connection is lost. */
  readonly will: WireMessage;
  readonly subscriptions: readonly string[];
  readonly onMessage: (message: ReceivedMessage) => void;
  /** After every (re)connection, subscriptions in place. */
  readonly onConnect: () => void;
  readonly onDisconnect: () => void;
}

/** An instrument's own connection to the broker. */
export interface InstrumentConnection {
  readonly connected: boolean;
  /** Resolves once the broker has it (QoS 1); rejects where the connection was lost before. */
  publish(message: WireMessage): Promise<void>;
  /** Says good-bye: no will. */
  disconnect(): Promise<void>;
  /** The controller dies or the cable is cut: the broker publishes the will. Never reconnects. */
  drop(): void;
}

/** Opens a connection and keeps it open (reconnects by itself) until `disconnect` or `drop`. */
export type ConnectInstrument = (options: ConnectionOptions) => InstrumentConnection;
