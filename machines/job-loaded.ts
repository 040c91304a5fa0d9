import type { JobFailureReason } from "../src/domain/job.ts";
import { reportUnwanted } from "./job-actions.ts";
import { onRefusal, takeResult } from "./job-replies.ts";
import { effect, noteCancel, setupJob } from "./job-setup.ts";

/** On the way into a load: the station is the load's, and so is every deadline. */
export const noteLoad = setupJob.assign(({ context, event }) =>
  event.type !== "job.load"
    ? {}
    : {
        loadId: event.loadId,
        instrumentId: event.instrumentId,
        bootId: event.bootId,
        sentTo: [...context.sentTo.slice(0, context.attempt - 1), event.instrumentId],
      },
);

/** By its load's reason, or (a person wanted its end) by that. */
const failAs = (reason?: JobFailureReason) =>
  setupJob.assign({
    failure: ({ context, event }) =>
      event.type === "job.loadEnded"
        ? { reason: context.cancelReason ?? reason ?? event.reason, detail: event.detail }
        : context.failure,
  });

/**
 * One of the samples of a load. What becomes of it is its load's to tell: a result or a failure of its own, or the load's
 * end. It has no deadline because its load has one in each of its states.
 */
export const loaded = {
  on: {
    ...takeResult,
    "job.failed": onRefusal("failedOnInstrument"),
    "job.cancel": { actions: [noteCancel, effect(reportUnwanted)] },
    "job.loadEnded": [
      { guard: "isOfOtherLoad" as const },
      { guard: "isCancelled" as const, target: "cancelled" as const, actions: failAs() },
      { guard: "neverBeganInLoad" as const, target: "queued" as const },
      { guard: "mayRepeatAfterLoad" as const, target: "retryWait" as const },
      {
        guard: "isRetryableButUsedUp" as const,
        target: "deadLetter" as const,
        actions: failAs("retriesUsedUp"),
      },
      // Nobody knows what became of the sample: a person has to look at it.
      { guard: "isLostInLoad" as const, target: "deadLetter" as const, actions: failAs() },
      { target: "failed" as const, actions: failAs() },
    ],
    "job.doubt": {},
    "job.ask": {},
    "timer.fired": {},
  },
};

/** Ends each job of a load of which it has brought no word. */
export const endMembers = setupJob.enqueueActions(({ context, event, enqueue }) => {
  for (const { jobId: id } of context.members ?? [])
    enqueue({
      type: "effect",
      params: {
        kind: "tell",
        to: { machine: "job", id },
        event: {
          type: "job.loadEnded",
          loadId: context.jobId,
          reason: context.failure?.reason ?? "failedOnInstrument",
          detail: context.failure?.detail ?? `${context.jobId} brought nothing of it`,
          retryable: "retryable" in event && event.retryable === true,
          time_ms: event.time_ms,
          position: event.position,
        },
      },
    });
});
