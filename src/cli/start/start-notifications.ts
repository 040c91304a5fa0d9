import { createWebhook } from "../../../adapters/notifications/webhook.ts";
import type { Configuration } from "../../../config/schema.ts";
import type { Logger } from "../../core/logger.ts";
import type { LabView } from "../../views/lab-view.ts";
import { noticesBetween } from "../../views/notices.ts";

/** Looks at the overview once a second and tells the configured webhooks what became true since. */
const INTERVAL_ms = 1000;

/** Starts telling; returns the function that stops it, after what is on its way has left (at most two seconds). */
export function startNotifications(
  configuration: Configuration,
  view: LabView,
  logger: Logger,
): () => Promise<void> {
  const { site, notifications } = configuration;
  if (notifications.length === 0) return async () => {};
  const webhooks = notifications.map((one) => createWebhook({ ...one, site, logger }));
  let before = view.overview();
  const look = (): void => {
    const after = view.overview();
    for (const notice of noticesBetween(before, after)) {
      for (const webhook of webhooks) webhook.notify(notice);
    }
    before = after;
  };
  const timer = setInterval(look, INTERVAL_ms);
  return async () => {
    clearInterval(timer);
    look();
    const left = Promise.all(webhooks.map((webhook) => webhook.idle()));
    await Promise.race([left, new Promise((resolve) => setTimeout(resolve, 2000))]);
    for (const webhook of webhooks) webhook.stop();
  };
}
