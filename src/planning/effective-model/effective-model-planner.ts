import { assert } from "../../core/assert.ts";
import type { CampaignSpec } from "../../domain/campaign.ts";
import type { Candidate, Parameters } from "../../domain/candidate.ts";
import { listCandidates } from "../../domain/candidates.ts";
import type { EffectiveModelSettings } from "../../domain/goal-settings.ts";
import type { CampaignResult, Proposal, ProposalRequest, Verdict } from "../../domain/proposal.ts";
import {
  chooseMeasurements,
  type PossibleMeasurement,
} from "../../models/effective-model/estimate/experiment-design.ts";
import type { MeasuredCurve } from "../../models/effective-model/estimate/measured-curve.ts";
import type { MeasuringPoint } from "../../models/effective-model/forward/curve-predictor.ts";
import type { Planner, PlannerFactory } from "../planner.ts";
import { type PosteriorCurve, posteriorCurves } from "./effective-model-curves.ts";
import {
  createKnowledge,
  type Knowledge,
  type KnowledgeSource,
} from "./effective-model-knowledge.ts";
import { measuredForPage } from "./effective-model-view.ts";
import { createForwardPlanner } from "./forward-planner.ts";
import { curvesOf, measuringPoints } from "./magnetic-results.ts";

/** A point whose experiment failed this often is not proposed again. */
const FAILURES_max = 2;

/**
 * The planner of `effective-model` campaigns: proposes the field and temperature whose measurement is expected to
 * reduce the posterior's uncertainty of the target (a coupling or the spin gap) most, and stops at the target error.
 * Measuring the same point again is proposed where that is best.
 */
export const createEffectiveModelPlanner: PlannerFactory = (campaign) => {
  assert(
    campaign.goal === "effective-model",
    `the effective-model planner was given ${campaign.goal}`,
  );
  if (campaign.model.forward !== undefined) return createForwardPlanner(campaign, campaign.model);
  const source = createKnowledge(campaign.model, campaign.seed);
  return createPlanner(campaign, campaign.model, source, listCandidates(campaign.space));
};

interface Learnt {
  readonly curves: Map<number, readonly MeasuredCurve[]>;
  readonly failures: Map<number, string>;
}

function createPlanner(
  campaign: CampaignSpec,
  settings: EffectiveModelSettings,
  source: KnowledgeSource,
  candidates: readonly Candidate[],
): Planner {
  const learnt: Learnt = { curves: new Map(), failures: new Map() };
  let known: Knowledge | undefined;
  let drawn: { readonly of: Knowledge; readonly curves: readonly PosteriorCurve[] } | undefined;
  const wanted = settings.target?.error_max;
  const knowledge = (): Knowledge => {
    if (known === undefined) {
      const positions = [...learnt.curves.keys()].sort((a, b) => a - b);
      const results = positions.flatMap((position) => learnt.curves.get(position) ?? []);
      known = source(results);
      if (isReached(known, wanted)) known = source(results, "thorough");
    }
    return known;
  };
  const curves = (): readonly PosteriorCurve[] => {
    const of = knowledge();
    if (drawn?.of !== of) {
      const measured = [...learnt.curves.values()].flat().flatMap((curve) => curve.points);
      const points = measured.length > 0 ? measured : wishes(candidates);
      drawn = { of, curves: posteriorCurves(of, points) };
    }
    return drawn.curves;
  };
  return {
    learn: (results) => {
      for (const result of results) learnOne(learnt, result);
      known = undefined;
    },
    forget: (positions) => {
      for (const position of positions) {
        learnt.curves.delete(position);
        learnt.failures.delete(position);
      }
      known = undefined;
    },
    propose: (request) =>
      propose({ request, campaign, settings, candidates, learnt, known: knowledge() }),
    view: () => ({
      kind: "effective-model",
      ...knowledge().view,
      measured: measuredForPage([...learnt.curves.values()].flat()),
      curves: curves(),
    }),
  };
}

/** Before the first result the curves show what could be measured. */
function wishes(candidates: readonly Candidate[]): MeasuringPoint[] {
  return candidates.flatMap(({ parameters }) => measuringPoints(parameters));
}

function learnOne(learnt: Learnt, result: CampaignResult): void {
  const curves = curvesOf(result);
  if (curves.length > 0) learnt.curves.set(result.position, curves);
  else learnt.failures.set(result.position, result.candidateId);
}

interface ProposeContext {
  readonly request: ProposalRequest;
  readonly campaign: CampaignSpec;
  readonly settings: EffectiveModelSettings;
  readonly candidates: readonly Candidate[];
  readonly learnt: Learnt;
  readonly known: Knowledge;
}

function propose(context: ProposeContext): Proposal {
  const { request, candidates, known, learnt } = context;
  const rowOf = new Map(candidates.map(({ candidateId }, row) => [candidateId, row]));
  const excluded = new Set(request.excluded.map((id) => rowOf.get(id) ?? -1));
  for (const [id, times] of countFailures(learnt)) {
    if (times >= FAILURES_max) excluded.add(rowOf.get(id) ?? -1);
  }
  const measurements = predictCandidates(known, candidates, context.settings);
  measurements.forEach((measurement, row) => {
    if (measurement.predictions.length === 0) excluded.add(row);
  });
  const choices = chooseMeasurements({
    target: known.target,
    measurements,
    pending: request.pending.flatMap(({ candidateId }) => rowOf.get(candidateId) ?? []),
    excluded,
    count: request.count,
  });
  const points = choices.flatMap(({ index, gain, errorAfter }) => {
    const candidate = candidates[index];
    if (candidate === undefined) return [];
    const score = Number(gain.toPrecision(6));
    return [{ ...candidate, score, why: describe(candidate.parameters, known, errorAfter) }];
  });
  return {
    points,
    verdict: judge(context, points.length),
    model: {
      observations: learnt.curves.size,
      method: known.method,
      hyperparameters: known.hyperparameters,
      summary: known.summary,
    },
    warnings: known.warnings,
  };
}

function countFailures(learnt: Learnt): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of learnt.failures.values()) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** What each sample of the posterior says that each candidate would bring. */
function predictCandidates(
  known: Knowledge,
  candidates: readonly Candidate[],
  settings: EffectiveModelSettings,
): PossibleMeasurement[] {
  const perCandidate = candidates.map(({ parameters }) => measuringPoints(parameters));
  const points = perCandidate.flat();
  const predictor = known.problem.physics.predictorAt(points);
  const rows = known.samples.map((x) => predictor.predict(known.problem.couplingsOf(x)));
  let at = 0;
  return perCandidate.map((own) => {
    const from = at;
    at += own.length;
    const predictions = own.map((_, k) => Float64Array.from(rows, (row) => row[from + k] ?? 0));
    return { predictions, sigma: settings.sigma ?? known.sigma };
  });
}

function describe(parameters: Parameters, known: Knowledge, errorAfter: number): string {
  const at = Object.entries(parameters)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
  const [now, then] = [known.error.toPrecision(2), errorAfter.toPrecision(2)];
  return `Measuring at ${at} should bring the error of ${known.quantity} from ${now} to ${then} meV.`;
}

function isReached(known: Knowledge, wanted: number | undefined): boolean {
  return wanted !== undefined && known.isFitted && known.error <= wanted;
}

function judge({ settings, known, request }: ProposeContext, proposed: number): Verdict {
  const wanted = settings.target?.error_max;
  if (isReached(known, wanted)) {
    const value = `${known.value.toFixed(4)} +- ${known.error.toFixed(4)} meV`;
    return { kind: "converged", reason: `${known.quantity} is ${value}, as exact as asked for` };
  }
  if (request.count > 0 && proposed === 0 && request.pending.length === 0)
    return { kind: "exhausted", reason: "every candidate is excluded or has failed" };
  return { kind: "continue" };
}
