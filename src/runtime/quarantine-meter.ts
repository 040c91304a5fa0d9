import type { LabFact, QuarantineReason } from "../events/lab-fact.ts";
import type { IncomingMessage } from "../events/message-bus.ts";
import { QUARANTINE_BYTES_MAX } from "./incoming.ts";
import type { RuntimePorts } from "./ports.ts";

/** Decides which refused messages go into the log whole; the rest are counted, so that garbage cannot fill a disk. */
export interface QuarantineMeter {
  /** False: it is counted, and the log will have the number. */
  isKeptWhole(
    message: Pick<IncomingMessage, "topic" | "payload">,
    reason: QuarantineReason,
  ): boolean;
  stop(): void;
}

interface MeterNeeds {
  readonly ports: Pick<RuntimePorts, "clock" | "timers">;
  readonly submit: (fact: LabFact) => Promise<unknown>;
}

/** The first of a topic and reason in this time is kept whole. */
const WHOLE_EVERY_ms = 60_000;
/** A refused clear of the emergency stop is somebody's attempt to start furnaces again: more of them are kept whole. */
const WHOLE_OF: Partial<Record<QuarantineReason, number>> = { clearRefused: 20 };
/** Topics are the sender's to invent: of all of them together no more than this are kept whole in that time. */
const WHOLE_MAX = 100;
/** And no more than so many bytes: 2 GB of the log a day, where it goes on for ever. */
const WHOLE_BYTES_MAX = 1024 * 1024;
/** Numbers are written so often. */
const COUNT_EVERY_ms = 10_000;
const TOPIC_CHARACTERS_MAX = 1024;

type Count = { topic: string; reason: QuarantineReason; count: number; bytes: number };

export function createQuarantineMeter(needs: MeterNeeds): QuarantineMeter {
  return new Meter(needs);
}

class Meter implements QuarantineMeter {
  private readonly needs: MeterNeeds;
  private readonly whole = new Map<string, number>();
  private kept = 0;
  private keptBytes = 0;
  private since_ms = Number.NEGATIVE_INFINITY;
  /** By sender and reason: what has been counted since the last numbers, and who must still be told quiet. */
  private readonly counts = new Map<string, Count>();
  private cancel: (() => void) | undefined;

  constructor(needs: MeterNeeds) {
    this.needs = needs;
  }

  isKeptWhole(
    { topic, payload }: Pick<IncomingMessage, "topic" | "payload">,
    reason: QuarantineReason,
  ): boolean {
    const now_ms = this.needs.ports.clock.now_ms();
    // A clock that was set back begins a new window too.
    if (Math.abs(now_ms - this.since_ms) >= WHOLE_EVERY_ms) {
      this.since_ms = now_ms;
      this.whole.clear();
      this.kept = 0;
      this.keptBytes = 0;
    }
    const key = `${reason} ${topic}`;
    const before = this.whole.get(key) ?? 0;
    const isRoom = this.kept < WHOLE_MAX && this.keptBytes < WHOLE_BYTES_MAX;
    if (before < (WHOLE_OF[reason] ?? 1) && isRoom) {
      this.whole.set(key, before + 1);
      this.kept += 1;
      this.keptBytes += Math.min(payload.byteLength, QUARANTINE_BYTES_MAX);
      return true;
    }
    this.count(senderOf(topic), reason, payload.byteLength);
    return false;
  }

  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
    this.tell();
  }

  private count(topic: string, reason: QuarantineReason, bytes: number): void {
    const key = `${reason} ${topic}`;
    const known = this.counts.get(key) ?? this.newCount(key, topic, reason);
    known.count += 1;
    known.bytes += bytes;
    if (this.cancel === undefined) this.tellLater();
  }

  /** Senders are names that anybody may invent as well. */
  private newCount(key: string, topic: string, reason: QuarantineReason): Count {
    const isFull = this.counts.size >= WHOLE_MAX;
    const name = isFull ? `${reason} others` : key;
    const count = this.counts.get(name) ?? {
      topic: isFull ? "others" : topic,
      ...{ reason, count: 0, bytes: 0 },
    };
    this.counts.set(name, count);
    return count;
  }

  private tellLater(): void {
    const { clock, timers } = this.needs.ports;
    this.cancel = timers.schedule(clock.now_ms() + COUNT_EVERY_ms, () => {
      this.cancel = undefined;
      this.tell();
      if (this.counts.size > 0) this.tellLater();
    });
  }

  /** A number for each; a zero, once, where it has become quiet. */
  private tell(): void {
    for (const [key, { topic, reason, count, bytes }] of this.counts) {
      if (count === 0) this.counts.delete(key);
      else this.counts.set(key, { topic, reason, count: 0, bytes: 0 });
      // A log that cannot be written is told to everybody else already.
      this.needs
        .submit({ type: "message.quarantineCounted", topic, reason, count, bytes })
        .catch(() => {});
    }
  }
}

/** The part of a topic that names who speaks, e.g. `tieline/v1/lab1/instrument/furnace-1`. */
function senderOf(topic: string): string {
  return topic.split("/").slice(0, 5).join("/").slice(0, TOPIC_CHARACTERS_MAX);
}
