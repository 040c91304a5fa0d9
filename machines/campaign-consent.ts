import {
  type Args,
  beginExperiment,
  type Decision,
  experimentInput,
  experimentOf,
  namedWaiting,
  otherBatch,
  reply,
  tellExperiment,
} from "./campaign-actions.ts";
import {
  accept,
  approveNamed,
  behaviourOf,
  EXPIRY_FOLLOWS,
  effect,
  refuse,
  rejectNamed,
  replan,
  setupCampaign,
  wakeAt,
} from "./campaign-setup.ts";

/**
 * What people decide about a campaign: which points may be measured, wider limits, its settings, points of their own.
 * A reply to an approval or a rejection names the points that it covered.
 */

export const refuseWithReason = {
  guard: "isRefused" as const,
  actions: effect((args) =>
    reply(args, false, "refusal" in args.event ? args.event.refusal : undefined),
  ),
};

const refuseOtherBatch = {
  guard: "namesOtherBatch" as const,
  actions: effect((args) => {
    const batch = otherBatch(args.context, args.event as Decision);
    const why = `Batch ${batch} does not wait; batch ${args.context.batches} does.`;
    return reply(args, false, why);
  }),
};

const acceptNamed = effect((args) => {
  const { behaviour } = args.event as Decision;
  const covered = namedWaiting(args.context, args.event as Decision);
  return behaviour === undefined
    ? reply(args, true)
    : reply(
        args,
        true,
        undefined,
        covered.map((one) => one.candidateId),
      );
});

const nothingNamed = { actions: refuse("No such point waits for approval.") };

// ---- wider limits

const takeWidening = setupCampaign.enqueueActions(({ context, enqueue }) => {
  const { widening, campaignId } = context;
  if (widening === undefined) return;
  const changes = { limits: widening.limits };
  enqueue({ type: "effect", params: { kind: "settings", campaignId, changes } });
  enqueue.assign({ widening: undefined });
});

const dropWidening = setupCampaign.assign({ widening: undefined });

const noSuchChange = {
  guard: "namesChange" as const,
  actions: effect((args) => {
    const { widening } = args.context;
    const which = widening === undefined ? "No change waits" : `Change ${widening.n} waits`;
    return reply(args, false, `${which} for approval.`);
  }),
};

/** A waiting change is decided in every live state. Whoever asked for wider limits does not approve them. */
const approveChange = [
  {
    guard: "isOwnChange" as const,
    actions: refuse("Wider limits are approved by somebody else than who asked for them."),
  },
  { guard: "namesWaitingChange" as const, actions: [accept, takeWidening] },
  noSuchChange,
];
const rejectChange = [
  { guard: "namesWaitingChange" as const, actions: [accept, dropWidening] },
  noSuchChange,
];

/** Approvals where no point can be released. */
export const decideChange = (state: string) => {
  const nothing = { actions: refuse(`No batch waits for approval: the campaign is ${state}.`) };
  return {
    "campaign.approve": [...approveChange, nothing],
    "campaign.reject": [...rejectChange, nothing],
  };
};

/** Approvals of a campaign that runs. */
export const approval = {
  "campaign.approve": [
    ...approveChange,
    refuseOtherBatch,
    refuseWithReason,
    {
      guard: "namesWaiting" as const,
      target: ".deciding" as const,
      actions: [acceptNamed, approveNamed],
    },
    nothingNamed,
  ],
  "campaign.reject": [
    ...rejectChange,
    refuseOtherBatch,
    {
      guard: "namesWaiting" as const,
      target: ".deciding" as const,
      actions: [acceptNamed, rejectNamed],
    },
    nothingNamed,
  ],
};

// ---- settings

/** What holds at once holds; wider limits wait. The reply says which is which. */
const takeChanges = setupCampaign.enqueueActions((args) => {
  const { context, event, enqueue } = args;
  if (event.type !== "campaign.extend") return;
  const { changes = {}, wider, by, reason, inWords = "" } = event;
  const { budget, inFlight, approval: mode, approvalExpires_s } = changes;
  const n = context.widenings + 1;
  const waits = wider === undefined ? "" : ` waits for another person as change ${n}`;
  enqueue({ type: "effect", params: reply(args, true, `${inWords}${waits}.`) });
  enqueue({
    type: "effect",
    params: { kind: "settings", campaignId: context.campaignId, changes },
  });
  enqueue.assign({
    ...(budget === undefined ? {} : { budget }),
    ...(inFlight === undefined ? {} : { inFlight_max: inFlight }),
    ...(mode === undefined ? {} : { approval: mode }),
    ...(approvalExpires_s === undefined ? {} : { approvalExpires_s }),
    ...(wider === undefined ? {} : { widenings: n, widening: { n, limits: wider, by, reason } }),
    ...shortenApprovals(args, approvalExpires_s),
    // What a stop rule said is asked again under the new one.
    ...(changes.stop === undefined && budget === undefined ? {} : { ending: undefined }),
  });
  const ends = shortenApprovals(args, approvalExpires_s).open?.map((one) => one.approvedUntil_ms);
  for (const [k, at_ms] of [...new Set(ends)].entries())
    if (at_ms !== undefined && at_ms > event.time_ms) enqueue(wakeAt(args, at_ms, k + 1));
});

/** A shorter expiry holds at once, for what has been approved too; a longer one for what will be. */
function shortenApprovals({ context, event }: Args, expires_s = 0) {
  if (expires_s === 0 || behaviourOf(event) < EXPIRY_FOLLOWS) return {};
  const open = context.open.map((one) => {
    if (one.approved_ms === undefined) return one;
    const until_ms = one.approved_ms + expires_s * 1000;
    return { ...one, approvedUntil_ms: Math.min(one.approvedUntil_ms ?? until_ms, until_ms) };
  });
  return { open };
}

/** The settings of a live campaign change where it stands. */
export const extend = [refuseWithReason, { actions: takeChanges }];

/** The same while it runs: new places are filled at once. */
export const extendRunning = [
  refuseWithReason,
  { target: ".deciding" as const, actions: [takeChanges, replan] },
];

/** A campaign that ended by its budget or its stop rule goes on under another one. */
export const extendFinished = [
  refuseWithReason,
  {
    guard: "emergencyLasts" as const,
    actions: refuse("The emergency stop is still active; clear it first."),
  },
  { guard: "goesOn" as const, target: "running" as const, actions: [takeChanges, replan] },
  { actions: takeChanges },
];

// ---- points by hand

const openByHand = setupCampaign.enqueueActions((args) => {
  const { context, event, enqueue } = args;
  if (event.type !== "campaign.propose") return;
  const points = event.points ?? [];
  const needsApproval = context.approval === "supervised";
  const opened = points.map((point, k) => ({
    ...experimentOf(context, point, k),
    byHand: true as const,
    ...(needsApproval ? { waitingSince_ms: event.time_ms } : {}),
  }));
  for (const [k, experiment] of opened.entries()) {
    const input = experimentInput(context, experiment, points[k] ?? { score: 0, why: "" });
    for (const params of beginExperiment(args, input, needsApproval))
      enqueue({ type: "effect", params });
  }
  const ids = opened.map((one) => one.experimentId);
  enqueue.assign({
    open: [...context.open, ...opened],
    waiting: needsApproval ? [...context.waiting, ...ids] : context.waiting,
    created: context.created + opened.length,
    batches: context.batches + 1,
    batch_position: event.position,
    isStale: context.request === undefined ? context.isStale : true,
  });
  const names = points.map((one) => one.candidateId);
  enqueue({ type: "effect", params: reply(args, true, undefined, names) });
});

const propose = [
  refuseWithReason,
  {
    guard: "asksNobody" as const,
    actions: refuse("The campaign is not supervised: nobody would be asked before it is measured."),
  },
  { guard: "isAlreadyOpen" as const, actions: refuse("The point is on its way already.") },
  { guard: "hasRoomByHand" as const, actions: openByHand },
  { actions: refuse("The budget leaves no place for it; extend the budget first.") },
];

export const proposeByHand = { "campaign.propose": propose };

/** The same while it runs: what waits decides the state. */
export const proposeRunning = {
  "campaign.propose": propose.map((one) =>
    one.actions === openByHand ? { ...one, target: ".deciding" as const } : one,
  ),
};

// ---- approvals that expire

/** The point waits again, in a batch of its own, so that no older approval covers it. */
export const noteLapsed = setupCampaign.assign(({ context, event }) => {
  if (event.type !== "experiment.lapsed") return {};
  const { experimentId } = event;
  const isInOne = event.sharesBatch === true && context.batch_position === event.position;
  const batches = context.batches + (isInOne ? 0 : 1);
  return {
    batches,
    batch_position: event.position,
    waiting: [...context.waiting.filter((id) => id !== experimentId), experimentId],
    open: context.open.map((one) =>
      one.experimentId === experimentId
        ? {
            ...one,
            batch: batches,
            approvedUntil_ms: undefined,
            waitingSince_ms: event.time_ms,
          }
        : one,
    ),
  };
});

/** Where nobody is asked any more, it ends. */
export const cancelLapsed = effect((args) =>
  tellExperiment("experimentId" in args.event ? args.event.experimentId : "", args, {
    type: "experiment.cancel",
    reason: "cancelledByOperator",
  }),
);
