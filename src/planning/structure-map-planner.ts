import { assert } from "../core/assert.ts";
import type { StructureMapSettings } from "../domain/goal-settings.ts";
import type { Observation, PhasesObservation } from "../domain/observation.ts";
import type { CampaignResult, Proposal } from "../domain/proposal.ts";
import { listCandidates } from "./candidates.ts";
import { createPhaseDiagramPlanner } from "./phase-diagram-planner.ts";
import type { PlannerFactory, PlannerView } from "./planner.ts";
import { FRACTION_MIN } from "./trajectory-phases.ts";

/** What a result rests on. */
export type EvidenceKind = "simulation" | "measurement";

interface Learnt {
  readonly kind: EvidenceKind;
  readonly at: readonly number[];
}

const FIDELITY: Readonly<Record<EvidenceKind, number>> = { simulation: 0.9, measurement: 1 };

/**
 * The planner of `structure-map` campaigns: the phase-diagram engine on phases that come from classified simulations, from
 * furnaces, or from both. A result that brings a trajectory is a simulation; its confidence is multiplied by its kind's
 * fidelity (0.9 unless set), so that a measurement outvotes a simulation that contradicts it. The view says for every
 * candidate which kind of evidence lies nearest, and the model's summary what was spent on each.
 */
export const createStructureMapPlanner: PlannerFactory = (campaign) => {
  assert(campaign.goal === "structure-map", `a ${campaign.goal} campaign has no structure map`);
  const settings = campaign.model;
  const inner = createPhaseDiagramPlanner(campaign);
  const learnt = new Map<number, Learnt>();
  const candidates = listCandidates(campaign.space);
  const axes = Object.keys(candidates[0]?.parameters ?? {});
  const placeOf = (parameters: Readonly<Record<string, number | string>>): number[] =>
    axes.map((axis) => Number(parameters[axis] ?? 0));
  return {
    learn: (results) => {
      for (const result of results) {
        const kind = kindOf(result.observations);
        learnt.set(result.position, {
          kind,
          at: placeOf({ ...result.parameters, ...result.actual }),
        });
      }
      inner.learn(results.map((result) => soften(result, settings)));
    },
    forget: (positions) => {
      for (const position of positions) learnt.delete(position);
      inner.forget(positions);
    },
    propose: (request): Proposal => {
      const proposal = inner.propose(request);
      const evidence = spent([...learnt.values()], settings);
      const { model } = proposal;
      return { ...proposal, model: { ...model, summary: { ...model.summary, evidence } } };
    },
    view: (detail): PlannerView => ({
      ...inner.view(detail),
      evidence: spent([...learnt.values()], settings),
      restsOn: nearestKinds(
        candidates.map((candidate) => placeOf(candidate.parameters)),
        [...learnt.values()],
      ),
    }),
  };
};

function kindOf(observations: readonly Observation[]): EvidenceKind {
  return observations.some(({ kind }) => kind === "trajectory") ? "simulation" : "measurement";
}

/** Phases below the smallest fraction are dropped, and the confidence is that of the kind of evidence. */
function soften(result: CampaignResult, settings: StructureMapSettings): CampaignResult {
  const kind = kindOf(result.observations);
  const fidelity = settings.evidence?.[kind]?.fidelity ?? FIDELITY[kind];
  const fraction_min = settings.fraction_min ?? FRACTION_MIN;
  return {
    ...result,
    observations: result.observations.map((observation): Observation => {
      if (observation.kind !== "phases") return observation;
      const kept = kind === "simulation" ? mainPhases(observation, fraction_min) : observation;
      return { ...kept, confidence: fidelity * (observation.confidence ?? 1) };
    }),
  };
}

function mainPhases(observation: PhasesObservation, fraction_min: number): PhasesObservation {
  const { fractions } = observation;
  if (fractions === undefined) return observation;
  const phases = observation.phases.filter((phase) => (fractions[phase] ?? 1) >= fraction_min);
  return phases.length === 0 ? observation : { ...observation, phases };
}

function spent(learnt: readonly Learnt[], settings: StructureMapSettings) {
  const of = (kind: EvidenceKind) => {
    const results = learnt.filter((one) => one.kind === kind).length;
    return { results, cost: results * (settings.evidence?.[kind]?.cost ?? 1) };
  };
  return { simulation: of("simulation"), measurement: of("measurement") };
}

/** For each candidate the kind of the nearest result, axes scaled to their ranges; `none` before the first. */
function nearestKinds(
  candidates: readonly (readonly number[])[],
  learnt: readonly Learnt[],
): (EvidenceKind | "none")[] {
  const ranges = (candidates[0] ?? []).map((_, k) => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const place of candidates) {
      low = Math.min(low, place[k] ?? 0);
      high = Math.max(high, place[k] ?? 0);
    }
    return high > low ? high - low : 1;
  });
  return candidates.map((place) => {
    let least = Number.POSITIVE_INFINITY;
    let kind: EvidenceKind | "none" = "none";
    for (const one of learnt) {
      const distance2 = place.reduce(
        (sum, value, k) => sum + ((value - (one.at[k] ?? 0)) / (ranges[k] ?? 1)) ** 2,
        0,
      );
      if (distance2 >= least) continue;
      least = distance2;
      kind = one.kind;
    }
    return kind;
  });
}
