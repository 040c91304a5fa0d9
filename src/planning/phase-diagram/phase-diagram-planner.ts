import { assert } from "../../core/assert.ts";
import type { CampaignSpec } from "../../domain/campaign.ts";
import type { PhaseDiagramSettings } from "../../domain/goal-settings.ts";
import type { MapView } from "../../domain/planner-view.ts";
import type { CampaignResult, Proposal, ProposalRequest, Verdict } from "../../domain/proposal.ts";
import type { MapScore } from "../../models/phase-diagram/graph/scores/map-score.ts";
import {
  type MapModel,
  type PhaseEvidence,
  unseenChanceOf,
} from "../../models/phase-diagram/map-model.ts";
import type { Planner } from "../planner.ts";
import { listedCandidates, type MapCandidates } from "./map-candidates.ts";
import type { OrderedGrid } from "./map-grid.ts";
import { createMapModel } from "./phase-diagram-strategy.ts";
import { summariseMap, viewMap } from "./phase-diagram-view.ts";
import { CONFIDENCE_min, evidenceOf, evidenceOfKnown } from "./phase-evidence.ts";
import { createRescans, type Rescans } from "./rescans.ts";

/** A point whose experiment failed this often is not proposed again. */
const FAILURES_max = 2;

/**
 * The planner of `phase-diagram` campaigns (and of `structure-map` ones, whose results are phases too). `scores` are those
 * that settings may name; `candidates` those of the campaign's space, where they are not to be listed from it.
 */
export function createPhaseDiagramPlanner(
  campaign: CampaignSpec,
  scores?: readonly MapScore[],
  candidates?: MapCandidates,
): Planner<MapView> {
  // A structure map is a phase diagram whose results were simulated: its settings are these, and more.
  const { goal } = campaign;
  assert(goal !== "optimise" && goal !== "effective-model", `a ${goal} campaign has no phases`);
  return createPlanner({ campaign, settings: campaign.model, scores, candidates });
}

interface Learnt {
  readonly evidence: Map<number, PhaseEvidence>;
  readonly results: Map<number, readonly number[]>;
  readonly failures: Map<number, number>;
  readonly ambiguous: Set<number>;
  /** Results in a row that left every label of the map as it was. */
  unchanged: number;
}

interface PlannerParts {
  readonly campaign: CampaignSpec;
  readonly settings: PhaseDiagramSettings;
  readonly scores: readonly MapScore[] | undefined;
  readonly candidates: MapCandidates | undefined;
}

function createPlanner(parts: PlannerParts): Planner<MapView> {
  const { campaign, settings, scores } = parts;
  const candidates = parts.candidates ?? listedCandidates(campaign.space);
  const { grid, indexOf } = candidates;
  const model = createMapModel({ settings, grid, seed: campaign.seed, scores });
  const learnt: Learnt = {
    evidence: new Map(),
    results: new Map(),
    failures: new Map(),
    ambiguous: new Set(),
    unchanged: 0,
  };
  const observe = (evidence: PhaseEvidence): void => {
    model.observe(evidence);
    learnt.evidence.set(evidence.id, evidence);
  };
  evidenceOfKnown(settings.known ?? [], grid).forEach(observe);
  const watchesMap = settings.stop?.mapUnchanged !== undefined;
  let previous = watchesMap ? labelsOf(model) : [];

  const rescans = createRescans(campaign);
  const addEvidence = (result: CampaignResult): void => {
    const candidate = indexOf(result.candidateId);
    const evidence = evidenceOf(result, candidate, grid);
    learnt.results.set(
      result.position,
      evidence.map((item) => item.id),
    );
    if (evidence.length === 0 && !rescans.isAgain(result)) countFailure(learnt, result, candidate);
    evidence.forEach(observe);
    if (!watchesMap || evidence.length === 0) return;
    const now = labelsOf(model);
    const isSame = now.length === previous.length && now.every((label, i) => label === previous[i]);
    learnt.unchanged = isSame ? learnt.unchanged + 1 : 0;
    previous = now;
  };

  return {
    learn: (results) => {
      for (const result of results) {
        for (const { position } of rescans.learn(result)) forgetResult(model, learnt, position);
        addEvidence(result);
      }
    },
    forget: (positions) => {
      for (const position of positions) {
        forgetResult(model, learnt, position);
        for (const result of rescans.forget(position)) addEvidence(result);
      }
      learnt.unchanged = 0;
      if (watchesMap) previous = labelsOf(model);
    },
    propose: (request) =>
      propose({ request, campaign, settings, candidates, grid, model, learnt, rescans }),
    view: (detail) => viewMap(model, grid, [...learnt.evidence.values()], detail),
  };
}

function forgetResult(model: MapModel, learnt: Learnt, position: number): void {
  for (const id of learnt.results.get(position) ?? []) {
    model.forget(id);
    learnt.evidence.delete(id);
  }
  learnt.results.delete(position);
}

function countFailure(learnt: Learnt, result: CampaignResult, candidate: number): void {
  const isAmbiguous = result.observations.some(
    (observation) =>
      observation.kind === "phases" && (observation.confidence ?? 1) < CONFIDENCE_min,
  );
  if (isAmbiguous) learnt.ambiguous.add(candidate);
  learnt.failures.set(candidate, (learnt.failures.get(candidate) ?? 0) + 1);
}

/** The label of each candidate as text, since numbers shift when a label is withdrawn. */
function labelsOf(model: MapModel): string[] {
  const { label, labels } = model.predict();
  return Array.from(label, (k) => (k < 0 ? "" : (labels[k] ?? "")));
}

interface ProposeContext {
  readonly request: ProposalRequest;
  readonly campaign: CampaignSpec;
  readonly settings: PhaseDiagramSettings;
  readonly candidates: MapCandidates;
  readonly grid: OrderedGrid;
  readonly model: MapModel;
  readonly learnt: Learnt;
  readonly rescans: Rescans;
}

function propose(context: ProposeContext): Proposal {
  const { request, grid, model, learnt, candidates } = context;
  const { indexOf } = candidates;
  // A sample that is scanned again has been measured: nothing is left open at its place.
  const pending = request.pending.filter(({ sample }) => sample === undefined);
  const excluded = new Set(request.excluded.map(indexOf));
  for (const [candidate, times] of learnt.failures) {
    if (times >= FAILURES_max) excluded.add(candidate);
  }
  const inGrid = pending.filter((point) => indexOf(point.candidateId) >= 0);
  const elsewhere = pending.filter((point) => indexOf(point.candidateId) < 0);
  const ranked = model.rank({
    count: request.count,
    pending: inGrid.map((point) => indexOf(point.candidateId)),
    pendingElsewhere: elsewhere.map((point) =>
      Float64Array.from(grid.axes, (axis) => Number(point.parameters[axis] ?? 0)),
    ),
    excluded,
    seed: `${request.seed}/${request.n}`,
  });
  const chosen = ranked.flatMap(({ candidate, score, why }) => {
    const found = candidates.at(grid.rowOf[candidate] ?? -1);
    return found === undefined ? [] : [{ ...found, score: roundScore(score), why }];
  });
  const again = context.rescans.propose(request, (position) => model.presencesIn?.(position));
  const points = [...again, ...chosen];
  const hyperparameters = model.hyperparameters();
  const status = model.status();
  return {
    points,
    verdict: judge(context, points.length),
    model: {
      observations: status.observations,
      method: hyperparameters.method,
      hyperparameters: { ...hyperparameters, dimension: grid.dimension, steps: grid.scaling.steps },
      summary: {
        ...summariseMap(model, grid, [...learnt.evidence.values()]),
        ...status.engine?.figures,
      },
    },
    warnings: [
      ...status.warnings,
      ...status.suspicious.map(
        ({ candidate, label, expected }) =>
          `The result ${label} at ${describe(context, candidate)} contradicts all around it (${expected}): repeat it.`,
      ),
      ...[...learnt.ambiguous].map(
        (candidate) =>
          `The result at ${describe(context, candidate)} was too uncertain to learn from.`,
      ),
    ],
  };
}

/** Six digits: the order in which results were learnt may show in the last ones, and a log must compare equal. */
function roundScore(score: number): number {
  return Number.isFinite(score) ? Number(score.toPrecision(6)) : 0;
}

function describe({ grid }: ProposeContext, candidate: number): string {
  if (candidate < 0) return "a point off the grid";
  const width = grid.axes.length;
  return grid.axes
    .map(
      (axis, k) => `${axis} = ${Number((grid.values[candidate * width + k] ?? 0).toPrecision(4))}`,
    )
    .join(", ");
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

function judge(context: ProposeContext, proposed: number): Verdict {
  const { settings, model, learnt, request } = context;
  const status = model.status();
  const stop = settings.stop;
  if (stop?.mapUnchanged !== undefined && learnt.unchanged >= stop.mapUnchanged) {
    return {
      kind: "converged",
      reason: `the last ${learnt.unchanged} results changed no label of the map`,
    };
  }
  const isWellKnown = model.predict().labels.length >= 2 && status.observations > 0;
  if (stop?.error_max !== undefined && isWellKnown && status.estimatedError <= stop.error_max) {
    return {
      kind: "converged",
      reason: `the estimated share of wrong labels, ${percent(status.estimatedError)}, is as low as asked for (${percent(stop.error_max)})`,
    };
  }
  const unseen = unseenChanceOf(status);
  if (stop?.unseenChance_max !== undefined && isWellKnown && unseen <= stop.unseenChance_max) {
    return {
      kind: "converged",
      reason: `the chance of a phase not seen yet, ${percent(unseen)}, is as low as asked for (${percent(stop.unseenChance_max)})`,
    };
  }
  if (status.complete !== undefined && stop !== undefined) {
    return { kind: "converged", reason: status.complete };
  }
  if (request.count > 0 && proposed === 0 && request.pending.length === 0) {
    return {
      kind: "exhausted",
      reason: "every candidate has been measured, excluded or has failed",
    };
  }
  return { kind: "continue" };
}
