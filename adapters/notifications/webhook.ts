import { setTimeout as wait } from "node:timers/promises";
import { LabError } from "../../src/core/errors.ts";
import type { Logger } from "../../src/core/logger.ts";
import type { Notice } from "../../src/views/notices.ts";

export interface WebhookOptions {
  readonly url: string;
  /** `generic`: the notice as JSON. `slack`: `{text}`, which Slack, Mattermost and Rocket.Chat show. */
  readonly format: "generic" | "slack";
  /** Only these events; absent means all. */
  readonly events?: readonly Notice["event"][] | undefined;
  readonly site: string;
  readonly logger: Logger;
  /** First pause before trying again, ms; doubled each time. */
  readonly retryFirst_ms?: number | undefined;
}

/** Tells one address what happened; never holds the loop up and never throws. */
export interface Webhook {
  /** Puts a notice in the queue. */
  notify(notice: Notice): void;
  /** Resolves when the queue is empty (or given up). */
  idle(): Promise<void>;
  /** Gives up what waits. */
  stop(): void;
}

/** Attempts for one notice: with doubling from 1 s, about half a minute in all. */
const ATTEMPTS_MAX = 6;
/** Notices that wait; an address that is down must not fill the memory. The oldest goes first. */
const QUEUE_MAX = 100;
const TIMEOUT_ms = 10_000;
const PAUSE_ms_max = 60_000;

export function createWebhook(options: WebhookOptions): Webhook {
  const { logger } = options;
  const queue: Notice[] = [];
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    for (let notice = queue.shift(); notice !== undefined; notice = queue.shift()) {
      try {
        await deliver(options, notice, stopping.signal);
      } catch (error) {
        if (stopping.signal.aborted) return;
        logger.error({ notice, error: describe(error) }, "notification.notDelivered");
      }
    }
  };
  return {
    notify: (notice) => {
      if (options.events !== undefined && !options.events.includes(notice.event)) return;
      if (stopping.signal.aborted) return;
      if (queue.length >= QUEUE_MAX) {
        logger.error({ notice: queue.shift() }, "notification.dropped");
      }
      queue.push(notice);
      running ??= run().finally(() => {
        running = undefined;
      });
    },
    idle: async () => {
      while (running !== undefined) await running;
    },
    stop: () => {
      queue.length = 0;
      stopping.abort();
    },
  };
}

async function deliver(
  options: WebhookOptions,
  notice: Notice,
  stopping: AbortSignal,
): Promise<void> {
  let pause_ms = options.retryFirst_ms ?? 1000;
  for (let attempt = 1; ; attempt++) {
    const failure = await post(options, notice, stopping);
    if (failure === undefined) return;
    stopping.throwIfAborted();
    if (!failure.isTemporary || attempt === ATTEMPTS_MAX) throw failure.error;
    await wait(Math.min(PAUSE_ms_max, failure.retryAfter_ms ?? pause_ms), undefined, {
      signal: stopping,
    });
    pause_ms *= 2;
  }
}

interface Failure {
  readonly error: LabError;
  readonly isTemporary: boolean;
  readonly retryAfter_ms?: number | undefined;
}

/** One attempt; `undefined` where the address took it. */
async function post(
  options: WebhookOptions,
  notice: Notice,
  stopping: AbortSignal,
): Promise<Failure | undefined> {
  const { host } = new URL(options.url); // the path of a webhook is a secret and stays out of the log
  try {
    const response = await fetch(options.url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(bodyOf(options, notice)),
      redirect: "error",
      signal: AbortSignal.any([stopping, AbortSignal.timeout(TIMEOUT_ms)]),
    });
    await response.body?.cancel();
    if (response.ok) return undefined;
    const retryAfter_s = Number(response.headers.get("retry-after") ?? Number.NaN);
    return {
      error: new LabError("TL-9010", `${host} answered ${response.status} to a notification`),
      isTemporary: response.status >= 500 || response.status === 429 || response.status === 408,
      ...(Number.isFinite(retryAfter_s) ? { retryAfter_ms: retryAfter_s * 1000 } : {}),
    };
  } catch (cause) {
    const error = new LabError("TL-9010", `${host} can't be reached for a notification`, { cause });
    return { error, isTemporary: true };
  }
}

function bodyOf({ format, site }: WebhookOptions, notice: Notice): unknown {
  if (format === "generic") return { source: "tieline", site, ...notice };
  const mark = {
    alarm: ":rotating_light:",
    approval: ":raised_hand:",
    finished: ":checkered_flag:",
  };
  return { text: `${mark[notice.event]} *${site} / ${notice.subject}*: ${notice.text}` };
}

function describe(error: unknown): string {
  return error instanceof LabError ? error.toLine() : String(error);
}
