import { assert } from "../../core/assert.ts";
import type { CampaignSpec } from "../../domain/campaign.ts";
import type { Candidate, Parameters } from "../../domain/candidate.ts";
import { listCandidates } from "../../domain/candidates.ts";
import type { StructureMapSettings } from "../../domain/goal-settings.ts";
import type { Observation, PhasesObservation } from "../../domain/observation.ts";
import type { MapView, RegionEvidence } from "../../domain/planner-view.ts";
import type {
  CampaignResult,
  Proposal,
  ProposalRequest,
  ProposedPoint,
} from "../../domain/proposal.ts";
import { CONFIDENCE_STANDS } from "../../models/phase-diagram/evidence/repeat-weights.ts";
import { createPhaseDiagramPlanner } from "../phase-diagram/phase-diagram-planner.ts";
import type { Planner, PlannerFactory } from "../planner.ts";
import {
  chooseKind,
  type EvidenceKind,
  findCheck,
  type KindTerms,
  withRecipe,
} from "./evidence-choice.ts";
import { FRACTION_MIN } from "./trajectory-phases.ts";

interface Learnt {
  readonly kind: EvidenceKind;
  readonly candidateId: string;
  readonly at: readonly number[];
}

const FIDELITY: Readonly<Record<EvidenceKind, number>> = { simulation: 0.9, measurement: 1 };

/**
 * The planner of `structure-map` campaigns: the phase-diagram engine on phases that come from classified simulations, from
 * furnaces, or from both. A simulation's confidence is multiplied by its kind's fidelity (0.9 unless set), so that a
 * measurement outvotes a simulation that contradicts it. Where the campaign has an alternative recipe of the other kind, each
 * point is given to the kind that corrects more of the map for its cost. The view says for every candidate which kind of
 * evidence lies nearest, for every region how many of its candidates rest on each, and the model's summary what was spent.
 */
export const createStructureMapPlanner: PlannerFactory<MapView> = (campaign) => {
  assert(campaign.goal === "structure-map", `a ${campaign.goal} campaign has no structure map`);
  const settings = campaign.model;
  const inner = createPhaseDiagramPlanner(campaign);
  const learnt = new Map<number, Learnt>();
  const candidates = listCandidates(campaign.space);
  const places = placesOf(candidates.map(({ parameters }) => parameters));
  const state: MapState = { campaign, settings, inner, learnt, candidates, places };
  return {
    learn: (results) => {
      for (const result of results)
        learnt.set(result.position, {
          kind: kindOf(result, campaign),
          candidateId: result.candidateId,
          at: places.scaled({ ...result.parameters, ...result.actual }),
        });
      inner.learn(results.map((result) => soften(result, campaign, settings)));
    },
    forget: (positions) => {
      for (const position of positions) learnt.delete(position);
      inner.forget(positions);
    },
    propose: (request): Proposal => {
      const proposal =
        campaign.alternatives === undefined ? inner.propose(request) : proposeMixed(state, request);
      const evidence = spent([...learnt.values()], settings);
      const { model } = proposal;
      return { ...proposal, model: { ...model, summary: { ...model.summary, evidence } } };
    },
    view: (detail): MapView => {
      const map = inner.view(detail);
      const restsOn = nearestKinds(places.all, [...learnt.values()]);
      const evidence = spent([...learnt.values()], settings);
      return { ...map, evidence, restsOn, regions: regionsOf(map, restsOn) };
    },
  };
};

interface MapState {
  readonly campaign: CampaignSpec;
  readonly settings: StructureMapSettings;
  readonly inner: Planner<MapView>;
  readonly learnt: ReadonlyMap<number, Learnt>;
  readonly candidates: readonly Candidate[];
  readonly places: Places;
}

/** The kind that a recipe's name stands for; the campaign's own is the one that the alternatives leave. */
function kindOfRecipe(campaign: CampaignSpec, name: string | undefined): EvidenceKind {
  if (name === "measurement" || name === "simulation") return name;
  return campaign.alternatives?.["simulation"] === undefined ? "simulation" : "measurement";
}

/** By its recipe where the campaign has several, else by what it brought: only a simulation has a trajectory. */
function kindOf(result: CampaignResult, campaign: CampaignSpec): EvidenceKind {
  if (result.observations.some(({ kind }) => kind === "trajectory")) return "simulation";
  return campaign.alternatives === undefined
    ? "measurement"
    : kindOfRecipe(campaign, result.recipe);
}

/** Fills the places one by one, each by the kind of evidence that is worth most for its cost. */
function proposeMixed(state: MapState, request: ProposalRequest): Proposal {
  const { campaign, settings, inner, learnt, candidates, places } = state;
  const proposal = inner.propose(request);
  const inFlight = request.pending.map(({ recipe, parameters, candidateId }) => ({
    kind: kindOfRecipe(campaign, recipe),
    candidateId,
    at: places.scaled(parameters),
  }));
  const view = inner.view();
  const simulated = [...proposal.points];
  const chosen: ProposedPoint[] = [];
  for (let place = 0; place < request.count; place++) {
    const under = (kind: EvidenceKind): number =>
      inFlight.filter((one) => one.kind === kind).length;
    const simulation = termsOf("simulation", settings, under("simulation"));
    const measurement = termsOf("measurement", settings, under("measurement"));
    const measured = [...learnt.values(), ...inFlight].filter(({ kind }) => kind === "measurement");
    const taken = new Set([...measured, ...inFlight].map(({ candidateId }) => candidateId));
    const check = findCheck(
      {
        certainty: view.certainty,
        restsOn: nearestKinds(places.all, [...learnt.values()]),
        fromMeasurement: distances(places.all, measured),
        open: candidates.map(
          ({ candidateId }) => !taken.has(candidateId) && !request.excluded.includes(candidateId),
        ),
      },
      simulation,
      measurement,
    );
    const next = simulated.find(({ candidateId }) => !taken.has(candidateId));
    const doubt =
      next === undefined ? undefined : 1 - certaintyAt(next, candidates, view.certainty);
    const kind = chooseKind(doubt, check, simulation, measurement);
    if (kind === undefined) break;
    const point =
      kind === "simulation" ? next : checkPoint(candidates[check?.row ?? -1], check?.gain ?? 0);
    if (point === undefined) break;
    const recipe = kindOfRecipe(campaign, undefined) === kind ? undefined : kind;
    chosen.push(withRecipe(point, recipe));
    inFlight.push({ kind, candidateId: point.candidateId, at: places.scaled(point.parameters) });
  }
  const isSpent = proposal.verdict.kind === "exhausted" && chosen.length > 0;
  return {
    ...proposal,
    points: chosen,
    verdict: isSpent ? { kind: "continue" } : proposal.verdict,
  };
}

function checkPoint(candidate: Candidate | undefined, gain: number): ProposedPoint | undefined {
  if (candidate === undefined) return undefined;
  const score = Number(gain.toPrecision(6));
  const percent = Number((100 * gain).toPrecision(2));
  return { ...candidate, score, why: `a measurement corrects the map here with ${percent} %` };
}

function certaintyAt(
  { candidateId }: ProposedPoint,
  candidates: readonly Candidate[],
  certainty: readonly number[],
): number {
  return certainty[candidates.findIndex((one) => one.candidateId === candidateId)] ?? 0;
}

function termsOf(kind: EvidenceKind, settings: StructureMapSettings, inFlight: number): KindTerms {
  const own = settings.evidence?.[kind];
  return {
    fidelity: own?.fidelity ?? FIDELITY[kind],
    cost: own?.cost ?? 1,
    places: (own?.inFlight ?? Number.POSITIVE_INFINITY) - inFlight,
  };
}

/**
 * Phases below the smallest fraction are dropped, and the confidence is that of the kind of evidence. What was identified well is
 * not set aside for its kind alone: the same simulation again would not make its potential any better.
 */
function soften(
  result: CampaignResult,
  campaign: CampaignSpec,
  settings: StructureMapSettings,
): CampaignResult {
  const kind = kindOf(result, campaign);
  const fidelity = settings.evidence?.[kind]?.fidelity ?? FIDELITY[kind];
  const fraction_min = settings.fraction_min ?? FRACTION_MIN;
  return {
    ...result,
    observations: result.observations.map((observation): Observation => {
      if (observation.kind !== "phases") return observation;
      const kept = kind === "simulation" ? mainPhases(observation, fraction_min) : observation;
      const told = observation.confidence ?? 1;
      return { ...kept, confidence: Math.max(fidelity * told, Math.min(told, CONFIDENCE_STANDS)) };
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

function regionsOf(
  { labels, label }: MapView,
  restsOn: readonly (EvidenceKind | "none")[],
): RegionEvidence[] {
  return labels.map((name, k) => {
    const own = restsOn.filter((_, row) => label[row] === k);
    const on = (kind: EvidenceKind): number => own.filter((one) => one === kind).length;
    return {
      label: name,
      candidates: own.length,
      simulation: on("simulation"),
      measurement: on("measurement"),
    };
  });
}

/** Set points as numbers, each axis scaled to 0..1 over the candidates. */
interface Places {
  readonly all: readonly (readonly number[])[];
  scaled(parameters: Parameters): number[];
}

function placesOf(candidates: readonly Parameters[]): Places {
  const axes = Object.keys(candidates[0] ?? {}).map((name) => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const parameters of candidates) {
      low = Math.min(low, Number(parameters[name] ?? 0));
      high = Math.max(high, Number(parameters[name] ?? 0));
    }
    return { name, low, range: high > low ? high - low : 1 };
  });
  const scaled = (parameters: Parameters): number[] =>
    axes.map(({ name, low, range }) => (Number(parameters[name] ?? 0) - low) / range);
  return { all: candidates.map(scaled), scaled };
}

/** For each candidate the kind of the nearest result; `none` before the first. */
function nearestKinds(
  all: readonly (readonly number[])[],
  learnt: readonly Learnt[],
): (EvidenceKind | "none")[] {
  return all.map((place) => nearest(place, learnt).kind);
}

/** For each candidate the distance to the nearest of `results`. */
function distances(all: readonly (readonly number[])[], results: readonly Learnt[]): number[] {
  return all.map((place) => nearest(place, results).distance);
}

function nearest(place: readonly number[], results: readonly Learnt[]) {
  let distance = Number.POSITIVE_INFINITY;
  let kind: EvidenceKind | "none" = "none";
  for (const one of results) {
    const apart = Math.hypot(...place.map((value, k) => value - (one.at[k] ?? 0)));
    // Of two results at one place the later, surer kind counts: a measurement.
    if (apart > distance || (apart === distance && one.kind === "simulation")) continue;
    distance = apart;
    kind = one.kind;
  }
  return { distance, kind };
}
