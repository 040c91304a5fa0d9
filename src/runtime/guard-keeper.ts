import type { PlacedGuard } from "../domain/limits/guard.ts";
import {
  type GuardState,
  type GuardStep,
  noteGap,
  noteQuiet,
  noteReading,
  noteSilence,
  type Reading,
  settlesAt_ms,
} from "../domain/limits/guard-state.ts";
import type { LabEvent } from "../events/lab-event.ts";
import type { LabFact } from "../events/lab-fact.ts";
import type { Lab } from "./lab.ts";
import { placedGuards } from "./placed-guards.ts";
import type { RuntimePorts } from "./ports.ts";

type ChannelReading = Omit<Reading, "heard_ms"> & {
  readonly instrumentId: string;
  readonly channel: string;
};

/** Looks at every reading as it comes, and at the silence between them; what it finds is logged before it acts. */
export interface GuardKeeper {
  onReading(reading: ChannelReading): void;
  /** The broker came or went: what was told while it was away is lost. */
  onConnection(connected: boolean): void;
  /** After each event: guards come with births and campaigns, and go with them. */
  onEvent(event: LabEvent): void;
  stop(): void;
}

interface KeeperNeeds {
  readonly lab: Lab;
  readonly ports: Pick<RuntimePorts, "clock" | "timers" | "logger" | "monotonic_ms">;
  readonly submit: (fact: LabFact) => Promise<unknown>;
  /** Sets the laboratory's emergency stop. */
  readonly emergencyStop: (stop: { readonly guardId: string; readonly reason: string }) => void;
}

/** A guard whose channel has told nothing for so long since its instrument came guards nothing: that is told. */
const FIRST_READING_ms = 120_000;

interface Kept {
  readonly placed: PlacedGuard;
  state: GuardState;
  /** A person has been told that it hears nothing. */
  isTold: boolean;
  cancel: () => void;
  cancelSettling: () => void;
}

export function createGuardKeeper(needs: KeeperNeeds): GuardKeeper {
  return new Keeper(needs);
}

class Keeper implements GuardKeeper {
  private readonly needs: KeeperNeeds;
  private readonly kept = new Map<string, Kept>();
  private readonly onlineSince = new Map<string, number>();
  private shape = "";
  private stopped = false;

  constructor(needs: KeeperNeeds) {
    this.needs = needs;
  }

  onReading(reading: ChannelReading): void {
    const heard_ms = this.now_ms();
    for (const kept of this.kept.values()) {
      const { instrumentId, guard } = kept.placed;
      if (instrumentId !== reading.instrumentId || guard.channel !== reading.channel) continue;
      this.step(kept, noteReading(guard, kept.state, { ...reading, heard_ms }, instrumentId));
    }
  }

  onConnection(connected: boolean): void {
    if (!connected) this.noteGap();
  }

  onEvent({ fact }: LabEvent): void {
    const now_ms = this.now_ms();
    if (fact.type === "instrument.online" || fact.type === "instrument.birth")
      this.onlineSince.set(fact.instrumentId, now_ms);
    if (fact.type === "instrument.online" && !fact.online) this.noteGap(fact.instrumentId);
    if (fact.type === "daemon.started")
      for (const id of this.needs.lab.instrumentIds) this.onlineSince.set(id, now_ms);
    this.place();
  }

  stop(): void {
    this.stopped = true;
    for (const kept of this.kept.values()) letGo(kept);
    this.kept.clear();
  }

  /** Durations are told by a clock that nobody sets, where there is one. */
  private now_ms(): number {
    const { monotonic_ms, clock } = this.needs.ports;
    return monotonic_ms?.() ?? clock.now_ms();
  }

  private after(delay_ms: number, callback: () => void): () => void {
    const { clock, timers } = this.needs.ports;
    return timers.schedule(clock.now_ms() + delay_ms, () => {
      if (!this.stopped) callback();
    });
  }

  /** Readings of an instrument, or of all, may have been missed: what was settling begins anew. */
  private noteGap(instrumentId?: string): void {
    for (const kept of this.kept.values()) {
      if (instrumentId !== undefined && kept.placed.instrumentId !== instrumentId) continue;
      kept.state = noteGap(kept.state);
      kept.cancelSettling();
    }
  }

  /** Takes up guards that are new and lets go of those whose instrument or campaign is over. */
  private place(): void {
    const { lab } = this.needs;
    const placed = placedGuards(lab);
    const shape = JSON.stringify(placed);
    if (shape === this.shape && placed.length === this.kept.size) return;
    this.shape = shape;
    const wanted = new Map(placed.map((one) => [one.guardId, one]));
    for (const [guardId, kept] of this.kept) {
      // One that was changed begins anew, as it stands in the log: tripped until a reading is well for it.
      if (JSON.stringify(wanted.get(guardId)) === JSON.stringify(kept.placed)) continue;
      letGo(kept);
      this.kept.delete(guardId);
    }
    for (const guardId of lab.guards.keys()) {
      if (!wanted.has(guardId)) this.clear(guardId, "it is not guarded any more");
    }
    for (const one of placed) {
      if (this.kept.has(one.guardId)) continue;
      const action = lab.guards.get(one.guardId)?.action;
      const isTold = action === "tell";
      const state = { isTripped: action !== undefined && !isTold };
      const none = (): void => {};
      const kept: Kept = { placed: one, state, isTold, cancel: none, cancelSettling: none };
      this.kept.set(one.guardId, kept);
      this.watchSilence(kept);
    }
  }

  /** Comes back when the next reading is due at the latest. */
  private watchSilence(kept: Kept): void {
    const { guard } = kept.placed;
    const limit_ms = guard.stale_s === undefined ? FIRST_READING_ms : guard.stale_s * 1000;
    if (guard.stale_s === undefined && kept.state.heard_ms !== undefined) return;
    const left_ms = this.heardSince(kept) + limit_ms - this.now_ms();
    kept.cancel = this.after(left_ms > 0 ? left_ms : limit_ms, () => {
      this.lookAtSilence(kept);
      this.watchSilence(kept);
    });
  }

  private lookAtSilence(kept: Kept): void {
    const { lab } = this.needs;
    const { instrumentId: whose, guard, guardId } = kept.placed;
    const instrument = lab.machines.instrument.get(whose);
    // One that is not there is an alarm of its own, and gets no job.
    if (instrument?.states.includes("connection.online") !== true) return;
    const now_ms = this.now_ms();
    const since_ms = this.heardSince(kept);
    const step = noteSilence(guard, kept.state, { since_ms, now_ms, whose });
    if (step !== undefined) {
      this.step(kept, step);
      return;
    }
    if (kept.state.heard_ms !== undefined || now_ms - since_ms < FIRST_READING_ms) return;
    if (lab.guards.has(guardId)) return;
    kept.isTold = true;
    const text = `${whose} has told nothing on its channel ${guard.channel}: its guard guards nothing`;
    this.submit({ type: "guard.tripped", ...aboutOf(kept.placed), action: "tell", text });
  }

  private heardSince({ state, placed }: Kept): number {
    return Math.max(state.heard_ms ?? 0, this.onlineSince.get(placed.instrumentId) ?? 0);
  }

  private step(kept: Kept, { state, word, text }: GuardStep): void {
    const { guardId, guard } = kept.placed;
    kept.state = state;
    this.watchSettling(kept);
    if (word === "clear" || (word === undefined && kept.isTold)) this.clear(guardId, text);
    kept.isTold = false;
    if (word !== "trip") return;
    this.needs.ports.logger.warn({ guardId, action: guard.action, text }, "guard.tripped");
    this.submit({ type: "guard.tripped", ...aboutOf(kept.placed), action: guard.action, text });
    if (guard.action === "stop") this.needs.emergencyStop({ guardId, reason: text });
  }

  /** Comes back when the guard clears by its last reading, unless another one comes first. */
  private watchSettling(kept: Kept): void {
    const { guard, instrumentId } = kept.placed;
    kept.cancelSettling();
    const at_ms = settlesAt_ms(guard, kept.state);
    if (at_ms === undefined) return;
    kept.cancelSettling = this.after(Math.max(1, at_ms - this.now_ms()), () => {
      this.step(kept, noteQuiet(guard, kept.state, this.now_ms(), instrumentId));
    });
  }

  private clear(guardId: string, text: string): void {
    this.needs.ports.logger.info({ guardId, text }, "guard.cleared");
    this.submit({ type: "guard.cleared", guardId, text });
  }

  private submit(fact: LabFact): void {
    // The loop has told everybody where its log cannot be written any more.
    if (!this.stopped) this.needs.submit(fact).catch(() => {});
  }
}

function letGo({ cancel, cancelSettling }: Kept): void {
  cancel();
  cancelSettling();
}

function aboutOf({ guardId, instrumentId, campaignId, guard }: PlacedGuard) {
  const { channel } = guard;
  return campaignId === undefined
    ? { guardId, instrumentId, channel }
    : { guardId, instrumentId, campaignId, channel };
}
