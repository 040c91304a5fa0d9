import type { Clock, Timers } from "../../src/core/clock.ts";
import type { JobMemory } from "./controller-memory.ts";

/** Progress is told at these shares of the duration, if they are at least a second of the clock apart. */
const PROGRESS = [0.25, 0.5, 0.75];
const PROGRESS_EVERY_MIN_MS = 1000;

/** When a running job is due to end, when it shall die, how far it is; frozen while it is held. */
export class JobTimer {
  readonly #clock: Clock & Timers;
  readonly #speed: number;
  #cancels: (() => void)[] = [];

  constructor(clock: Clock & Timers, speed: number) {
    this.#clock = clock;
    this.#speed = speed;
  }

  /** Time at which the job will be done if it is not held again, ms. */
  end_ms(job: JobMemory): number {
    return (job.started_ms ?? 0) + job.heldFor_ms + this.#duration_ms(job);
  }

  /** Share of the work that is done, 0..1. */
  fraction(job: JobMemory): number {
    const until_ms = job.held_ms ?? this.#clock.now_ms();
    const worked_ms = until_ms - (job.started_ms ?? until_ms) - job.heldFor_ms;
    return Math.min(1, Math.max(0, worked_ms / this.#duration_ms(job)));
  }

  /** Sets the timers of a running job; calls `atEnd` in due time, at once where that has passed. */
  arm(
    job: JobMemory,
    on: {
      readonly end: () => void;
      readonly progress: (fraction: number) => void;
      /** Share of the duration after which `death` happens. */
      readonly deathAt: number | undefined;
      readonly death: () => void;
    },
  ): void {
    this.disarm();
    const duration_ms = this.#duration_ms(job);
    const at = (share: number): number => this.end_ms(job) - (1 - share) * duration_ms;
    const plan = (share: number, callback: () => void): void => {
      if (at(share) > this.#clock.now_ms())
        this.#cancels.push(this.#clock.schedule(at(share), callback));
    };
    if (on.deathAt !== undefined) plan(on.deathAt, on.death);
    if (duration_ms * 0.25 >= PROGRESS_EVERY_MIN_MS) {
      for (const share of PROGRESS) plan(share, () => on.progress(share));
    }
    this.#cancels.push(this.#clock.schedule(this.end_ms(job), on.end));
  }

  disarm(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
  }

  #duration_ms(job: JobMemory): number {
    return ((job.plan?.duration_s ?? 0) * 1000) / this.#speed;
  }
}
