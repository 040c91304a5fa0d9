import { assert } from "../../core/assert.ts";
import { misuse } from "../../core/errors.ts";
import { createPrng } from "../../core/prng.ts";
import type { CampaignSpec } from "../../domain/campaign.ts";
import type { Parameters } from "../../domain/candidate.ts";
import { freeCouplings } from "../../domain/forward-request.ts";
import type { EffectiveModelSettings } from "../../domain/goal-settings.ts";
import type { CampaignResult, Proposal, ProposalRequest, Verdict } from "../../domain/proposal.ts";
import {
  ARRIVALS_MIN,
  type CalculationPlan,
  planCalculations,
  searchOn,
} from "../../models/effective-model/emulate/calculation-plan.ts";
import { roundCouplings } from "../../models/effective-model/emulate/calculation-race.ts";
import {
  type EmulatedPosterior,
  sampleConfirmed,
} from "../../models/effective-model/emulate/emulated-posterior.ts";
import { createEstimationProblem } from "../../models/effective-model/estimate/estimation-problem.ts";
import { readEstimationSpec } from "../../models/effective-model/estimate/estimation-spec.ts";
import { describeMisfit } from "../../models/effective-model/estimate/fit-check.ts";
import { guessScales } from "../../models/effective-model/estimate/noise-scales.ts";
import type { Planner } from "../planner.ts";
import { readCalculation, readGap } from "./forward-calculation.ts";
import type { ForwardStudy, LearntCalculation } from "./forward-study.ts";
import { describeSearch, summarisePosterior, viewOf } from "./forward-view.ts";

/**
 * The planner of `effective-model` campaigns whose experiments are forward calculations on runners: proposes coupling
 * vectors until the maximum of the posterior and the posterior around it are known, and ends.
 * Errors: TL-8002 and others where the specification is wrong or is not for such a campaign.
 */
export function createForwardPlanner(
  campaign: CampaignSpec,
  settings: EffectiveModelSettings,
): Planner {
  const study = createStudy(campaign, settings);
  const calculations = new Map<number, LearntCalculation>();
  const failures = new Map<number, Float64Array>();
  let posterior: EmulatedPosterior | undefined;
  /** For the page, which need not wait for the newest. */
  let latest: EmulatedPosterior | undefined;
  const inOrder = (): LearntCalculation[] =>
    [...calculations.values()].sort((a, b) => a.order - b.order);
  const sample = (): EmulatedPosterior => {
    posterior ??= sampleConfirmed(study.spec, study.problem, inOrder());
    latest = posterior;
    return posterior;
  };
  const stateOf = (known: readonly LearntCalculation[]) => ({
    ...study,
    calculated: known,
    failed: [...failures.values()],
    calculations_max: campaign.budget,
    design: createPrng(`${campaign.seed}/design`),
  });
  return {
    learn: (results) => {
      for (const result of results) learnOne(study, result, calculations, failures);
      posterior = undefined;
    },
    forget: (positions) => {
      for (const position of positions) {
        calculations.delete(position);
        failures.delete(position);
      }
      posterior = undefined;
      latest = undefined;
    },
    propose: (request) => {
      const known = inOrder();
      const plan = planCalculations({
        ...stateOf(known),
        pending: pendingOf(study, request),
        count: request.count,
        prng: createPrng(`${request.seed}/${request.n}`),
        posterior: sample,
      });
      return propose(study, request, known, plan);
    },
    view: () => {
      const known = inOrder();
      const { isOver } = searchOn({ ...stateOf(known), pending: [] });
      return viewOf(study, known, isOver ? (latest ?? sample()) : undefined);
    },
  };
}

function createStudy(campaign: CampaignSpec, settings: EffectiveModelSettings): ForwardStudy {
  const spec = readEstimationSpec(settings.spec);
  if (spec.models.length > 1)
    throw misuse("TL-8002", "models cannot be compared by forward calculations on runners");
  if (settings.target !== undefined || settings.sigma !== undefined)
    throw misuse(
      "TL-8002",
      `${settings.target === undefined ? "sigma" : "target"} is for campaigns that measure`,
      "The curves are given: a curve may have its own sigma; the campaign ends when the posterior is known.",
    );
  const problem = createEstimationProblem(
    spec,
    spec.models[0] ?? { name: "", bonds: [] },
    spec.curves,
    guessScales(spec.curves),
  );
  refuseOtherSpace(campaign, settings, problem.map.free);
  return { spec: { ...spec, seed: `${campaign.seed}/${spec.seed}` }, problem };
}

/** The space must be the couplings within their bounds, so that limits mean what they say. */
function refuseOtherSpace(
  campaign: CampaignSpec,
  settings: EffectiveModelSettings,
  free: readonly string[],
): void {
  const { space } = campaign;
  const wanted = freeCouplings(settings.spec).filter(({ name }) => free.includes(name));
  const isSame =
    space.kind === "box" &&
    space.axes.length === wanted.length &&
    wanted.every(({ name, min, max }) =>
      space.axes.some((axis) => axis.name === name && axis.min === min && axis.max === max),
    );
  if (!isSame)
    throw misuse(
      "TL-8002",
      `the space must be a box of the free couplings ${free.join(", ")} with their bounds`,
      "Leave space and recipe out: they follow from model.spec.",
    );
}

function learnOne(
  { spec, problem }: ForwardStudy,
  result: CampaignResult,
  calculations: Map<number, LearntCalculation>,
  failures: Map<number, Float64Array>,
): void {
  const { observations, parameters, position } = result;
  const { free } = problem.map;
  const found = readCalculation(observations, parameters, free, spec.curves);
  if (found === undefined) failures.set(position, pointOf(free, parameters));
  else {
    const order = orderOf(result.candidateId);
    calculations.set(position, { ...found, order, gap_meV: readGap(observations) });
  }
}

/** `x12.3`, the fourth point of proposal 12, as a number. */
function orderOf(candidateId: string): number {
  const [, proposal = "0", place = "0"] = /^x(\d+)\.(\d+)$/.exec(candidateId) ?? [];
  return 1000 * Number(proposal) + Number(place);
}

function pointOf(free: readonly string[], parameters: Parameters): Float64Array {
  return Float64Array.from(free, (name) => Number(parameters[name]));
}

function pendingOf({ problem }: ForwardStudy, request: ProposalRequest): Float64Array[] {
  return request.pending.map(({ parameters }) => pointOf(problem.map.free, parameters));
}

function propose(
  study: ForwardStudy,
  request: ProposalRequest,
  known: readonly LearntCalculation[],
  plan: CalculationPlan,
): Proposal {
  const { free } = study.problem.map;
  const { posterior } = plan;
  const summary =
    posterior === undefined
      ? describeSearch(study, known, plan.stage)
      : summarisePosterior(study, known, posterior, plan.search);
  assert(known.length > 0 || posterior === undefined, "a posterior needs calculations");
  return {
    points: plan.points.map(({ x, score, why }, k) => {
      const rounded = roundCouplings(x);
      return {
        candidateId: `x${request.n}.${k}`,
        parameters: Object.fromEntries(free.map((name, c) => [name, rounded[c] ?? 0])),
        score: Number.isFinite(score) ? Number(score.toPrecision(6)) : 0,
        why,
      };
    }),
    verdict: judge(known.length, plan),
    model: {
      observations: known.length,
      method:
        "screen, race of descents, Bayesian optimisation of ln chi2, emulated exchange Monte Carlo",
      hyperparameters: { stage: plan.stage },
      summary,
    },
    warnings: warningsOf(plan.search),
  };
}

function judge(count: number, { posterior, search }: CalculationPlan): Verdict {
  if (posterior?.isTrusted !== true) return { kind: "continue" };
  const change = posterior.error.median.toPrecision(2);
  const known =
    `maximum and posterior are known from ${count} forward calculations ` +
    `(leaving one out changes ln p by ${change}`;
  const misfit = misfitIn(search);
  if (misfit !== undefined) return { kind: "exhausted", reason: `${known}), but ${misfit}` };
  const { arrivals, rounds } = search;
  const descents = `${arrivals} ${arrivals === 1 ? "descent" : "descents"} ended at the best`;
  return { kind: "converged", reason: `${known}; ${descents} in ${rounds} rounds of search)` };
}

function misfitIn({ fit, isOver }: CalculationPlan["search"]): string | undefined {
  return isOver && fit !== undefined ? describeMisfit(fit) : undefined;
}

/** What a person should know about the search. */
function warningsOf(search: CalculationPlan["search"]): string[] {
  const misfit = misfitIn(search);
  return [
    ...(misfit === undefined ? [] : [`${misfit[0]?.toUpperCase()}${misfit.slice(1)}.`]),
    ...(search.isOver && search.arrivals < ARRIVALS_MIN
      ? ["At most one descent ended at the best fit: a better basin may have been missed."]
      : []),
  ];
}
