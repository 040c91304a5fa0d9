import { setup } from "xstate";
import type { JobFailureReason } from "../src/domain/job.ts";
import type { Effect } from "./effect.ts";
import { newTimer } from "./job-actions.ts";
import {
  JOB_TIMES,
  type JobContext,
  type JobEvent,
  type JobInput,
  SENDINGS_MAX,
} from "./job-types.ts";

type Args = { readonly context: JobContext; readonly event: JobEvent };
type Make = (args: Args) => Effect;

export const setupJob = setup({
  types: { context: {} as JobContext, events: {} as JobEvent, input: {} as JobInput },
  actions: { effect: (_, _effect: Effect) => {} },
  guards: {
    isMyTimer: ({ context, event }) =>
      event.type === "timer.fired" && event.timerId === context.timerId,
    /** Not one of before the job was held, which may fire late. */
    isMyHoldTimer: ({ context, event }) =>
      event.type === "timer.fired" &&
      event.timerId === context.timerId &&
      event.timerId.startsWith(`${context.jobId}/h`),
    needsApproval: ({ event }) => event.type === "job.submit" && event.needsApproval,
    isPersons: ({ context }) => context.byPerson === true,
    isOfThisAttempt: ({ context, event }) =>
      "attempt" in event && event.attempt === context.attempt,
    isOfWhatWasSent: ({ context, event }) =>
      "afterAll" in event &&
      event.afterAll === true &&
      event.attempt === context.attempt &&
      context.sentTo.length >= context.attempt,
    isOfEarlierAttempt: ({ context, event }) =>
      "attempt" in event && event.attempt < context.attempt,
    /** An overdue job that its instrument goes on with in spite of the cancel does not become a running one again. */
    isOfThisAttemptInTime: ({ context, event }) =>
      "attempt" in event &&
      event.attempt === context.attempt &&
      (context.overdue_ms === 0 || event.time_ms < context.overdue_ms),
    mayTryAgain: ({ context, event }) =>
      "retryable" in event &&
      event.retryable &&
      context.attempt <= context.retries &&
      context.cancelReason === undefined,
    isRetryableButUsedUp: ({ event }) => "retryable" in event && event.retryable,
    mayRepeat: ({ context }) =>
      context.repeatable &&
      context.attempt <= context.retries &&
      context.cancelReason === undefined,
    /** What was sent may have been lost, and now it may not start: it is asked about, and never sent again. */
    isMyTimerAndMayNotStart: ({ context, event }) =>
      event.type === "timer.fired" && event.timerId === context.timerId && event.mayStart === false,
    isMyTimerAndMayResend: ({ context, event }) =>
      event.type === "timer.fired" && event.timerId === context.timerId && context.sendings < 2,
    isCancelled: ({ context }) => context.cancelReason !== undefined,
    isGivenUpCancelled: ({ context, event }) =>
      isGivenUp(context, event) && context.cancelReason !== undefined,
    isGivenUpRepeatable: ({ context, event }) =>
      isGivenUp(context, event) && context.repeatable && context.attempt <= context.retries,
    /** It never began, and now it may not: a stop, a pause, a guard or a limit has come since it was sent. */
    neverBeganAndMayNot: ({ context, event }) =>
      event.type === "job.unknown" &&
      event.mayStart === false &&
      event.sameMemory &&
      !context.started.includes(context.attempt) &&
      context.cancelReason === undefined,
    /** It never began, and the instrument would know: the same command may go out again. */
    neverBegan: ({ context, event }) =>
      event.type === "job.unknown" &&
      event.sameMemory &&
      !context.started.includes(context.attempt) &&
      context.sendings < SENDINGS_MAX &&
      context.cancelReason === undefined,
    isGivenUp: ({ context, event }) => isGivenUp(context, event),
    isLoad: ({ context }) => context.members !== undefined,
    isGivenUpLoad: ({ context, event }) =>
      isGivenUp(context, event) && context.members !== undefined,
    isLastUnwanted: ({ context: { members = [], unwanted = [] }, event }) =>
      event.type === "job.unwanted" &&
      members.every(({ jobId }) => jobId === event.jobId || unwanted.includes(jobId)),
    isOfOtherLoad: ({ context, event }) =>
      event.type === "job.loadEnded" && event.loadId !== context.loadId,
    neverBeganInLoad: ({ event }) =>
      event.type === "job.loadEnded" && event.reason === "notAcceptedInTime",
    isLostInLoad: ({ event }) => event.type === "job.loadEnded" && isLost(event.reason),
    mayRepeatAfterLoad: ({ context, event }) =>
      event.type === "job.loadEnded" &&
      (isLost(event.reason) ? context.repeatable : event.retryable) &&
      context.attempt <= context.retries,
  },
});

export const effect = (make: Make) => ({ type: "effect" as const, params: make });
export const rearm = setupJob.assign((args) => newTimer(args));
/** Its start may still be under way to the instrument: until that is too old, no other one gets it. */
export const bindToInstrument = setupJob.assign({
  boundTo: ({ context, event }) => ({
    instrumentId: context.instrumentId ?? "",
    until_ms: event.time_ms + JOB_TIMES.validity_ms,
  }),
});
export const fail = (reason: JobFailureReason) =>
  setupJob.assign({
    failure: ({ context, event }) => ({
      reason: context.cancelReason ?? reason,
      detail:
        "reason" in event ? String(event.reason) : "detail" in event ? String(event.detail) : "",
    }),
  });
export const noteStart = setupJob.assign({
  started: ({ context, event }) => {
    const attempt = "attempt" in event ? event.attempt : context.attempt;
    return context.started.includes(attempt) ? context.started : [...context.started, attempt];
  },
});
export const nextAttempt = setupJob.assign({
  attempt: ({ context }) => context.attempt + 1,
  failure: undefined,
});
export const noteCancel = setupJob.assign({
  cancelReason: ({ event }) =>
    event.type === "job.cancel" || event.type === "job.unwanted"
      ? event.reason
      : "cancelledByOperator",
});
/** Of a load: one of its samples is not wanted any more. */
export const noteUnwanted = setupJob.assign({
  unwanted: ({ context: { unwanted = [] }, event }) =>
    event.type === "job.unwanted" && !unwanted.includes(event.jobId)
      ? [...unwanted, event.jobId]
      : unwanted,
});

/** Its instrument does not know, or does not say, what became of it. */
function isLost(reason: JobFailureReason): boolean {
  return reason === "unknownToInstrument" || reason === "instrumentLost";
}

function isGivenUp(context: JobContext, event: JobEvent): boolean {
  return (
    event.type === "timer.fired" &&
    event.timerId === context.timerId &&
    event.time_ms >= context.giveUp_ms
  );
}
