import type { InstrumentContext, JobContext } from "../../machines/index.ts";
import { findLimitViolation, type Limits, type Parameters } from "../domain/candidate.ts";
import { refusalByInstrument, refusalOfPoint } from "../domain/limits/campaign-limits.ts";
import {
  type Conversion,
  fitSetPoints,
  type Order,
  refusalByLimits,
} from "../domain/limits/fit-set-points.ts";
import { type RecipeStep, recipeOf, resolveParameters, statedUnits } from "../domain/recipe.ts";
import type { Lab } from "./lab.ts";

/** Set points in an instrument's own units, and what was converted. */
export interface SentSetPoints {
  readonly parameters: Parameters;
  readonly conversions: readonly Conversion[];
}

/** How the job goes to this instrument, or why its birth or its configuration forbids it. */
export function fitOn(
  lab: Lab,
  instrument: InstrumentContext,
  job: JobContext,
): { readonly sent?: SentSetPoints } | string {
  const { parameters } = job;
  if (lab.behaviour < 2) return fitNumbers(lab, instrument, job);
  const step = lab.machines.experiment.get(job.experimentId)?.context.recipe.steps[job.step];
  const { instrumentId, capabilities } = instrument;
  const basis = [capabilities, lab.policies, lab.specs.get(job.campaignId), step];
  return remembered(parameters, instrumentId, basis, () => {
    const units = step === undefined ? {} : statedUnits(step);
    return fitOrder(lab, instrument, job, { parameters, units });
  });
}

interface Remembered {
  readonly basis: readonly unknown[];
  readonly answer: unknown;
}

/** A job that waits is asked about at every event, and what the answer follows from hardly ever changes. */
const answers = new WeakMap<Parameters, Map<string, Remembered>>();

/**
 * The answer of `find` about these set points, found once for as long as everything that it follows from is the same: none
 * of it is ever changed in place.
 */
function remembered<Answer>(
  parameters: Parameters,
  about: string,
  basis: readonly unknown[],
  find: () => Answer,
): Answer {
  const known = answers.get(parameters)?.get(about);
  if (known !== undefined && basis.every((one, k) => one === known.basis[k]))
    return known.answer as Answer;
  const answer = find();
  const of = answers.get(parameters) ?? new Map<string, Remembered>();
  answers.set(parameters, of.set(about, { basis, answer }));
  return answer;
}

/** Why the campaign's own limits forbid the point of this job; `undefined` where they do not. */
export function campaignRefusal(lab: Lab, job: JobContext): string | undefined {
  const spec = lab.specs.get(job.campaignId);
  if (spec === undefined) return undefined;
  const whose = `campaign ${job.campaignId}`;
  const experiment = lab.machines.experiment.get(job.experimentId)?.context;
  if (lab.behaviour < 2 || experiment === undefined)
    return refusalOfNumbers(job.parameters, spec.limits, whose);
  const { parameters, recipeName } = experiment;
  return remembered(parameters, whose, [spec, recipeName], () =>
    refusalOfPoint(spec, { parameters, recipe: recipeName }, whose),
  );
}

/**
 * Why a point cannot be measured: the campaign's limits and conditions, or a step that every instrument which offers it
 * refuses. `undefined` where nothing that is known speaks against it.
 */
export function refusalOfProposal(
  lab: Lab,
  campaignId: string,
  point: { readonly parameters: Parameters; readonly recipe?: string | undefined },
): string | undefined {
  const spec = lab.specs.get(campaignId);
  if (spec === undefined) return undefined;
  const { steps } = recipeOf(spec, point.recipe);
  if (lab.behaviour < 2) {
    return firstText(steps, (step) =>
      refusalOfNumbers(resolveParameters(step, point.parameters), spec.limits, "the campaign"),
    );
  }
  return (
    refusalOfPoint(spec, point, "the campaign") ??
    firstText(steps, (step) => refusalByInstruments(lab, campaignId, step, point.parameters))
  );
}

function refusalByInstruments(
  lab: Lab,
  campaignId: string,
  step: RecipeStep,
  candidate: Parameters,
): string | undefined {
  const order = { parameters: resolveParameters(step, candidate), units: statedUnits(step) };
  let why: string | undefined;
  for (const instrumentId of lab.instrumentIds) {
    const instrument = lab.machines.instrument.get(instrumentId)?.context;
    if (!instrument?.capabilities.some(({ name }) => name === step.capability)) continue;
    const fitting = fitOrder(lab, instrument, { campaignId, capability: step.capability }, order);
    if (typeof fitting !== "string") return undefined;
    why ??= fitting;
  }
  return why;
}

function fitOrder(
  lab: Lab,
  instrument: InstrumentContext,
  asked: Pick<JobContext, "campaignId" | "capability">,
  order: Order,
): { readonly sent?: SentSetPoints } | string {
  const { instrumentId } = instrument;
  const capability = instrument.capabilities.find((one) => one.name === asked.capability);
  const fitting = fitSetPoints(order, capability ?? { parameters: {} }, instrumentId);
  if (fitting.kind === "refused") return `${fitting.reason}.`;
  const declared = capability?.parameters ?? {};
  const policy = lab.policies[instrumentId] ?? { limits: {} };
  const { campaignId } = asked;
  // A number without a unit of its own is in the instrument's: only here can the campaign's limit be held against it.
  const refusal =
    refusalByInstrument(order, policy, { whose: instrumentId, declared }) ??
    refusalByLimits(
      order,
      lab.specs.get(campaignId)?.limits ?? {},
      `campaign ${campaignId}`,
      declared,
    );
  if (refusal !== undefined) return refusal;
  const { parameters, conversions } = fitting;
  return conversions.length === 0 ? {} : { sent: { parameters, conversions } };
}

/** By the rules of behaviour 1: numbers as they stand. */
function fitNumbers(lab: Lab, instrument: InstrumentContext, job: JobContext) {
  const { instrumentId, capabilities } = instrument;
  const announced = capabilities.find((one) => one.name === job.capability)?.parameters ?? {};
  const configured = lab.policies[instrumentId]?.limits ?? {};
  return (
    violationText(job.parameters, announced, instrumentId) ??
    violationText(job.parameters, configured, instrumentId) ??
    {}
  );
}

function refusalOfNumbers(
  parameters: Parameters,
  limits: Limits,
  whose: string,
): string | undefined {
  const broken = Object.entries(parameters).find(
    ([, value]) => typeof value === "number" && !Number.isFinite(value),
  );
  if (broken !== undefined) return `${broken[0]} has no value.`;
  return violationText(parameters, limits, whose);
}

function violationText(parameters: Parameters, limits: Limits, whose: string): string | undefined {
  const violation = findLimitViolation(parameters, limits);
  if (violation === undefined) return undefined;
  const { min, max } = violation.limit;
  const range = `${min ?? "-inf"} to ${max ?? "inf"}`;
  return `${whose} refuses ${violation.parameter} = ${JSON.stringify(violation.value)}: allowed is ${range} (TL-3104).`;
}

function firstText(
  steps: readonly RecipeStep[],
  find: (step: RecipeStep) => string | undefined,
): string | undefined {
  for (const step of steps) {
    const found = find(step);
    if (found !== undefined) return found;
  }
  return undefined;
}
