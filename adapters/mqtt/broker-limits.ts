import type { OutgoingMessage } from "../../src/events/message-bus.ts";

/** What an MQTT 5 broker says of itself when it accepts a connection, as far as it binds who publishes. */
export interface ToldLimits {
  readonly maximumPacketSize?: number | undefined;
  readonly receiveMaximum?: number | undefined;
}

/** A message on its way to the broker, unanswered. */
export interface Sending {
  /** Once it may leave: no more than `receiveMaximum` messages of QoS 1 are unanswered at a time. */
  readonly ready: Promise<void>;
  /** It left. */
  left(): void;
  /** It was answered, or given up. */
  done(): void;
}

interface Left {
  readonly bytes: number;
  readonly left_ms?: number;
}

/** More than the fixed header, the lengths, the packet's id and the properties that we set can take. */
const HEADER_BYTES = 64;
/** MQTT 5's default where CONNACK says nothing. */
const RECEIVE_MAXIMUM = 65_535;
/** What every broker takes; only what is larger is suspected of having ended a connection. */
const ALWAYS_TAKEN_BYTES = 4096;
/** A connection that ends so soon after a large message may have ended because of it. */
const SUSPECT_WITHIN_ms = 3000;
/** The same of one that is never answered (QoS 0), where the broker has no other way to say so. */
const SUSPECT_UNANSWERED_WITHIN_ms = 500;
const UNANSWERED_KEPT = 50;
/** As many ends in a row are no coincidence. */
const ENDS_TO_LEARN = 2;
/** Then the broker is tried again: its administrator may have mended it. */
const FORGET_AFTER_ms = 3_600_000;

/**
 * What a broker takes: told in its CONNACK, which MQTT.js reads and does not act on, or, where it tells nothing (3.1.1),
 * learnt from connections that ended twice in a row right after something large was sent. What is learnt is a suspicion and
 * keeps views from being sent, never a command.
 */
export class BrokerLimits {
  private told: ToldLimits = {};
  private learnt: { readonly bytes: number; readonly at_ms: number } | undefined;
  private readonly open = new Set<{ bytes: number; left_ms?: number }>();
  private readonly waiting: (() => void)[] = [];
  /** Large messages of QoS 0 that left a moment ago. */
  private gone: { readonly bytes: number; readonly left_ms: number }[] = [];
  private canTell = true;
  private slots = 0;
  private suspectEnds: number[] = [];
  private readonly now_ms: () => number;

  constructor(now_ms: () => number) {
    this.now_ms = now_ms;
  }

  /** A connection was accepted; at 3.1.1 a broker cannot tell what it takes. */
  note(told: ToldLimits, canTell = true): void {
    this.told = told;
    this.canTell = canTell;
    this.admit();
  }

  /** The largest packet that the broker is known to take, bytes, header included. */
  packetBytes(isView: boolean): number {
    const told = this.told.maximumPacketSize ?? Number.POSITIVE_INFINITY;
    if (!isView || this.learnt === undefined) return told;
    if (this.now_ms() - this.learnt.at_ms > FORGET_AFTER_ms) this.learnt = undefined;
    return Math.min(told, this.learnt?.bytes ?? told);
  }

  /** Takes note of a message; it leaves once `ready`. */
  send(message: OutgoingMessage): Sending {
    const entry: { bytes: number; left_ms?: number } = { bytes: packetBytesOf(message) };
    const counts = message.qos > 0;
    this.open.add(entry);
    let holds = false;
    let take = (): void => {};
    const ready = new Promise<void>((resolve) => {
      take = () => {
        holds = counts;
        if (counts) this.slots++;
        resolve();
      };
    });
    if (!counts || (this.waiting.length === 0 && this.isFree())) take();
    else this.waiting.push(take);
    return {
      ready,
      left: () => {
        entry.left_ms = this.now_ms();
      },
      done: () => {
        this.open.delete(entry);
        if (!counts) this.keep(entry);
        if (holds) this.slots--;
        holds = false;
        const at = this.waiting.indexOf(take);
        if (at >= 0) this.waiting.splice(at, 1);
        this.admit();
      },
    };
  }

  /**
   * The connection ended. Returns the largest packet that the broker seems to take where this end taught it, and
   * `suspect` where a large message may be why.
   */
  noteEnd(): { readonly suspect: boolean; readonly learnt?: number } {
    const now_ms = this.now_ms();
    const left = (list: Iterable<Left>, within_ms: number): Left[] =>
      [...list].filter(
        ({ bytes, left_ms }) =>
          bytes > ALWAYS_TAKEN_BYTES && left_ms !== undefined && left_ms >= now_ms - within_ms,
      );
    const large = [
      ...left(this.open, SUSPECT_WITHIN_ms),
      ...left(this.gone, SUSPECT_UNANSWERED_WITHIN_ms),
    ];
    this.gone = [];
    if (large.length === 0) {
      this.suspectEnds = [];
      return { suspect: false };
    }
    this.suspectEnds.push(Math.min(...large.map(({ bytes }) => bytes)));
    if (this.suspectEnds.length < ENDS_TO_LEARN) return { suspect: true };
    const bytes = Math.min(...this.suspectEnds) - 1;
    this.learnt = { bytes, at_ms: this.now_ms() };
    this.suspectEnds = [];
    return { suspect: true, learnt: bytes };
  }

  private keep({ bytes, left_ms }: Left): void {
    if (this.canTell || bytes <= ALWAYS_TAKEN_BYTES || left_ms === undefined) return;
    this.gone = [...this.gone.slice(1 - UNANSWERED_KEPT), { bytes, left_ms }];
  }

  private isFree(): boolean {
    return this.slots < (this.told.receiveMaximum ?? RECEIVE_MAXIMUM);
  }

  private admit(): void {
    while (this.waiting.length > 0 && this.isFree()) this.waiting.shift()?.();
  }
}

/** A PUBLISH packet's size with its header, at most. */
export function packetBytesOf({ topic, payload }: OutgoingMessage): number {
  return HEADER_BYTES + Buffer.byteLength(topic) + Buffer.byteLength(payload);
}
