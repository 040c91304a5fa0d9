import { setup } from "xstate";
import type { Parameters } from "../src/domain/candidate.ts";
import { type JobFailureReason, jobName } from "../src/domain/job.ts";
import { type Recipe, resolveParameters } from "../src/domain/recipe.ts";
import type { Effect, Stamp } from "./effect.ts";
import type { JobInput } from "./job-types.ts";

export interface ExperimentInput {
  readonly experimentId: string;
  readonly campaignId: string;
  readonly candidateId: string;
  readonly parameters: Parameters;
  readonly score: number;
  readonly why: string;
  /** Number of the batch that proposed it. */
  readonly batch: number;
  readonly recipe: Recipe;
  /** Name of the alternative recipe; absent for the campaign's own. */
  readonly recipeName?: string | undefined;
  /** The experiment whose sample it measures again; absent: it makes its own. */
  readonly sample?: string | undefined;
}

export interface ExperimentContext extends ExperimentInput {
  readonly step: number;
  readonly cancelled: boolean;
}

export type ExperimentEvent =
  | ({ readonly type: "experiment.submit"; readonly needsApproval: boolean } & Stamp)
  | ({ readonly type: "experiment.approve" } & Stamp)
  /** Its approval expired before its first job began. */
  | ({ readonly type: "experiment.lapse"; readonly sharesBatch?: boolean | undefined } & Stamp)
  | ({ readonly type: "experiment.cancel"; readonly reason: JobFailureReason } & Stamp)
  | ({
      readonly type: "job.done";
      readonly step: number;
      readonly isFailure: boolean;
      /** `resultUnusable`: nothing can be learnt from what it brought, with the reason. */
      readonly reason?: JobFailureReason | undefined;
      readonly detail?: string | undefined;
      readonly isMismatch?: boolean | undefined;
    } & Stamp)
  | ({
      readonly type: "job.ended";
      readonly step: number;
      readonly reason: JobFailureReason | undefined;
      readonly detail: string | undefined;
    } & Stamp);

type Args = { readonly context: ExperimentContext; readonly event: ExperimentEvent };

const setupExperiment = setup({
  types: {
    context: {} as ExperimentContext,
    events: {} as ExperimentEvent,
    input: {} as ExperimentInput,
  },
  actions: { effect: (_, _effect: Effect) => {} },
  guards: {
    /** The last step brings the observation; a failure is one at any step. */
    /** It brought what cannot be learnt from, or cannot be true: the experiment has failed. */
    isUnusable: ({ context, event }) =>
      event.type === "job.done" && event.step === context.step && event.reason === "resultUnusable",
    isLast: ({ context, event }) =>
      event.type === "job.done" &&
      event.reason !== "resultUnusable" &&
      event.step === context.step &&
      (event.isFailure || context.step === context.recipe.steps.length - 1),
    isCurrent: ({ context, event }) => "step" in event && event.step === context.step,
    isCancelled: ({ context }) => context.cancelled,
    needsApproval: ({ event }) => event.type === "experiment.submit" && event.needsApproval,
  },
});

const effect = (make: (args: Args) => Effect) => ({ type: "effect" as const, params: make });

const jobAddress = (context: ExperimentContext) =>
  ({ machine: "job", id: jobName(context.experimentId, context.step) }) as const;

/** The sample carries its experiment's name from the robot to the diffractometer. */
function jobInput(context: ExperimentContext): JobInput {
  const step = context.recipe.steps[context.step];
  return {
    jobId: jobName(context.experimentId, context.step),
    campaignId: context.campaignId,
    experimentId: context.experimentId,
    step: context.step,
    capability: step?.capability ?? "",
    parameters: step === undefined ? {} : resolveParameters(step, context.parameters),
    sampleIds: [context.sample ?? context.experimentId],
    repeatable: step?.repeatable ?? false,
    retries: step?.retries ?? 0,
    timeLimit_s: step?.timeLimit_s ?? 0,
    ...(step?.by === "person" ? { byPerson: true } : {}),
  };
}

const createJob = effect(({ context }) => ({
  kind: "create",
  what: jobAddress(context),
  input: jobInput(context),
}));

const tellJob = (event: (args: Args) => { type: string; [field: string]: unknown }) =>
  effect((args) => ({
    kind: "tell",
    to: jobAddress(args.context),
    event: { ...event(args), time_ms: args.event.time_ms, position: args.event.position },
  }));

const tellCampaign = (
  type: "experiment.observed" | "experiment.failed" | "experiment.abandoned" | "experiment.lapsed",
) =>
  effect(({ context, event }) => ({
    kind: "tell",
    to: { machine: "campaign", id: context.campaignId },
    event: {
      type,
      experimentId: context.experimentId,
      candidateId: context.candidateId,
      reason: "reason" in event ? event.reason : undefined,
      detail: "detail" in event ? event.detail : undefined,
      ...("sharesBatch" in event && event.sharesBatch === true ? { sharesBatch: true } : {}),
      ...("isMismatch" in event && event.isMismatch === true ? { isMismatch: true } : {}),
      time_ms: event.time_ms,
      position: event.position,
    },
  }));

/** A result that comes after the experiment was given up is data all the same. */
const late = {
  "job.done": [{ guard: "isLast", target: "observed" }, {}],
  "job.ended": {},
  "experiment.cancel": {},
} as const;

/**
 * One proposed point: its recipe, step by step, on one sample. It has no deadlines of its own: each step is a job,
 * and each job has them.
 */
export const experimentMachine = setupExperiment.createMachine({
  id: "experiment",
  initial: "planned",
  context: ({ input }) => ({ ...input, step: 0, cancelled: false }),
  on: { "*": { actions: effect(({ event }) => ({ kind: "unexpected", event: event.type })) } },
  states: {
    planned: {
      on: {
        "experiment.submit": [
          {
            guard: "needsApproval",
            actions: [createJob, tellJob(() => ({ type: "job.submit", needsApproval: true }))],
          },
          {
            target: "step",
            actions: [createJob, tellJob(() => ({ type: "job.submit", needsApproval: false }))],
          },
        ],
        "experiment.approve": { target: "step", actions: tellJob(() => ({ type: "job.approve" })) },
        "experiment.cancel": {
          actions: [
            setupExperiment.assign({ cancelled: true }),
            tellJob(({ event }) => ({
              type: "job.cancel",
              reason: "reason" in event ? event.reason : undefined,
            })),
          ],
        },
        "job.ended": "abandoned",
      },
    },
    step: {
      on: {
        "job.done": [
          { guard: "isUnusable", target: "failed" },
          { guard: "isLast", target: "observed" },
          {
            guard: ({ context, event }) => event.step === context.step && context.cancelled,
            target: "abandoned",
          },
          {
            guard: "isCurrent",
            actions: [
              setupExperiment.assign({ step: ({ context }) => context.step + 1 }),
              createJob,
              tellJob(() => ({ type: "job.submit", needsApproval: false })),
            ],
          },
          {},
        ],
        "experiment.lapse": [
          {
            guard: ({ context }) => context.step === 0,
            target: "planned",
            actions: [tellJob(() => ({ type: "job.lapse" })), tellCampaign("experiment.lapsed")],
          },
          {},
        ],
        "job.ended": [
          { guard: "isCancelled", target: "abandoned" },
          { guard: "isCurrent", target: "failed" },
          {},
        ],
        "experiment.cancel": {
          actions: [
            setupExperiment.assign({ cancelled: true }),
            tellJob(({ event }) => ({
              type: "job.cancel",
              reason: "reason" in event ? event.reason : undefined,
            })),
          ],
        },
      },
    },
    observed: {
      entry: tellCampaign("experiment.observed"),
      on: { "job.done": {}, "job.ended": {}, "experiment.cancel": {} },
    },
    failed: { entry: tellCampaign("experiment.failed"), on: late },
    abandoned: { entry: tellCampaign("experiment.abandoned"), on: late },
  },
});
