/** The channel (LISTEN, NOTIFY) on which whoever writes a log after a while calls those that follow it; the call is the log's schema. */
export const CHANNEL = "tieline";

export interface Calls {
  note(call: string | undefined): void;
  /** Waits for a call, for no longer than so; one that was noted since the last wait ends this one at once. */
  heard(time_ms: number): Promise<void>;
  /** Nothing is heard any more: who waits is let go. */
  end(): void;
}

/** What one connection hears of the log in this schema. */
export function createCalls(schema: string): Calls {
  const waiting = new Set<() => void>();
  let isNoted = false;
  let isOver = false;
  const wakeAll = (): void => {
    for (const wake of [...waiting]) wake();
  };
  return {
    note: (call) => {
      if (call !== schema) return;
      isNoted = true;
      wakeAll();
    },
    heard: (time_ms) =>
      new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          waiting.delete(wake);
          isNoted = false;
          resolve();
        };
        const timer = setTimeout(wake, time_ms);
        waiting.add(wake);
        if (isOver || isNoted) wake();
      }),
    end: () => {
      isOver = true;
      wakeAll();
    },
  };
}
