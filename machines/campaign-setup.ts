import { setup } from "xstate";
import { isSamePerson } from "../src/domain/identifiers.ts";
import {
  type Args,
  beginExperiment,
  type Decision,
  experimentInput,
  experimentsOf,
  freePlaces,
  namedWaiting,
  newSamples,
  nextRequest,
  otherBatch,
  reply,
  requestCommand,
  suspendedUntil_ms,
  tellExperiment,
  without,
} from "./campaign-actions.ts";
import {
  type CampaignContext,
  type CampaignEvent,
  type CampaignInput,
  PLAN_FAILURES_MAX,
  SUSPENSIONS_MAX,
} from "./campaign-types.ts";
import type { Effect } from "./effect.ts";

/** Failures that lie with the point: it is not proposed again. A lost instrument says nothing about the point. */
const POINT_AT_FAULT: readonly unknown[] = [
  "failedOnInstrument",
  "rejectedByInstrument",
  "limitViolated",
];

export const setupCampaign = setup({
  types: {
    context: {} as CampaignContext,
    events: {} as CampaignEvent,
    input: {} as CampaignInput,
  },
  actions: { effect: (_, _effect: Effect) => {} },
  guards: {
    isMyRequest: ({ context, event }) =>
      "requestId" in event && event.requestId === context.request?.requestId,
    isMyTimer: ({ context, event }) =>
      event.type === "timer.fired" && event.timerId === context.timerId,
    isEmergency: ({ event }) => event.type === "safety.emergencyStop" && event.active,
    emergencyLasts: ({ context }) => context.isEmergency,
    wasStopping: ({ context }) => context.isStopAsked,
    isBudgetSpent: ({ context }) =>
      context.observed >= context.budget &&
      context.open.length === 0 &&
      context.request === undefined,
    isConverged: ({ context }) =>
      context.ending !== undefined && context.open.length === 0 && context.request === undefined,
    isHindered: ({ context }) => context.hindrance !== undefined,
    isHindrance: ({ event }) => event.type === "campaign.hindered" && event.hindrance !== undefined,
    isWithoutPoints: ({ context }) => context.open.length === 0 && context.request === undefined,
    isEmpty: ({ context }) => context.open.length === 0,
    isWaitingForPerson: ({ context }) =>
      context.waiting.length > 0 && context.waiting.length === context.open.length,
    isSeeding: ({ context }) => context.observed === 0 && context.request !== undefined,
    isUpdating: ({ context }) => context.request !== undefined && context.isStale,
    isProposing: ({ context }) => context.request !== undefined,
    plannerKeepsFailing: ({ context, event }) =>
      event.type === "campaign.planFailed" &&
      event.requestId === context.request?.requestId &&
      context.planFailures + 1 >= PLAN_FAILURES_MAX,
    experimentsKeepFailing: ({ context, event }) =>
      event.type === "experiment.failed" &&
      context.failuresInARow + 1 >= context.failuresInARow_max,
    /** Nothing that came so far taught anything, and the next result would not either. */
    teachesNothing: ({ context, event }) =>
      event.type === "experiment.failed" && event.isMismatch === true && context.observed === 0,
    wasSuspendedTooOften: ({ context }) => context.suspensions > SUSPENSIONS_MAX,
    isRefused: ({ event }) => "refusal" in event && event.refusal !== undefined,
    namesOtherBatch: ({ context, event }) => otherBatch(context, event as Decision) !== undefined,
    namesWaiting: ({ context, event }) => namedWaiting(context, event as Decision).length > 0,
    namesChange: ({ event }) => "change" in event && event.change !== undefined,
    namesWaitingChange: ({ context, event }) =>
      "change" in event && event.change !== undefined && event.change === context.widening?.n,
    isOwnChange: ({ context, event }) =>
      "change" in event &&
      event.change !== undefined &&
      event.change === context.widening?.n &&
      event.type === "campaign.approve" &&
      (event.by === context.widening?.by ||
        ((event.behaviour ?? 1) >= 10 && isSamePerson(event.by, context.widening?.by ?? ""))),
    /** What ended it does not hold under the new settings: there is budget, and a stop rule is asked again. */
    goesOn: ({ context, event }) => {
      if (event.type !== "campaign.extend") return false;
      const { budget = context.budget, stop } = event.changes ?? {};
      return budget > context.observed && (context.ending === undefined || stop !== undefined);
    },
    hasRoomByHand: ({ context, event }) =>
      event.type === "campaign.propose" &&
      context.observed + newSamples(context.open) + (event.points?.length ?? 0) <= context.budget,
    asksNobody: ({ context, event }) =>
      event.type === "campaign.propose" &&
      event.needsApproval === true &&
      context.approval !== "supervised",
    isAlreadyOpen: ({ context, event }) =>
      event.type === "campaign.propose" &&
      context.open.some((one) => event.points?.some((p) => p.candidateId === one.candidateId)),
    namesObservation: ({ event }) =>
      event.type === "campaign.withdraw" && event.withdrawn !== undefined,
  },
});

export const effect = (make: (args: Args) => Effect) => ({ type: "effect" as const, params: make });
export const accept = effect((args) => reply(args, true));
export const refuse = (why: string) => effect((args) => reply(args, false, why));

/** Asks the planner: for the free places, or (none free) to learn what is new. One request at a time. */
export const replan = setupCampaign.enqueueActions(({ context, event, enqueue }) => {
  if (context.request !== undefined) {
    enqueue.assign({ isStale: true });
    return;
  }
  const request = nextRequest(context, freePlaces(context));
  enqueue.assign({ request, requests: request.n, isStale: false });
  enqueue({ type: "effect", params: requestCommand({ context: { ...context, request }, event }) });
});

/** The same, once what happened is settled: only for learning, never for new points. */
export const relearn = setupCampaign.enqueueActions(({ context, event, enqueue }) => {
  if (context.request !== undefined) {
    enqueue.assign({ isStale: true });
    return;
  }
  const request = nextRequest(context, 0);
  enqueue.assign({ request, requests: request.n, isStale: false });
  enqueue({ type: "effect", params: requestCommand({ context: { ...context, request }, event }) });
});

/** The request's answer is in: the request is over, whatever becomes of its points. */
export const closeRequest = setupCampaign.assign(({ context, event }) => ({
  request: undefined,
  planFailures: 0,
  ...(event.type === "campaign.proposed" &&
  event.verdict.kind !== "continue" &&
  context.ending === undefined
    ? { ending: event.verdict, reason: endingReason(context, event) }
    : {}),
  ...(event.type === "campaign.proposed" && event.refused.length > 0
    ? {
        excluded: [...context.excluded, ...event.refused.map((one) => one.candidateId)],
        refusal: event.refused[0]?.why,
      }
    : {}),
}));

/** Nothing may be left because a limit forbids what was left. */
function endingReason(
  context: CampaignContext,
  event: Extract<CampaignEvent, { readonly type: "campaign.proposed" }>,
): string {
  const { verdict, refused } = event;
  const reason = verdict.kind === "continue" ? "" : verdict.reason;
  const refusal = refused[0]?.why ?? context.refusal;
  return verdict.kind !== "exhausted" || refusal === undefined
    ? reason
    : `${reason}; points were refused: ${refusal}`;
}

/** Makes an experiment of each proposed point that still has a place. */
export const openExperiments = setupCampaign.enqueueActions((args) => {
  const { context, event, enqueue } = args;
  const needsApproval = context.approval === "supervised";
  const since = needsApproval ? { waitingSince_ms: event.time_ms } : {};
  const opened = experimentsOf(context, event).map((one) => ({ ...one, ...since }));
  if (opened.length === 0 || event.type !== "campaign.proposed") return;
  for (const experiment of opened) {
    const point = event.points.find(
      (one) => one.candidateId === experiment.candidateId && one.sample === experiment.sample,
    );
    const input = experimentInput(context, experiment, point ?? { score: 0, why: "" });
    for (const params of beginExperiment(args, input, needsApproval))
      enqueue({ type: "effect", params });
  }
  const open = [...context.open, ...opened];
  // What goes together is asked for load by load.
  const hasRoom = context.together !== undefined && freePlaces({ ...context, open }) > 0;
  enqueue.assign({
    open,
    ...(hasRoom ? { isStale: true } : {}),
    waiting: needsApproval
      ? [...context.waiting, ...opened.map((one) => one.experimentId)]
      : context.waiting,
    created: context.created + opened.length,
    batches: context.batches + 1,
    batch_position: event.position,
  });
});

export const replanIfStale = setupCampaign.enqueueActions(({ context, event, enqueue }) => {
  if (!context.isStale) return;
  const request = nextRequest(context, freePlaces(context));
  enqueue.assign({ request, requests: request.n, isStale: false });
  enqueue({ type: "effect", params: requestCommand({ context: { ...context, request }, event }) });
});

export const notePlanFailure = setupCampaign.assign({
  request: undefined,
  planFailures: ({ context }) => context.planFailures + 1,
  reason: ({ event }) => (event.type === "campaign.planFailed" ? event.reason : undefined),
});

function isAgain({ open }: CampaignContext, event: CampaignEvent): boolean {
  const id = "experimentId" in event ? event.experimentId : undefined;
  return open.some(({ experimentId, sample }) => experimentId === id && sample !== undefined);
}

export const noteObserved = setupCampaign.assign(({ context, event }) => ({
  ...("experimentId" in event ? without(context, event.experimentId) : {}),
  observed: context.observed + (isAgain(context, event) ? 0 : 1),
  through: event.position,
  failuresInARow: 0,
  suspensions: 0,
}));

export const noteFailed = setupCampaign.assign(({ context, event }) => ({
  ...("experimentId" in event ? without(context, event.experimentId) : {}),
  failuresInARow: context.failuresInARow + 1,
  excluded:
    event.type === "experiment.failed" && POINT_AT_FAULT.includes(event.reason)
      ? [...context.excluded, event.candidateId]
      : context.excluded,
}));

export const noteAbandoned = setupCampaign.assign(({ context, event }) =>
  "experimentId" in event ? without(context, event.experimentId) : {},
);

/** A point that a person rejected is not proposed again. */
export const approveNamed = setupCampaign.enqueueActions((args) => {
  const { context, event, enqueue } = args;
  const names = namedWaiting(context, event as Decision).map((one) => one.experimentId);
  for (const id of names) {
    enqueue({ type: "effect", params: tellExperiment(id, args, { type: "experiment.approve" }) });
  }
  const expires_s = context.approvalExpires_s ?? 0;
  const until_ms = expires_s === 0 ? undefined : event.time_ms + expires_s * 1000;
  const approval = {
    ...(until_ms === undefined ? {} : { approvedUntil_ms: until_ms }),
    ...(behaviourOf(event) < EXPIRY_FOLLOWS ? {} : { approved_ms: event.time_ms }),
  };
  enqueue.assign({
    waiting: context.waiting.filter((id) => !names.includes(id)),
    ...(Object.keys(approval).length === 0
      ? {}
      : {
          open: context.open.map((one) =>
            names.includes(one.experimentId) ? { ...one, ...approval } : one,
          ),
        }),
  });
  if (until_ms !== undefined) enqueue(wakeAt(args, until_ms));
});

/** It only wakes the dispatcher, which takes back what has not begun: nobody need wait for another event. */
export function wakeAt({ context, event }: Args, at_ms: number, k = 0) {
  const timerId = `${context.campaignId}/approved${event.position}${k === 0 ? "" : `.${k}`}`;
  const command = { type: "startTimer" as const, timerId, at_ms };
  return { type: "effect" as const, params: { kind: "command" as const, command } };
}

/** From here on an expiry that is made shorter holds for the approvals that have been given, from their time on. */
export const EXPIRY_FOLLOWS = 12;

export const behaviourOf = (event: CampaignEvent): number =>
  ("behaviour" in event ? event.behaviour : undefined) ?? 1;

export const rejectNamed = setupCampaign.enqueueActions((args) => {
  const { context, event, enqueue } = args;
  const names = namedWaiting(context, event as Decision).map((one) => one.experimentId);
  const rejected = context.open.filter((one) => names.includes(one.experimentId));
  enqueue.assign({ excluded: [...context.excluded, ...rejected.map((one) => one.candidateId)] });
  for (const id of names) {
    const cancel = { type: "experiment.cancel", reason: "cancelledByOperator" };
    enqueue({ type: "effect", params: tellExperiment(id, args, cancel) });
  }
});

/** Ends every open experiment: all of them, or only those that wait for a person. */
export const cancelExperiments = (which: "all" | "waiting") =>
  setupCampaign.enqueueActions((args) => {
    const { context, enqueue } = args;
    for (const { experimentId } of context.open) {
      if (which === "waiting" && !context.waiting.includes(experimentId)) continue;
      const cancel = { type: "experiment.cancel", reason: "cancelledByOperator" };
      enqueue({ type: "effect", params: tellExperiment(experimentId, args, cancel) });
    }
  });

export const askAgain = setupCampaign.enqueueActions(({ context, event, enqueue }) => {
  if (context.request !== undefined)
    enqueue({ type: "effect", params: requestCommand({ context, event }) });
});

export const noteReason = setupCampaign.assign({
  reason: ({ event }) =>
    "reason" in event && event.reason !== undefined ? String(event.reason) : undefined,
});

export const noteHindrance = setupCampaign.assign({
  hindrance: ({ event }) => (event.type === "campaign.hindered" ? event.hindrance : undefined),
  reason: ({ event }) => (event.type === "campaign.hindered" ? event.hindrance : undefined),
});

export const noteEmergency = setupCampaign.assign({
  isEmergency: ({ event }) => event.type === "safety.emergencyStop" && event.active,
});

export const noteStop = setupCampaign.assign({ isStopAsked: true });

export const armSuspension = setupCampaign.enqueueActions((args) => {
  const { context, event, enqueue } = args;
  if (event.type === "experiment.failed" && event.isMismatch === true && context.observed === 0) {
    const reason = `a result taught nothing: ${event.detail ?? "it is of no use for the goal"}`;
    enqueue.assign({ timerId: undefined, reason, planFailures: 0, failuresInARow: 0 });
    return;
  }
  const timers = context.timers + 1;
  const timerId = `${context.campaignId}/t${timers}`;
  const next = { ...context, suspensions: context.suspensions + 1 };
  const why =
    event.type === "experiment.failed" && event.detail !== undefined && event.detail !== ""
      ? { reason: `too many experiments in a row failed, the last because ${event.detail}` }
      : {};
  enqueue.assign({
    timers,
    timerId,
    ...why,
    suspensions: next.suspensions,
    planFailures: 0,
    failuresInARow: 0,
  });
  enqueue({
    type: "effect",
    params: {
      kind: "command",
      command: { type: "startTimer", timerId, at_ms: suspendedUntil_ms({ context: next, event }) },
    },
  });
});

export const disarm = effect(({ context }) => ({
  kind: "command",
  command: { type: "cancelTimer", timerId: context.timerId ?? "" },
}));

/** What is known has changed by no experiment of its own: a result taken back, or one that it was told. */
export const noteOtherKnowledge = setupCampaign.assign({
  through: ({ event }) => event.position,
  ending: undefined,
});
