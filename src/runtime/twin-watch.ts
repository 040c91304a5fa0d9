import type { InstrumentFact, LabFact } from "../events/lab-fact.ts";
import type { Lab } from "./lab.ts";
import type { RuntimePorts } from "./ports.ts";

/** Notices two controllers that speak under one instrument's name: both obey what is sent to it. */
export interface TwinWatch {
  /** A word of an instrument about itself, and when it says that it was sent. Asked before the word is logged. */
  onWord(fact: InstrumentFact, sent_ms: number, retained: boolean): void;
  stop(): void;
}

interface WatchNeeds {
  readonly lab: Lab;
  readonly ports: Pick<RuntimePorts, "clock" | "timers" | "logger">;
  readonly submit: (fact: LabFact) => Promise<unknown>;
}

/** One that has said goodbye and not a word for so long has gone; clients of one id push each other out more often. */
const GONE_AFTER_ms = 60_000;

/**
 * A controller that starts has a new boot, and says nothing more under the one before. So a word of a former boot that was *sent*
 * after the first word of the present one comes from a second controller that is alive; words that were only late were sent before.
 * What a broker has kept proves nothing. It is settled when one of the two has said goodbye and kept silent, or when a controller
 * starts anew: somebody has been there. A twin that speaks again is noticed again.
 */
export function createTwinWatch(needs: WatchNeeds): TwinWatch {
  return new Watch(needs);
}

class Watch implements TwinWatch {
  private readonly needs: WatchNeeds;
  private readonly begun_ms: number;
  /** When the present boot of each instrument spoke first. */
  private readonly firstWords = new Map<string, { readonly bootId: string; sent_ms: number }>();
  /** What has been submitted and is not in the laboratory yet, by instrument. */
  private readonly told = new Map<string, string>();
  private readonly leaving = new Map<string, () => void>();

  constructor(needs: WatchNeeds) {
    this.needs = needs;
    this.begun_ms = needs.ports.clock.now_ms();
  }

  onWord(fact: InstrumentFact, sent_ms: number, retained: boolean): void {
    const { instrumentId, bootId } = fact;
    if (Number.isNaN(sent_ms)) return;
    const { context } = this.needs.lab.machines.instrument.get(instrumentId) ?? {};
    const isFormer = context?.formerBootIds.includes(bootId) === true;
    if (context !== undefined && !isFormer) this.noteFirst(instrumentId, bootId, sent_ms);
    if (retained) return;
    if (fact.type === "instrument.online" && !fact.online) {
      this.noteGoodbye(instrumentId, bootId);
      return;
    }
    this.stays(instrumentId, bootId);
    const present = context?.bootId;
    if (isFormer && present !== undefined) {
      if (sent_ms > this.firstWord_ms(instrumentId, present))
        this.contest(instrumentId, present, bootId);
    } else if (present !== bootId && this.needs.lab.contested.has(instrumentId)) {
      this.settle(instrumentId, undefined);
    }
  }

  stop(): void {
    for (const cancel of this.leaving.values()) cancel();
    this.leaving.clear();
  }

  private noteFirst(instrumentId: string, bootId: string, sent_ms: number): void {
    const known = this.firstWords.get(instrumentId);
    if (known?.bootId !== bootId) this.firstWords.set(instrumentId, { bootId, sent_ms });
    else known.sent_ms = Math.min(known.sent_ms, sent_ms);
  }

  /** Of a boot that has not spoken since the daemon started: then. */
  private firstWord_ms(instrumentId: string, bootId: string): number {
    const known = this.firstWords.get(instrumentId);
    return known?.bootId === bootId ? known.sent_ms : this.begun_ms;
  }

  private contest(instrumentId: string, present: string, other: string): void {
    const known = this.needs.lab.contested.get(instrumentId)?.bootIds ?? [];
    const bootIds = [present, other];
    if (bootIds.every((id) => known.includes(id))) return;
    if (this.told.get(instrumentId) === other) return;
    this.told.set(instrumentId, other);
    this.note({ type: "instrument.contested", instrumentId, bootIds });
  }

  private noteGoodbye(instrumentId: string, bootId: string): void {
    const { clock, timers } = this.needs.ports;
    const contest = this.needs.lab.contested.get(instrumentId);
    if (contest?.bootIds.includes(bootId) !== true) return;
    this.stays(instrumentId, bootId);
    const cancel = timers.schedule(clock.now_ms() + GONE_AFTER_ms, () => {
      this.leaving.delete(`${instrumentId}/${bootId}`);
      const { bootIds = [] } = this.needs.lab.contested.get(instrumentId) ?? {};
      if (bootIds.includes(bootId))
        this.settle(
          instrumentId,
          bootIds.find((id) => id !== bootId),
        );
    });
    this.leaving.set(`${instrumentId}/${bootId}`, cancel);
  }

  private stays(instrumentId: string, bootId: string): void {
    const key = `${instrumentId}/${bootId}`;
    this.leaving.get(key)?.();
    this.leaving.delete(key);
  }

  private settle(instrumentId: string, bootId: string | undefined): void {
    if (this.told.get(instrumentId) === "") return;
    this.told.set(instrumentId, "");
    const stays = bootId === undefined ? {} : { bootId };
    this.note({ type: "instrument.settled", instrumentId, ...stays });
  }

  private note(fact: Extract<LabFact, { type: "instrument.contested" | "instrument.settled" }>) {
    const { type, ...about } = fact;
    this.needs.ports.logger.warn(about, type);
    this.needs.submit(fact).then(
      () => this.told.delete(fact.instrumentId),
      () => {},
    );
  }
}
