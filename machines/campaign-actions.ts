import type { ProposedPoint } from "../src/domain/proposal.ts";
import { recipeOf } from "../src/domain/recipe.ts";
import type {
  CampaignContext,
  CampaignEvent,
  OpenExperiment,
  OperatorEvent,
} from "./campaign-types.ts";
import { SUSPENSION_ms } from "./campaign-types.ts";
import type { Effect } from "./effect.ts";
import type { ExperimentInput } from "./experiment.ts";

export type Args = { readonly context: CampaignContext; readonly event: CampaignEvent };

/** How many points to ask for now: as many as places are free, but of points that go together a whole load or none. */
export function freePlaces(context: CampaignContext): number {
  const free = placesWithin(context);
  const { together, inFlight_max, budget, observed, open } = context;
  if (together === undefined) return free;
  const load = Math.min(together, inFlight_max, budget - observed - newSamples(open));
  return free < load ? 0 : load;
}

/** Places that are free now, within the budget. */
function placesWithin(context: CampaignContext): number {
  const left = context.budget - context.observed - newSamples(context.open);
  const room = context.inFlight_max - context.open.length;
  const barrier = context.waitForWholeBatch && context.open.length > 0;
  const none = context.ending !== undefined || barrier || context.hindrance !== undefined;
  return none ? 0 : Math.max(0, Math.min(left, room));
}

/** Of open experiments those that the budget counts: a sample that is measured again has been counted. */
export function newSamples(open: readonly OpenExperiment[]): number {
  return open.filter(({ sample }) => sample === undefined).length;
}

/** Places for samples that are measured again: they need no budget. */
function placesAgain(context: CampaignContext): number {
  const isClosed = context.hindrance !== undefined || context.isStopAsked;
  return isClosed ? 0 : Math.max(0, context.inFlight_max - context.open.length);
}

/** The next request; the same context always makes the same one. */
export function nextRequest(
  context: CampaignContext,
  wanted: number,
): NonNullable<CampaignContext["request"]> {
  const n = context.requests + 1;
  return {
    requestId: `${context.campaignId}.r${n}`,
    n,
    count: wanted,
    through: context.through,
    pending: context.open.map(({ candidateId, parameters, recipe, sample }) => ({
      candidateId,
      parameters,
      ...(recipe === undefined ? {} : { recipe }),
      ...(sample === undefined ? {} : { sample }),
    })),
    excluded: context.excluded,
    seed: context.seed,
  };
}

export function requestCommand({ context }: Args): Effect {
  const { requestId, through, ...request } = context.request ?? nextRequest(context, 0);
  return {
    kind: "command",
    command: {
      type: "requestProposal",
      campaignId: context.campaignId,
      requestId,
      through,
      request,
    },
  };
}

export function experimentsOf(context: CampaignContext, event: CampaignEvent): OpenExperiment[] {
  if (event.type !== "campaign.proposed") return [];
  const again = event.points.filter(({ sample }) => sample !== undefined);
  const others = event.points.filter(
    ({ candidateId, sample }) => sample === undefined && !isOpenByHand(context, candidateId),
  );
  const taken = again.slice(0, placesAgain(context));
  const room = context.inFlight_max - context.open.length - taken.length;
  const places = Math.max(0, Math.min(placesWithin({ ...context, ending: undefined }), room));
  return [...taken, ...others.slice(0, places)].map((point, k) => experimentOf(context, point, k));
}

/** The k-th experiment that opens at this event. */
export function experimentOf(
  context: CampaignContext,
  point: ProposedPoint,
  k: number,
): OpenExperiment {
  return {
    experimentId: `${context.campaignId}.${context.created + k + 1}`,
    candidateId: point.candidateId,
    parameters: point.parameters,
    batch: context.batches + 1,
    ...(point.recipe === undefined ? {} : { recipe: point.recipe }),
    ...(point.sample === undefined ? {} : { sample: point.sample }),
  };
}

/** The planner chose before it could know: the point is measured once. */
function isOpenByHand(context: CampaignContext, candidateId: string): boolean {
  return context.open.some((one) => one.byHand === true && one.candidateId === candidateId);
}

/** Creates an experiment and asks for its first step. */
export function beginExperiment(
  args: Args,
  input: ExperimentInput,
  needsApproval: boolean,
): Effect[] {
  const { experimentId } = input;
  return [
    { kind: "create", what: { machine: "experiment", id: experimentId }, input },
    tellExperiment(experimentId, args, { type: "experiment.submit", needsApproval }),
  ];
}

/** What the machine of an experiment starts from. */
export function experimentInput(
  context: CampaignContext,
  experiment: OpenExperiment,
  { score, why }: Pick<ProposedPoint, "score" | "why">,
): ExperimentInput {
  const { experimentId, candidateId, parameters, batch, recipe, sample } = experiment;
  return {
    experimentId,
    campaignId: context.campaignId,
    candidateId,
    parameters,
    score,
    why,
    batch,
    recipe: recipeOf(context, recipe),
    ...(recipe === undefined ? {} : { recipeName: recipe }),
    ...(sample === undefined ? {} : { sample }),
  };
}

export function tellExperiment(
  experimentId: string,
  args: Args,
  event: { type: string; [f: string]: unknown },
): Effect {
  return {
    kind: "tell",
    to: { machine: "experiment", id: experimentId },
    event: { ...event, time_ms: args.event.time_ms, position: args.event.position },
  };
}

export function reply(
  { context, event }: Args,
  accepted: boolean,
  reason?: string,
  candidateIds?: readonly string[],
): Effect {
  return {
    kind: "command",
    command: {
      type: "replyToOperator",
      campaignId: context.campaignId,
      commandId: (event as OperatorEvent).commandId,
      accepted,
      ...(reason === undefined ? {} : { reason }),
      ...(candidateIds === undefined ? {} : { candidateIds }),
    },
  };
}

export function without(context: CampaignContext, experimentId: string): Partial<CampaignContext> {
  return {
    open: context.open.filter((one) => one.experimentId !== experimentId),
    waiting: context.waiting.filter((one) => one !== experimentId),
  };
}

/** What an approval or a rejection means, of an event or of a command on its way. */
export interface Decision {
  readonly batch?: number | undefined;
  readonly candidateIds?: readonly string[] | undefined;
  readonly behaviour?: number | undefined;
}

/**
 * The waiting experiments that an approval or a rejection covers: those that it names, of those that its batch showed. A
 * batch shows every point that waits, so that batch n showed the points of n and of every earlier one.
 */
export function namedWaiting(context: CampaignContext, decision: Decision): OpenExperiment[] {
  const { candidateIds, batch = context.batches, behaviour = 1 } = decision;
  const last = behaviour < SHOWN_ONLY ? Number.POSITIVE_INFINITY : batch;
  return context.open
    .filter((one) => context.waiting.includes(one.experimentId) && one.batch <= last)
    .filter((one) => candidateIds === undefined || candidateIds.includes(one.candidateId));
}

/** From this behaviour on (src/runtime/behaviour.ts) an approval covers what its batch showed, and the points of an older batch that still wait. */
const SHOWN_ONLY = 4;

/** The number of a batch that a person means, where none of its points waits. */
export function otherBatch(context: CampaignContext, decision: Decision): number | undefined {
  const { batch, candidateIds, behaviour = 1 } = decision;
  if (behaviour < SHOWN_ONLY)
    return candidateIds === undefined && batch !== context.batches ? batch : undefined;
  if (batch === undefined) return undefined;
  return batch > context.batches || namedWaiting(context, { batch, behaviour }).length === 0
    ? batch
    : undefined;
}

export function suspendedUntil_ms({ context, event }: Args): number {
  return event.time_ms + SUSPENSION_ms * 2 ** Math.max(0, context.suspensions - 1);
}
