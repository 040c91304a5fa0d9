import type { Clock, Timers } from "../../../src/core/clock.ts";

/** Time that passes when the test says so, from now on; everything that is due happens in its order. */
export class VirtualClock implements Clock, Timers {
  #now_ms = Date.now();
  #due: { readonly at_ms: number; readonly callback: () => void }[] = [];

  now_ms(): number {
    return this.#now_ms;
  }

  schedule(at_ms: number, callback: () => void): () => void {
    const one = { at_ms, callback };
    this.#due.push(one);
    return () => {
      this.#due = this.#due.filter((other) => other !== one);
    };
  }

  async pass(span_ms: number): Promise<void> {
    const end_ms = this.#now_ms + span_ms;
    for (;;) {
      // What was called goes as far as it can before the next.
      await new Promise((resolve) => setImmediate(resolve));
      const [next] = this.#due.sort((a, b) => a.at_ms - b.at_ms);
      if (next === undefined || next.at_ms > end_ms) break;
      this.#due.shift();
      this.#now_ms = Math.max(this.#now_ms, next.at_ms);
      next.callback();
    }
    this.#now_ms = end_ms;
  }
}
