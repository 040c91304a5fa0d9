import type { Clock, Timers } from "../../src/core/clock.ts";
import type { JobMemory } from "./controller-memory.ts";

/** The pause between two sendings grows to this many times the first. */
const PAUSE_FACTOR_MAX = 60;

interface Waiting {
  readonly job: JobMemory;
  sendings: number;
  cancel: () => void;
}

/** Sends results and failures again and again, ever more slowly, until the agent's `ack`: only that means "on disk". */
export class ResultOutbox {
  readonly #clock: Clock & Timers;
  readonly #firstPause_ms: number;
  readonly #send: (job: JobMemory, sendings: number) => void;
  readonly #waiting = new Map<JobMemory, Waiting>();

  constructor(options: {
    readonly clock: Clock & Timers;
    readonly resendAfter_s: number;
    /** `sendings` counts from 1 in this life of the controller. */
    readonly send: (job: JobMemory, sendings: number) => void;
  }) {
    this.#clock = options.clock;
    this.#firstPause_ms = options.resendAfter_s * 1000;
    this.#send = options.send;
  }

  add(job: JobMemory): void {
    if (this.#waiting.has(job)) return;
    const waiting: Waiting = { job, sendings: 0, cancel: () => {} };
    this.#waiting.set(job, waiting);
    this.#sendNow(waiting);
  }

  /** Sends everything at once, as after a reconnection. */
  sendAll(): void {
    for (const waiting of [...this.#waiting.values()]) {
      waiting.cancel();
      this.#sendNow(waiting);
    }
  }

  remove(job: JobMemory): void {
    this.#waiting.get(job)?.cancel();
    this.#waiting.delete(job);
  }

  clear(): void {
    for (const job of [...this.#waiting.keys()]) this.remove(job);
  }

  #sendNow(waiting: Waiting): void {
    waiting.sendings += 1;
    const factor = Math.min(2 ** (waiting.sendings - 1), PAUSE_FACTOR_MAX);
    waiting.cancel = this.#clock.schedule(this.#clock.now_ms() + this.#firstPause_ms * factor, () =>
      this.#sendNow(waiting),
    );
    this.#send(waiting.job, waiting.sendings);
  }
}
