import type { JobFailureReason } from "../src/domain/job.ts";
import { markInstrumentSilent, releaseStation, requestStation } from "./job-actions.ts";
import {
  bindToInstrument,
  effect,
  fail,
  nextAttempt,
  noteCancel,
  noteStart,
  noteUnwanted,
} from "./job-setup.ts";

/** A result is a measurement that was made: taken in every state, of whatever attempt. */
export const takeResult = {
  "job.result": { target: "#job.resultReceived", actions: noteStart },
} as const;

export const giveUp = [
  {
    guard: "isGivenUpCancelled" as const,
    target: "#job.cancelled" as const,
    actions: [fail("cancelledByOperator"), effect(markInstrumentSilent)],
  },
  {
    guard: "isGivenUpLoad" as const,
    target: "#job.failed" as const,
    actions: [fail("instrumentLost"), effect(markInstrumentSilent)],
  },
  {
    guard: "isGivenUpRepeatable" as const,
    target: "#job.retryWait" as const,
    actions: effect(markInstrumentSilent),
  },
  {
    guard: "isGivenUp" as const,
    target: "#job.deadLetter" as const,
    actions: [fail("instrumentLost"), effect(markInstrumentSilent)],
  },
];

/** What an instrument's own words end: rejected, failed. An earlier attempt's late word ends nothing. */
export const onRefusal = (reason: JobFailureReason) => [
  { guard: "isOfEarlierAttempt" as const },
  { guard: "isCancelled" as const, target: "#job.cancelled" as const, actions: fail(reason) },
  // A load is tried once; whether its samples are tried again is decided for each.
  { guard: "isLoad" as const, target: "#job.failed" as const, actions: fail(reason) },
  { guard: "mayTryAgain" as const, target: "#job.retryWait" as const },
  {
    guard: "isRetryableButUsedUp" as const,
    target: "#job.deadLetter" as const,
    actions: fail("retriesUsedUp"),
  },
  { target: "#job.failed" as const, actions: fail(reason) },
];

const onUnknown = [
  {
    guard: "neverBeganAndMayNot" as const,
    target: "#job.queued" as const,
    actions: [effect(releaseStation), bindToInstrument],
  },
  { guard: "neverBegan" as const, target: "#job.dispatched" as const },
  {
    guard: "isCancelled" as const,
    target: "#job.cancelled" as const,
    actions: fail("cancelledByOperator"),
  },
  {
    guard: "isLoad" as const,
    target: "#job.failed" as const,
    actions: fail("unknownToInstrument"),
  },
  { guard: "mayRepeat" as const, target: "#job.retryWait" as const },
  { target: "#job.deadLetter" as const, actions: fail("unknownToInstrument") },
];

/**
 * "No record of it" may be said before the start has arrived that was under way: what then becomes of that start is told of
 * a job that waits again. Refused, its attempt is over, and the next start is another command; begun, it is on its instrument.
 */
export const afterAll = {
  "job.rejected": { guard: "isOfWhatWasSent" as const, actions: nextAttempt },
  "job.accepted": {
    guard: "isOfWhatWasSent" as const,
    target: "#job.unknown" as const,
    actions: [noteStart, effect(requestStation)],
  },
};

/** Begun on an instrument: accepted, running or held. */
export const onInstrument = {
  ...takeResult,
  "job.accepted": { actions: noteStart },
  "job.progress": {},
  "job.rejected": onRefusal("rejectedByInstrument"),
  "job.failed": onRefusal("failedOnInstrument"),
  "job.unknown": onUnknown,
  "job.doubt": "#job.unknown",
  "job.ask": "#job.unknown",
  "job.cancel": { target: "#job.cancelling", actions: noteCancel },
  "job.unwanted": [
    {
      guard: "isLastUnwanted",
      target: "#job.cancelling",
      actions: [noteUnwanted, noteCancel],
    },
    { actions: noteUnwanted },
  ],
  "job.outcome": {},
} as const;

/** Ended without a result; one that comes all the same is data. */
export const ended = {
  ...takeResult,
  "job.accepted": { actions: noteStart },
  "job.progress": {},
  "job.rejected": {},
  "job.failed": {},
  "job.unknown": {},
  "job.cancel": {},
  "job.doubt": {},
  "job.ask": {},
  "job.held": {},
  "job.resumed": {},
  "job.outcome": {},
  "timer.fired": {},
} as const;
