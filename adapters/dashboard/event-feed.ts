import type { SSEStreamingApi } from "hono/streaming";
import type { OutgoingMessage } from "../../src/events/message-bus.ts";

/** Browsers that watch at once; each costs a socket and one message a topic. */
export const WATCHERS_MAX = 256;
/** Of one address, so that a program that opens one after the other locks out nobody else; proxies have one for many people. */
export const WATCHERS_OF_ADDRESS_MAX = 48;
/** Topics that are kept: one a campaign and instrument, and a few more. */
const TOPICS_MAX = 2000;
/** A comment keeps proxies from closing a quiet stream. */
const HEARTBEAT_ms = 15_000;

/** The dashboard topics as server-sent events. */
export interface EventFeed {
  /**
   * Hands one dashboard message to every watcher and keeps it as the newest of its topic. A campaign's state message
   * becomes the event `news`: a view is sent at most once a second, a result must be seen sooner.
   */
  publish(message: OutgoingMessage): void;
  /** Serves one watcher until it leaves: first what it has missed since `lastEventId`, then everything new. */
  serve(
    stream: SSEStreamingApi,
    watcher: { readonly lastEventId: string | undefined; readonly address: string },
  ): Promise<void>;
  /** How many watch from one address. */
  watchersOf(address: string): number;
  /** The newest message of every topic, as the events carry them. */
  latest(): readonly string[];
  readonly watchers: number;
  stop(): void;
}

interface Kept {
  readonly id: number;
  readonly data: string;
}

/** `tieline/v1/{site}/campaign/{id}/state`: sent with each change, while views are sent once a second. */
const CAMPAIGN_STATE = /\/campaign\/([^/]+)\/state$/;

interface Watcher {
  /** The newest unsent message a topic: a slow watcher skips intermediate views instead of filling the memory. */
  readonly pending: Map<string, Kept>;
  /** Campaigns that have changed since their last view. */
  readonly news: Set<string>;
  readonly address: string;
  wake: () => void;
  open: boolean;
}

/**
 * Every message is the whole view of its topic, so a watcher that comes back needs only the newest message of each topic
 * with an id after the one it saw last. Ids name this process: after a restart everything is sent.
 */
export function createEventFeed(boot: string): EventFeed {
  const newest = new Map<string, Kept>();
  const watchers = new Set<Watcher>();
  let sequence = 0;

  return {
    publish: ({ topic, payload }) => {
      // Campaign topics are for programs; the page only takes them as a sign that a newer view can be asked for.
      const changed = CAMPAIGN_STATE.exec(topic)?.[1];
      if (changed !== undefined) return tellNews(watchers, changed);
      if (!topic.includes("/dashboard/")) return;
      if (!newest.has(topic) && newest.size >= TOPICS_MAX) return;
      // The payload is JSON already: it is embedded as it is, so that watchers get exactly what MQTT clients get.
      const kept = {
        id: ++sequence,
        data: `{"topic":${JSON.stringify(topic)},"payload":${payload}}`,
      };
      newest.set(topic, kept);
      for (const watcher of watchers) {
        watcher.pending.set(topic, kept);
        watcher.wake();
      }
    },
    serve: async (stream, { lastEventId, address }) => {
      const seen = seenSequence(boot, lastEventId);
      const missed = [...newest].filter(([, kept]) => kept.id > seen);
      const watcher: Watcher = {
        pending: new Map(missed),
        news: new Set(),
        address,
        wake: () => {},
        open: true,
      };
      watchers.add(watcher);
      stream.onAbort(() => close(watcher));
      try {
        await stream.writeSSE({ event: "hello", data: JSON.stringify({ boot }) });
        while (watcher.open) {
          await drain(stream, watcher, boot);
          const quiet = await waitForMore(watcher);
          if (quiet && watcher.open) await stream.write(": still here\n\n");
        }
      } finally {
        watchers.delete(watcher);
      }
    },
    latest: () => [...newest.values()].map((kept) => kept.data),
    watchersOf: (address) => [...watchers].filter((one) => one.address === address).length,
    get watchers() {
      return watchers.size;
    },
    stop: () => {
      for (const watcher of watchers) close(watcher);
    },
  };
}

function tellNews(watchers: ReadonlySet<Watcher>, campaignId: string): void {
  for (const watcher of watchers) {
    watcher.news.add(campaignId);
    watcher.wake();
  }
}

function seenSequence(boot: string, lastEventId: string | undefined): number {
  const [itsBoot, number] = (lastEventId ?? "").split(":");
  return itsBoot === boot ? Number(number) || 0 : 0;
}

function close(watcher: Watcher): void {
  watcher.open = false;
  watcher.wake();
}

async function drain(stream: SSEStreamingApi, watcher: Watcher, boot: string): Promise<void> {
  while (watcher.open && watcher.pending.size + watcher.news.size > 0) {
    const messages = [...watcher.pending.values()].sort((a, b) => a.id - b.id);
    const news = [...watcher.news];
    watcher.pending.clear();
    watcher.news.clear();
    for (const campaignId of news) {
      await stream.writeSSE({ event: "news", data: JSON.stringify({ campaignId }) });
    }
    for (const { id, data } of messages) {
      await stream.writeSSE({ id: `${boot}:${id}`, event: "view", data });
    }
  }
}

/** Resolves with true where nothing came for {@link HEARTBEAT_ms}. */
function waitForMore(watcher: Watcher): Promise<boolean> {
  if (!watcher.open || watcher.pending.size + watcher.news.size > 0) return Promise.resolve(false);
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(true), HEARTBEAT_ms);
    const finish = (quiet: boolean): void => {
      clearTimeout(timer);
      watcher.wake = () => {};
      resolve(quiet);
    };
    watcher.wake = () => finish(false);
  });
}
