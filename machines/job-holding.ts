import { alarm, stopTimer } from "./job-actions.ts";
import { setupJob } from "./job-setup.ts";

/**
 * A job that its instrument holds is told at once, with when it will be cancelled. Its timer has a name of its own, so
 * that timers of logs whose jobs were held without a bound keep theirs.
 */
export const boundHolding = setupJob.enqueueActions(({ context, event, enqueue }) => {
  if (event.type !== "job.held" || event.until_ms === undefined) return;
  const timerId = `${context.jobId}/h${event.position}`;
  const at_ms = event.until_ms;
  enqueue.assign({ timerId });
  enqueue({
    type: "effect",
    params: { kind: "command", command: { type: "startTimer", timerId, at_ms } },
  });
  const text = `${context.jobId} is held on ${context.instrumentId} since ${utc(event.time_ms)} and is cancelled at ${utc(at_ms)} unless it goes on.`;
  enqueue({ type: "effect", params: alarm("warning", () => text)({ context, event }) });
});

/** The alarm goes with the state that it tells of; so does the timer, where one was armed. */
export const endHolding = setupJob.enqueueActions(({ context, event, enqueue }) => {
  if (!(context.timerId ?? "").startsWith(`${context.jobId}/h`)) return;
  enqueue({ type: "effect", params: stopTimer({ context, event }) });
  enqueue({ type: "effect", params: alarm("warning", () => "")({ context, event }) });
});

/** `14:05 UTC`. */
function utc(time_ms: number): string {
  return `${new Date(time_ms).toISOString().slice(11, 16)} UTC`;
}
