import {
  approval,
  cancelLapsed,
  decideChange,
  extend,
  extendFinished,
  extendRunning,
  noteLapsed,
  proposeByHand,
  proposeRunning,
  refuseWithReason,
} from "./campaign-consent.ts";
import { rereading, rereadingBeforeStart } from "./campaign-rereading.ts";
import {
  accept,
  armSuspension,
  askAgain,
  cancelExperiments,
  closeRequest,
  disarm,
  effect,
  noteAbandoned,
  noteEmergency,
  noteFailed,
  noteHindrance,
  noteObserved,
  noteOtherKnowledge,
  notePlanFailure,
  noteReason,
  noteStop,
  openExperiments,
  refuse,
  relearn,
  replan,
  replanIfStale,
  setupCampaign,
} from "./campaign-setup.ts";

const stopOn = {
  guard: "isEmergency" as const,
  target: "#campaign.emergencyStopped" as const,
  actions: noteEmergency,
};

const CLEAR_FIRST = "The emergency stop is still active; clear it first.";

/** Answers to a person, where the state does not say otherwise. */
const refusals = (state: string) =>
  ({
    "campaign.start": { actions: refuse(`The campaign has been started; it is ${state}.`) },
    "campaign.pause": { actions: refuse(`The campaign cannot be paused: it is ${state}.`) },
    "campaign.resume": { actions: refuse(`There is nothing to resume: the campaign is ${state}.`) },
    "campaign.stop": { actions: refuse(`The campaign cannot be stopped: it is ${state}.`) },
    "campaign.abort": { actions: refuse(`The campaign cannot be aborted: it is ${state}.`) },
    "campaign.approve": {
      actions: refuse(`No batch waits for approval: the campaign is ${state}.`),
    },
    "campaign.reject": {
      actions: refuse(`No batch waits for approval: the campaign is ${state}.`),
    },
    "campaign.withdraw": { actions: refuse(`Nothing can be withdrawn: the campaign is ${state}.`) },
    "campaign.extend": { actions: refuse(`It cannot be changed: the campaign is ${state}.`) },
    "campaign.propose": { actions: refuse(`It takes no points: the campaign is ${state}.`) },
  }) as const;

/** Results keep arriving in every live state; here they only teach the model. */
const learnOnly = {
  "experiment.observed": { actions: [noteObserved, relearn] },
  "experiment.failed": { actions: noteFailed },
  "experiment.abandoned": { actions: noteAbandoned },
  "experiment.lapsed": { actions: noteLapsed },
  "campaign.proposed": [{ guard: "isMyRequest", actions: [closeRequest] }, {}],
  "campaign.planFailed": [{ guard: "isMyRequest", actions: notePlanFailure }, {}],
  "campaign.doubt": { actions: askAgain },
  ...rereading,
  "campaign.settled": {},
  "safety.emergencyStop": [stopOn, { actions: noteEmergency }],
  "timer.fired": {},
} as const;

const withdraw = [
  { guard: "namesObservation" as const, actions: [accept, noteOtherKnowledge, relearn] },
  { actions: refuse("No observation of this campaign comes from that job.") },
];

/** A result that it did not ask for: what was measured before, or elsewhere, is true in every state and costs no budget. */
const told = [refuseWithReason, { actions: [accept, noteOtherKnowledge, relearn] }];
/** Before the start there is nobody to ask for a map. */
const toldBefore = [refuseWithReason, { actions: [accept, noteOtherKnowledge] }];

const stopAndAbort = {
  "campaign.stop": {
    target: "#campaign.stopping",
    actions: [accept, noteReason, noteStop, cancelExperiments("waiting")],
  },
  "campaign.abort": {
    target: "#campaign.aborting",
    actions: [accept, noteReason, cancelExperiments("all")],
  },
} as const;

/** While a person has paused it: what was asked for is still learnt and opened, nothing new is asked for. */
const untilResumed = {
  ...learnOnly,
  ...stopAndAbort,
  "campaign.proposed": [
    { guard: "isMyRequest" as const, actions: [closeRequest, openExperiments] },
    {},
  ],
  "campaign.resume": { target: "running" as const, actions: [accept, replan] },
  "campaign.withdraw": withdraw,
  "campaign.extend": extend,
  ...proposeByHand,
};

const over = (state: string, further = {}) => ({
  entry: effect(({ context }) => ({
    kind: "alarm" as const,
    alarm: { id: `campaign/${context.campaignId}`, severity: "warning" as const, text: "" },
  })),
  on: {
    ...refusals(state),
    ...learnOnly,
    "campaign.withdraw": withdraw,
    ...further,
    // What is over stays over: an emergency stop must not give a person a way to resume it.
    "safety.emergencyStop": { actions: noteEmergency },
  },
});

/**
 * A campaign from its definition to its end. States that wait for a person (validated, paused, awaitingApproval,
 * emergencyStopped) and `running` have no deadline; pausing, stopping, aborting and recovering end with their jobs,
 * each of which has one; suspended ends by its timer, or, where results teach nothing, by a person or a result that does.
 */
export const campaignMachine = setupCampaign.createMachine({
  id: "campaign",
  initial: "draft",
  context: ({ input }) => ({
    ...input,
    observed: 0,
    created: 0,
    batches: 0,
    open: [],
    waiting: [],
    requests: 0,
    request: undefined,
    isStale: false,
    through: 0,
    excluded: [],
    failuresInARow: 0,
    planFailures: 0,
    suspensions: 0,
    ending: undefined,
    hindrance: undefined,
    reason: undefined,
    timers: 0,
    timerId: undefined,
    isEmergency: false,
    isStopAsked: false,
    widening: undefined,
    widenings: 0,
  }),
  on: {
    "*": { actions: effect(({ event }) => ({ kind: "unexpected", event: event.type })) },
    "campaign.comment": { actions: accept },
    "campaign.tell": told,
  },
  states: {
    draft: { always: "validated" },
    validated: {
      on: {
        ...refusals("not started"),
        ...decideChange("not started"),
        "campaign.extend": extend,
        "campaign.tell": toldBefore,
        "campaign.start": [
          { guard: "emergencyLasts", actions: refuse(CLEAR_FIRST) },
          { target: "running", actions: [accept, replan] },
        ],
        "campaign.abort": { target: "aborted", actions: [accept, noteReason] },
        ...rereadingBeforeStart,
        "campaign.doubt": {},
        "campaign.hindered": { actions: noteHindrance },
        "safety.emergencyStop": { actions: noteEmergency },
      },
    },
    running: {
      initial: "deciding",
      on: {
        ...refusals("running"),
        ...stopAndAbort,
        ...approval,
        ...rereading,
        ...proposeRunning,
        "campaign.extend": extendRunning,
        "campaign.pause": { target: "pausing", actions: [accept, noteReason] },
        "campaign.withdraw": withdraw,
        "experiment.observed": { target: ".deciding", actions: [noteObserved, replan] },
        "experiment.failed": [
          { guard: "teachesNothing", target: "suspended", actions: noteFailed },
          { guard: "experimentsKeepFailing", target: "suspended", actions: noteFailed },
          { target: ".deciding", actions: [noteFailed, replan] },
        ],
        "experiment.abandoned": { target: ".deciding", actions: [noteAbandoned, replan] },
        "experiment.lapsed": { target: ".deciding", actions: noteLapsed },
        "campaign.proposed": [
          {
            guard: "isMyRequest",
            target: ".deciding",
            actions: [closeRequest, openExperiments, replanIfStale],
          },
          {},
        ],
        "campaign.planFailed": [
          { guard: "plannerKeepsFailing", target: "suspended", actions: notePlanFailure },
          { guard: "isMyRequest", target: ".deciding", actions: [notePlanFailure, replan] },
          {},
        ],
        "campaign.hindered": [
          { guard: "isHindrance", target: ".deciding", actions: noteHindrance },
          { target: ".deciding", actions: [noteHindrance, replan] },
        ],
        "campaign.doubt": { target: "recovering", actions: askAgain },
        "campaign.settled": {},
        "safety.emergencyStop": [stopOn, { actions: noteEmergency }],
        "timer.fired": {},
      },
      states: {
        deciding: {
          always: [
            { guard: "isBudgetSpent", target: "#campaign.budgetExhausted" },
            { guard: "isConverged", target: "#campaign.converged" },
            { guard: "isHindered", target: "hindered" },
            { guard: "isWithoutPoints", target: "#campaign.converged" },
            { guard: "isSeeding", target: "seeding" },
            { guard: "isUpdating", target: "updating" },
            { guard: "isProposing", target: "proposing" },
            { guard: "isWaitingForPerson", target: "awaitingApproval" },
            { target: "measuring" },
          ],
        },
        hindered: {},
        seeding: {},
        proposing: {},
        awaitingApproval: {},
        measuring: {},
        updating: {},
      },
    },
    pausing: {
      on: {
        ...refusals("pausing"),
        ...decideChange("pausing"),
        ...untilResumed,
        "campaign.settled": "paused",
      },
    },
    paused: {
      on: {
        ...refusals("paused"),
        ...decideChange("paused"),
        ...untilResumed,
      },
    },
    suspended: {
      always: { guard: "wasSuspendedTooOften", target: "failed" },
      entry: [
        armSuspension,
        effect(({ context }) => ({
          kind: "alarm",
          alarm: {
            id: `campaign/${context.campaignId}`,
            severity: "critical",
            text: `Campaign ${context.campaignId} is suspended: ${context.reason ?? "too many experiments in a row failed"}.`,
          },
        })),
      ],
      exit: disarm,
      on: {
        ...refusals("suspended"),
        ...decideChange("suspended"),
        ...learnOnly,
        ...stopAndAbort,
        "campaign.extend": extend,
        "experiment.observed": { target: "running", actions: [noteObserved, replan] },
        "campaign.resume": { target: "running", actions: [accept, replan] },
        "campaign.withdraw": withdraw,
        "timer.fired": [{ guard: "isMyTimer", target: "running", actions: replan }, {}],
      },
    },
    recovering: {
      on: {
        ...refusals("recovering"),
        ...decideChange("recovering"),
        ...learnOnly,
        ...stopAndAbort,
        "campaign.extend": extend,
        "experiment.observed": { actions: [noteObserved, replan] },
        "experiment.failed": { actions: [noteFailed, replan] },
        "experiment.abandoned": { actions: [noteAbandoned, replan] },
        "campaign.proposed": [
          { guard: "isMyRequest", actions: [closeRequest, openExperiments, replanIfStale] },
          {},
        ],
        "campaign.pause": { target: "pausing", actions: [accept, noteReason] },
        "campaign.settled": "running.deciding",
      },
    },
    emergencyStopped: {
      on: {
        ...refusals("stopped by an emergency stop"),
        ...decideChange("stopped by an emergency stop"),
        ...learnOnly,
        "campaign.extend": extend,
        "campaign.resume": [
          {
            guard: "emergencyLasts",
            actions: refuse(CLEAR_FIRST),
          },
          // Who had said stop meant it: the jobs in flight end, nothing new begins.
          { guard: "wasStopping", target: "stopping", actions: accept },
          { target: "running", actions: [accept, replan] },
        ],
        "campaign.stop": stopAndAbort["campaign.stop"],
        "campaign.abort": {
          target: "aborting",
          actions: [accept, noteReason, cancelExperiments("all")],
        },
        "safety.emergencyStop": { actions: noteEmergency },
      },
    },
    stopping: {
      always: { guard: "isEmpty", target: "stopped" },
      on: {
        ...refusals("stopping"),
        ...learnOnly,
        "experiment.lapsed": { actions: [noteLapsed, cancelLapsed] },
        "campaign.abort": {
          target: "aborting",
          actions: [accept, noteReason, cancelExperiments("all")],
        },
      },
    },
    aborting: {
      always: { guard: "isEmpty", target: "aborted" },
      // It only ends jobs, and goes on ending them: an emergency stop must not make it resumable.
      on: {
        ...refusals("aborting"),
        ...learnOnly,
        "safety.emergencyStop": { actions: noteEmergency },
      },
    },
    converged: over("converged", { "campaign.extend": extendFinished }),
    budgetExhausted: over("finished: its budget is spent", { "campaign.extend": extendFinished }),
    stopped: over("stopped"),
    aborted: over("aborted"),
    failed: over("failed"),
  },
});
