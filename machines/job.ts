import {
  alarm,
  armTimer,
  cancelCommand,
  markInstrumentSilent,
  reconcileCommand,
  releaseStation,
  reportEnd,
  retryAt_ms,
  startCommand,
  stopTimer,
} from "./job-actions.ts";
import { asked } from "./job-asked.ts";
import { boundHolding, endHolding } from "./job-holding.ts";
import { endMembers, loaded, noteLoad } from "./job-loaded.ts";
import { afterAll, ended, giveUp, onInstrument, takeResult } from "./job-replies.ts";
import {
  effect,
  fail,
  nextAttempt,
  noteCancel,
  noteStart,
  noteUnwanted,
  rearm,
  setupJob,
} from "./job-setup.ts";
import { JOB_TIMES } from "./job-types.ts";

/** A restart or a lost connection may have cost the command: only sendings that an instrument could hear count. */
const forgetSendings = setupJob.assign({
  sendings: ({ context, event }) =>
    event.type === "job.doubt" && event.mayHaveCostCommand === true ? 0 : context.sendings,
});
const letGo = [effect(releaseStation)];
const noteSentTo = setupJob.assign({
  sent: ({ event }) => (event.type === "job.dispatch" ? event.sent : undefined),
  sentTo: ({ context }) => [
    ...context.sentTo.slice(0, context.attempt - 1),
    context.instrumentId ?? "",
  ],
});

/**
 * One step of an experiment on one instrument, or a load: such steps of several samples in one run. Every state has a deadline
 * except `awaitingApproval` (a person decides) and `queued` (waits for a free instrument); that of `asked` only calls, that of
 * `loaded` is its load's. Deadlines are absolute times in the context, armed by a `startTimer` command.
 */
export const jobMachine = setupJob.createMachine({
  id: "job",
  initial: "proposed",
  context: ({ input }) => ({
    ...input,
    attempt: 1,
    sent: undefined,
    instrumentId: undefined,
    sentTo: [],
    bootId: undefined,
    sendings: 0,
    started: [],
    timerId: undefined,
    timers: 0,
    overdue_ms: 0,
    giveUp_ms: 0,
    failure: undefined,
    cancelReason: undefined,
  }),
  on: {
    "*": { actions: effect(({ event }) => ({ kind: "unexpected", event: event.type })) },
    // Said to every job of a load when it ends, and to a load whenever a person wants a sample's end.
    "job.loadEnded": {},
    "job.unwanted": {},
  },
  states: {
    proposed: {
      on: {
        "job.submit": [
          { guard: "needsApproval", target: "awaitingApproval" },
          { target: "queued" },
        ],
        "job.cancel": { target: "cancelled", actions: [noteCancel, fail("cancelledByOperator")] },
        "job.doubt": {},
      },
    },
    awaitingApproval: {
      on: {
        "job.approve": "queued",
        "job.cancel": { target: "cancelled", actions: [noteCancel, fail("cancelledByOperator")] },
        "job.doubt": {},
      },
    },
    queued: {
      entry: setupJob.assign({ queued_ms: ({ event }) => event.time_ms, loadId: undefined }),
      on: {
        ...takeResult,
        "job.load": { target: "loaded", actions: noteLoad },
        "job.dissolve": { target: "failed", actions: fail("notAcceptedInTime") },
        "job.unwanted": [
          {
            guard: "isLastUnwanted",
            target: "cancelled",
            actions: [noteUnwanted, noteCancel, fail("cancelledByOperator")],
          },
          { actions: noteUnwanted },
        ],
        "job.reserve": {
          target: "reserved",
          actions: setupJob.assign({
            instrumentId: ({ event }) =>
              event.type === "job.reserve" ? event.instrumentId : undefined,
            bootId: ({ event }) => (event.type === "job.reserve" ? event.bootId : undefined),
            sendings: 0,
            overdue_ms: 0,
          }),
        },
        "job.cancel": { target: "cancelled", actions: [noteCancel, fail("cancelledByOperator")] },
        "job.refuse": { target: "failed", actions: [fail("limitViolated")] },
        ...afterAll,
        "job.lapse": "awaitingApproval",
        "job.doubt": {},
        "job.outcome": {},
        "job.ask": {},
        "timer.fired": {},
      },
    },
    reserved: {
      on: {
        ...takeResult,
        "job.dispatch": [
          { guard: "isPersons", target: "asked", actions: noteSentTo },
          { target: "dispatched", actions: noteSentTo },
        ],
        "job.cancel": { target: "cancelled", actions: [noteCancel, fail("cancelledByOperator")] },
        "job.doubt": { target: "queued", actions: letGo },
      },
    },
    dispatched: {
      entry: [
        rearm,
        setupJob.assign({ sendings: ({ context }) => context.sendings + 1 }),
        effect(startCommand),
        effect(armTimer(({ event }) => event.time_ms + JOB_TIMES.accept_ms)),
      ],
      exit: effect(stopTimer),
      on: {
        ...onInstrument,
        "job.doubt": { target: "unknown", actions: forgetSendings },
        "job.accepted": [
          { guard: "isOfThisAttempt", target: "begun.accepted", actions: noteStart },
          { actions: noteStart },
        ],
        "job.progress": [
          { guard: "isOfThisAttempt", target: "begun.running", actions: noteStart },
          { actions: noteStart },
        ],
        "job.held": { target: "held", actions: noteStart },
        "job.resumed": {},
        "timer.fired": [
          { guard: "isMyTimerAndMayNotStart", target: "unknown" },
          { guard: "isMyTimerAndMayResend", target: "dispatched", reenter: true },
          { guard: "isMyTimer", target: "unknown" },
          {},
        ],
      },
    },
    asked,
    loaded,
    begun: {
      initial: "accepted",
      entry: [
        rearm,
        setupJob.assign({
          overdue_ms: ({ context, event }) =>
            Math.max(
              context.overdue_ms,
              event.time_ms + context.timeLimit_s * 1000 * (context.overdue_ms > 0 ? 0 : 1),
            ),
        }),
        effect(armTimer(({ context }) => context.overdue_ms)),
      ],
      exit: effect(stopTimer),
      on: {
        ...onInstrument,
        "job.held": "held",
        "job.resumed": {},
        "timer.fired": [{ guard: "isMyTimer", target: "timedOut" }, {}],
      },
      states: {
        accepted: { on: { "job.progress": { target: "running", actions: noteStart } } },
        running: {},
      },
    },
    held: {
      entry: boundHolding,
      exit: endHolding,
      on: {
        ...onInstrument,
        // The time that it was held does not count against it.
        "job.resumed": { target: "begun.running", actions: setupJob.assign({ overdue_ms: 0 }) },
        "job.progress": { target: "begun.running", actions: setupJob.assign({ overdue_ms: 0 }) },
        "job.held": {},
        "timer.fired": [{ guard: "isMyHoldTimer", target: "timedOut" }, {}],
      },
    },
    timedOut: {
      entry: [
        rearm,
        effect(cancelCommand),
        effect(reconcileCommand),
        effect(armTimer(({ event }) => event.time_ms + JOB_TIMES.cancel_ms)),
        effect(
          alarm(
            "warning",
            ({ context }) =>
              `${context.jobId} on ${context.instrumentId} is overdue and was cancelled.`,
          ),
        ),
      ],
      exit: effect(stopTimer),
      on: {
        ...onInstrument,
        "job.cancel": { actions: noteCancel },
        "job.unwanted": [
          { guard: "isLastUnwanted", actions: [noteUnwanted, noteCancel] },
          { actions: noteUnwanted },
        ],
        "job.doubt": "unknown",
        "job.ask": { actions: effect(reconcileCommand) },
        "job.held": {},
        "job.resumed": {},
        "timer.fired": [{ guard: "isMyTimer", target: "unknown" }, {}],
      },
    },
    unknown: {
      entry: [
        rearm,
        setupJob.assign({
          giveUp_ms: ({ context, event }) =>
            Math.max(context.overdue_ms, event.time_ms + JOB_TIMES.patience_ms),
        }),
        effect(reconcileCommand),
        effect(armTimer(({ event }) => event.time_ms + JOB_TIMES.askAgain_ms)),
      ],
      exit: effect(stopTimer),
      on: {
        ...onInstrument,
        "job.accepted": [
          { guard: "isOfThisAttemptInTime", target: "begun.accepted", actions: noteStart },
          { actions: noteStart },
        ],
        "job.progress": [
          { guard: "isOfThisAttemptInTime", target: "begun.running", actions: noteStart },
          { actions: noteStart },
        ],
        "job.cancel": { actions: [noteCancel, effect(cancelCommand)] },
        "job.unwanted": [
          {
            guard: "isLastUnwanted",
            actions: [noteUnwanted, noteCancel, effect(cancelCommand)],
          },
          { actions: noteUnwanted },
        ],
        "job.doubt": { actions: [forgetSendings, effect(reconcileCommand)] },
        "job.ask": { actions: effect(reconcileCommand) },
        "job.held": { target: "held", actions: noteStart },
        "job.resumed": {},
        "timer.fired": [
          ...giveUp,
          {
            guard: "isMyTimer",
            actions: [
              rearm,
              effect(reconcileCommand),
              effect(armTimer(({ event }) => event.time_ms + JOB_TIMES.askAgain_ms)),
            ],
          },
          {},
        ],
      },
    },
    resultReceived: { always: "done" },
    done: {
      entry: [
        effect(releaseStation),
        effect(reportEnd("job.done")),
        endMembers,
        effect(alarm("warning", () => "")),
      ],
      on: { ...ended, "job.result": {} },
    },
    retryWait: {
      entry: [...letGo, rearm, effect(armTimer(retryAt_ms))],
      exit: effect(stopTimer),
      on: {
        ...ended,
        "job.cancel": { target: "cancelled", actions: [noteCancel, fail("cancelledByOperator")] },
        "timer.fired": [
          {
            guard: "isMyTimer",
            target: "queued",
            actions: nextAttempt,
          },
          {},
        ],
      },
    },
    cancelling: {
      entry: [
        rearm,
        effect(cancelCommand),
        effect(armTimer(({ event }) => event.time_ms + JOB_TIMES.cancel_ms)),
      ],
      exit: effect(stopTimer),
      on: {
        ...onInstrument,
        "job.cancel": {},
        "job.unwanted": { actions: noteUnwanted },
        "job.doubt": { actions: effect(cancelCommand) },
        "job.ask": { actions: effect(cancelCommand) },
        "job.unknown": { target: "cancelled", actions: fail("cancelledByOperator") },
        "job.held": {},
        "job.resumed": {},
        "timer.fired": [
          {
            guard: "isMyTimer",
            target: "cancelled",
            actions: [fail("cancelledByOperator"), effect(markInstrumentSilent)],
          },
          {},
        ],
      },
    },
    cancelled: { entry: [...letGo, effect(reportEnd("job.ended")), endMembers], on: ended },
    failed: { entry: [...letGo, effect(reportEnd("job.ended")), endMembers], on: ended },
    deadLetter: {
      entry: [
        ...letGo,
        effect(reportEnd("job.ended")),
        effect(
          alarm(
            "critical",
            ({ context }) =>
              `${context.jobId} on ${context.instrumentId} was given up (${context.failure?.reason}). Look at the sample before you use it again.`,
          ),
        ),
      ],
      on: ended,
    },
  },
});
