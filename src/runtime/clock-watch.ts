import type { LabFact } from "../events/lab-fact.ts";
import type { Lab } from "./lab.ts";
import type { RuntimePorts } from "./ports.ts";

/** Notices clocks that disagree: an instrument's with ours, and ours with the time that really passed. */
export interface ClockWatch {
  start(): void;
  /** A fresh message of an instrument, and when it says that it was sent. */
  onMessage(instrumentId: string, sent_ms: number): void;
  stop(): void;
}

interface WatchNeeds {
  readonly lab: Lab;
  readonly ports: Pick<RuntimePorts, "clock" | "timers" | "logger" | "monotonic_ms">;
  readonly submit: (fact: LabFact) => Promise<unknown>;
}

/** More than this and a start may come after its notAfter, or be obeyed long after it. */
const SKEW_ms = 5_000;
/** A clock is right again within this: the rest is the network. */
const RIGHT_ms = 2_500;
/** The least delayed of so many messages tells the clock; the others tell the network. */
const MESSAGES = 3;
const TICK_ms = 1_000;
/** A step is told for so long. */
const TOLD_ms = 600_000;

export function createClockWatch(needs: WatchNeeds): ClockWatch {
  return new Watch(needs);
}

class Watch implements ClockWatch {
  private readonly needs: WatchNeeds;
  private readonly offsets = new Map<string, number[]>();
  private readonly skewed = new Set<string>();
  private cancel = (): void => {};
  private ahead_ms = 0;
  private steppedAt_ms: number | undefined;

  constructor(needs: WatchNeeds) {
    this.needs = needs;
  }

  start(): void {
    for (const id of this.needs.lab.clocks.keys()) this.skewed.add(id);
    if (this.needs.ports.monotonic_ms === undefined) return;
    this.steppedAt_ms = this.skewed.has(OURS) ? this.passed_ms() : undefined;
    this.ahead_ms = this.difference_ms();
    this.tick();
  }

  onMessage(instrumentId: string, sent_ms: number): void {
    const offsets = this.offsets.get(instrumentId) ?? [];
    if (!this.offsets.has(instrumentId)) this.offsets.set(instrumentId, offsets);
    offsets.push(sent_ms - this.needs.ports.clock.now_ms());
    if (offsets.length < MESSAGES) return;
    if (offsets.length > MESSAGES) offsets.shift();
    // A message is late, never early: the largest offset is the clock's own.
    const offset_ms = Math.max(...offsets);
    const isSkewed = this.skewed.has(instrumentId);
    if (!isSkewed && Math.abs(offset_ms) > SKEW_ms) {
      this.skewed.add(instrumentId);
      this.note({ instrumentId, offset_ms: Math.round(offset_ms) });
    }
    if (isSkewed && Math.abs(offset_ms) < RIGHT_ms) {
      this.skewed.delete(instrumentId);
      this.note({ instrumentId, offset_ms: 0 });
    }
  }

  stop(): void {
    this.cancel();
  }

  /** Compares with the time that really passed; a step shows as a jump between two looks. */
  private tick(): void {
    const { clock, timers } = this.needs.ports;
    const ahead_ms = this.difference_ms();
    const step_ms = ahead_ms - this.ahead_ms;
    this.ahead_ms = ahead_ms;
    if (Math.abs(step_ms) > SKEW_ms) {
      this.steppedAt_ms = this.passed_ms();
      this.note({ offset_ms: Math.round(step_ms) });
    } else if (this.steppedAt_ms !== undefined && this.passed_ms() - this.steppedAt_ms > TOLD_ms) {
      this.steppedAt_ms = undefined;
      this.note({ offset_ms: 0 });
    }
    this.cancel = timers.schedule(clock.now_ms() + TICK_ms, () => this.tick());
  }

  private passed_ms(): number {
    return this.needs.ports.monotonic_ms?.() ?? 0;
  }

  private difference_ms(): number {
    return this.needs.ports.clock.now_ms() - this.passed_ms();
  }

  private note(about: { readonly instrumentId?: string; readonly offset_ms: number }): void {
    this.needs.ports.logger.warn(about, "clock.noted");
    this.needs.submit({ type: "clock.noted", ...about }).catch(() => {});
  }
}

/** The name of the daemon's own clock among those of the instruments; no instrument can have it. */
const OURS = "";
