import type { SSEStreamingApi } from "hono/streaming";
import { toRfc3339 } from "../../../src/core/clock.ts";
import type { OutgoingMessage } from "../../../src/events/message-bus.ts";
import type { EventLine } from "../../../src/views/event-stream-view.ts";

/** The log's lines for programs, as server-sent events whose ids are positions: a program that was away goes on behind its last. */
export interface LineFeed {
  /** Takes the dashboard's messages; those that carry lines are handed on. */
  publish(message: OutgoingMessage): void;
  serve(stream: SSEStreamingApi, lastEventId: string | undefined): Promise<void>;
  stop(): void;
  readonly watchers: number;
}

const HEARTBEAT_ms = 15_000;

/** `linesAfter` reads what is kept of the log; older lines are in exports. */
export function createLineFeed(linesAfter: (position: number) => readonly EventLine[]): LineFeed {
  const wakers = new Set<() => void>();
  let isOpen = true;
  const serve = async (stream: SSEStreamingApi, lastEventId: string | undefined): Promise<void> => {
    let last = /^\d+$/.test(lastEventId ?? "") ? Number(lastEventId) : newest(linesAfter);
    let isGone = false;
    let wake = (): void => {};
    const waker = (): void => wake();
    wakers.add(waker);
    stream.onAbort(() => {
      isGone = true;
      wake();
    });
    try {
      await stream.write(": the log of the laboratory\n\n");
      while (isOpen && !isGone) {
        for (const line of linesAfter(last)) {
          const { position, time_ms, type, subject, text } = line;
          const data = { position, time: toRfc3339(time_ms), type, subject, text };
          await stream.writeSSE({
            id: String(position),
            event: "line",
            data: JSON.stringify(data),
          });
          last = position;
        }
        const isQuiet = await new Promise<boolean>((resolve) => {
          const timer = setTimeout(() => resolve(true), HEARTBEAT_ms);
          wake = () => {
            clearTimeout(timer);
            resolve(false);
          };
          if (!isOpen || isGone || linesAfter(last).length > 0) wake();
        });
        if (isQuiet && !isGone) await stream.write(": still here\n\n");
      }
    } finally {
      wakers.delete(waker);
    }
  };
  const wakeAll = (): void => {
    for (const wake of wakers) wake();
  };
  return {
    publish: ({ topic }) => {
      if (topic.endsWith("/dashboard/events")) wakeAll();
    },
    serve,
    stop: () => {
      isOpen = false;
      wakeAll();
    },
    get watchers() {
      return wakers.size;
    },
  };
}

function newest(linesAfter: (position: number) => readonly EventLine[]): number {
  return linesAfter(0).at(-1)?.position ?? 0;
}
