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

/** Places that are free now, within the budget. */
export function freePlaces(context: CampaignContext): number {
  const left = context.budget - context.observed - context.open.length;
  const room = context.inFlight_max - context.open.length;
  const barrier = context.waitForWholeBatch && context.open.length > 0;
  const none = context.ending !== undefined || barrier || context.hindrance !== undefined;
  return none ? 0 : Math.max(0, Math.min(left, room));
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
    pending: context.open.map(({ candidateId, parameters, recipe }) => ({
      candidateId,
      parameters,
      ...(recipe === undefined ? {} : { recipe }),
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
  return event.points.map((point, k) => ({
    experimentId: `${context.campaignId}.${context.created + k + 1}`,
    candidateId: point.candidateId,
    parameters: point.parameters,
    ...(point.recipe === undefined ? {} : { recipe: point.recipe }),
  }));
}

/** Effects that create the experiment of the k-th proposed point; called before the context counts it. */
export function experimentInput({ context, event }: Args, k: number): ExperimentInput {
  const point = event.type === "campaign.proposed" ? event.points[k] : undefined;
  return {
    experimentId: `${context.campaignId}.${context.created + k + 1}`,
    campaignId: context.campaignId,
    candidateId: point?.candidateId ?? "",
    parameters: point?.parameters ?? {},
    score: point?.score ?? 0,
    why: point?.why ?? "",
    batch: context.batches + 1,
    recipe: recipeOf(context, point?.recipe),
    ...(point?.recipe === undefined ? {} : { recipeName: point.recipe }),
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

export function reply({ context, event }: Args, accepted: boolean, reason?: string): Effect {
  return {
    kind: "command",
    command: {
      type: "replyToOperator",
      campaignId: context.campaignId,
      commandId: (event as OperatorEvent).commandId,
      accepted,
      ...(reason === undefined ? {} : { reason }),
    },
  };
}

export function without(context: CampaignContext, experimentId: string): Partial<CampaignContext> {
  return {
    open: context.open.filter((one) => one.experimentId !== experimentId),
    waiting: context.waiting.filter((one) => one !== experimentId),
  };
}

/** The waiting experiments that an approval or a rejection names; all of the batch where it names none. */
export function namedWaiting(context: CampaignContext, event: CampaignEvent): string[] {
  const names = "candidateIds" in event ? event.candidateIds : undefined;
  return context.open
    .filter((one) => context.waiting.includes(one.experimentId))
    .filter((one) => names === undefined || names.includes(one.candidateId))
    .map((one) => one.experimentId);
}

/** The number of a batch that a person means without naming its points, where another one waits by now. */
export function otherBatch(context: CampaignContext, event: CampaignEvent): number | undefined {
  if (event.type !== "campaign.approve" && event.type !== "campaign.reject") return undefined;
  const { batch, candidateIds } = event;
  return candidateIds === undefined && batch !== context.batches ? batch : undefined;
}

export function suspendedUntil_ms({ context, event }: Args): number {
  return event.time_ms + SUSPENSION_ms * 2 ** Math.max(0, context.suspensions - 1);
}
