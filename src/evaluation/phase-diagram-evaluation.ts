import { createPrng, type Prng } from "../core/prng.ts";
import { type FoundLabels, foundLabels } from "../domain/found-labels.ts";
import type { KnownPhases, PhaseDiagramSettings } from "../domain/goal-settings.ts";
import type { Composition, PhasesObservation } from "../domain/observation.ts";
import type { CampaignResult, ModelRecord, ProposedPoint } from "../domain/proposal.ts";
import { type MapStatus, unseenChanceOf } from "../models/phase-diagram/map-model.ts";
import { createPhaseDiagramPlanner } from "../planning/phase-diagram/phase-diagram-planner.ts";
import type { Planner } from "../planning/planner.ts";
import { paperCampaign } from "./paper-campaign.ts";
import type { PhaseDiagramTruth, TruthRow } from "./phase-diagram-truth.ts";

export interface EvaluationOptions {
  readonly settings: PhaseDiagramSettings;
  readonly batch: number;
  readonly budget: number;
  readonly startsAtCorners: boolean;
  readonly initial: number;
  readonly compositionNoise: number;
  readonly missingCompositions: number;
  /** Share of results that say the phases of another place, without compositions. */
  readonly wrongLabels?: number | undefined;
  /** Also scores the map after every single result of a batch, in the order in which its points were proposed. */
  readonly scoresEachResult?: boolean | undefined;
}

/** One campaign against the truth, by the fields of `evaluate --json`. Each list has one entry a batch, `proposal_ms` and `sampled` too. */
export interface EvaluationRun {
  readonly seed: number;
  readonly samples: number[];
  readonly macroF1: number[];
  readonly phasesFound: number[];
  readonly proposal_ms: number[];
  readonly sampled: number[];
  readonly estimatedError: number[];
  readonly unseenChance: number[];
  /** Macro-F1 after 1, 2, 3, ... results, as they come one by one in a laboratory; only where it was asked for. */
  readonly macroF1AfterEach?: number[] | undefined;
  /** What chose the points, as each proposal's record says: one entry for each change of engine. */
  readonly engines: EngineRun[];
  /** What the labels of the last map rest on. */
  labelsAtEnd?: FoundLabels | undefined;
  /** Warnings of the last proposal. */
  readonly warnings: string[];
}

/** The engine that chose from so many experiments on. */
export interface EngineRun {
  readonly from: number;
  readonly method: string;
  readonly score: string;
  readonly diversity: string;
  readonly gamma?: number | undefined;
  /** `full` where tie-lines make the map. */
  readonly coexistence?: string | undefined;
}

/** Plays one campaign: propose, look the results up in the truth, learn, score the map. `atEnd` gets the planner that has learnt all. */
export function runEvaluation(
  truth: PhaseDiagramTruth,
  options: EvaluationOptions,
  seed: number,
  onProgress: (samples: number) => void,
  atEnd?: (planner: Planner, results: readonly CampaignResult[]) => void,
): EvaluationRun {
  const start = options.startsAtCorners
    ? { initial: 0, known: cornersOf(truth) }
    : { initial: options.initial, known: [] };
  const { rows, components } = truth;
  const planner = createPhaseDiagramPlanner(
    paperCampaign(
      { goal: "phase-diagram", model: { ...options.settings, ...start } },
      { kind: "table", rows: rows.map((row) => row.parameters), components },
      String(seed),
    ),
  );
  const instrument = createInstrument(truth, options, createPrng(`instrument/${seed}`));
  const scorer = createScorer(truth);
  const scored = (): ScoredView => {
    const view = planner.view() as unknown as ScoredMap;
    return { view, score: scorer(view) };
  };
  const run: EvaluationRun = {
    seed,
    samples: [],
    macroF1: [],
    phasesFound: [],
    proposal_ms: [],
    sampled: [],
    estimatedError: [],
    unseenChance: [],
    engines: [],
    warnings: [],
    ...(options.scoresEachResult === true && { macroF1AfterEach: [] }),
  };
  const learnOne = (result: CampaignResult): void => {
    planner.learn([result]);
    run.macroF1AfterEach?.push(Number(scored().score.macroF1.toFixed(6)));
  };
  const learnt: CampaignResult[] = [];
  let results: CampaignResult[] = [];
  for (let n = 1; run.sampled.length < options.budget; n++) {
    const left = options.budget - run.sampled.length;
    const starting = options.startsAtCorners ? 0 : options.initial - run.sampled.length;
    const count = Math.min(left, Math.max(starting, options.batch));
    // The map before the proposal is that of the last batch; reading it first would hide its cost from the time.
    if (options.scoresEachResult === true) results = learnAllButLast(results, learnOne);
    const begun_ms = performance.now();
    planner.learn(results);
    const request = { n, count, pending: [], excluded: [], seed: String(seed) };
    const { points, model, warnings } = planner.propose(request);
    run.proposal_ms.push(performance.now() - begun_ms);
    noteEngine(run, model);
    run.warnings.splice(0, run.warnings.length, ...warnings);
    if (results.length > 0) record(run, scored());
    results = points.map((point, k) => instrument(point, run.sampled.length + k));
    if (points.length === 0) break;
    for (const point of points) run.sampled.push(Number(point.candidateId.slice(1)));
    learnt.push(...results);
    onProgress(run.sampled.length);
  }
  if (options.scoresEachResult === true) results = learnAllButLast(results, learnOne);
  planner.learn(results);
  if (results.length > 0) record(run, scored());
  atEnd?.(planner, learnt);
  return run;
}

function noteEngine({ engines, sampled }: EvaluationRun, model: ModelRecord): void {
  const { method } = model;
  if (engines.at(-1)?.method === method) return;
  const { score, diversity, gamma, coexistence } = model.hyperparameters as unknown as EngineRun;
  engines.push({ from: sampled.length, method, score, diversity, gamma, coexistence });
}

/** The last result is learnt with the next proposal, so that the time of that one is still an honest one. */
function learnAllButLast(
  results: CampaignResult[],
  learnOne: (result: CampaignResult) => void,
): CampaignResult[] {
  for (const result of results.slice(0, -1)) learnOne(result);
  return results.slice(-1);
}

interface ScoredView {
  readonly view: ScoredMap;
  readonly score: MapScore;
}

function record(run: EvaluationRun, { view, score }: ScoredView): void {
  run.samples.push(run.sampled.length);
  run.macroF1.push(Number(score.macroF1.toFixed(6)));
  const drawn = new Set(view.label);
  run.labelsAtEnd = foundLabels(
    view.labels.filter((_, k) => drawn.has(k)),
    view.measured,
  );
  run.macroF1AfterEach?.push(Number(score.macroF1.toFixed(6)));
  run.phasesFound.push(score.labelsFound);
  run.estimatedError.push(Number(view.status.estimatedError.toFixed(6)));
  run.unseenChance.push(Number(unseenChanceOf(view.status).toFixed(6)));
}

export interface ScoredMap {
  readonly labels: readonly string[];
  readonly label: readonly number[];
  readonly measured: readonly { readonly label: string; readonly known: boolean }[];
  readonly status: MapStatus;
}

interface MapScore {
  readonly macroF1: number;
  readonly labelsFound: number;
}

/** Macro-F1 over all true labels and all candidates, the measured ones included; an undiscovered label counts 0. */
export function createScorer(truth: PhaseDiagramTruth): (view: ScoredMap) => MapScore {
  const names = [...new Set(truth.rows.map((row) => row.label))];
  const index = new Map(names.map((name, k) => [name, k]));
  const actual = truth.rows.map((row) => index.get(row.label) ?? -1);
  return (view) => {
    const translate = view.labels.map((name) => index.get(name) ?? -1);
    const truePositives = names.map(() => 0);
    const predicted = names.map(() => 0);
    const real = names.map(() => 0);
    for (const [row, k] of actual.entries()) {
      real[k]! += 1;
      const guess = translate[view.label[row] ?? -1] ?? -1;
      if (guess < 0) continue;
      predicted[guess]! += 1;
      if (guess === k) truePositives[k]! += 1;
    }
    const f1 = names.map((_, k) => (2 * truePositives[k]!) / (predicted[k]! + real[k]!));
    const found = new Set(
      view.measured.map((item) => item.label).filter((name) => index.has(name)),
    );
    return { macroF1: f1.reduce((sum, x) => sum + x, 0) / names.length, labelsFound: found.size };
  };
}

/** The pure components (composition) or the extreme candidates of each axis (other spaces), with their phases. */
export function cornersOf(truth: PhaseDiagramTruth): KnownPhases[] {
  const rows = new Set<TruthRow>();
  const axes = truth.components.length > 0 ? truth.components : truth.axes;
  const further = truth.axes.filter((axis) => !axes.includes(axis));
  const amountOf = (row: TruthRow, axis: string): number => Number(row.parameters[axis]);
  const cheapest = (candidates: readonly TruthRow[]): TruthRow | undefined =>
    candidates.reduce<TruthRow | undefined>((best, row) => {
      if (best === undefined) return row;
      const axis = further.find((name) => amountOf(row, name) !== amountOf(best, name));
      return axis !== undefined && amountOf(row, axis) < amountOf(best, axis) ? row : best;
    }, undefined);
  for (const axis of axes) {
    const most = truth.rows.reduce((top, row) => Math.max(top, amountOf(row, axis)), -Infinity);
    const corner = cheapest(truth.rows.filter((row) => amountOf(row, axis) >= most - 1e-9));
    if (corner !== undefined) rows.add(corner);
  }
  return [...rows].map((row) => ({
    at: row.parameters as Composition,
    phases: row.phases,
  }));
}

/** Looks a point up in the truth; adds noise to compositions and withholds some, as asked. */
function createInstrument(
  truth: PhaseDiagramTruth,
  options: EvaluationOptions,
  prng: Prng,
): (point: ProposedPoint, position: number) => CampaignResult {
  const wrongLabels = options.wrongLabels ?? 0;
  // No draw where none is asked for, so that the runs stay those of before.
  const isWrong = (): boolean => wrongLabels > 0 && prng.next() < wrongLabels;
  return (point, position) => {
    const atPoint = truth.rows[Number(point.candidateId.slice(1))];
    const row = isWrong() ? mistaken(truth, atPoint, prng) : atPoint;
    const isWithheld = prng.next() < options.missingCompositions;
    const observation: PhasesObservation = {
      kind: "phases",
      phases: row?.phases ?? [],
      fractions: row?.fractions,
      compositions:
        row?.compositions === undefined || isWithheld
          ? undefined
          : noisy(row.compositions, options.compositionNoise, prng),
    };
    return {
      position,
      candidateId: point.candidateId,
      parameters: point.parameters,
      observations: [observation],
    };
  };
}

/** What a mix-up of samples would report: the phases of a place with another label. */
function mistaken(
  truth: PhaseDiagramTruth,
  right: TruthRow | undefined,
  prng: Prng,
): TruthRow | undefined {
  const others = truth.rows.filter((row) => row.label !== right?.label);
  const other = others[prng.integer(Math.max(1, others.length))];
  return other === undefined ? right : { ...other, compositions: undefined, fractions: undefined };
}

/**
 * N(0, s) on every component that is present in the sample, clipped at 0, scaled back to the sum 1. A single-phase sample
 * is its own composition.
 */
function noisy(
  compositions: Readonly<Record<string, Composition>>,
  noise: number,
  prng: Prng,
): Record<string, Composition> {
  const phases = Object.entries(compositions);
  if (noise === 0 || phases.length === 1) return Object.fromEntries(phases);
  const isAbsent = (component: string): boolean =>
    phases.every(([, composition]) => composition[component] === 0);
  return Object.fromEntries(
    phases.map(([phase, composition]) => {
      const shaken = Object.entries(composition).map(([component, x]): [string, number] => [
        component,
        isAbsent(component) ? 0 : Math.max(0, x + noise * prng.normal()),
      ]);
      const sum = shaken.reduce((total, [, x]) => total + x, 0);
      return [
        phase,
        sum > 0
          ? Object.fromEntries(shaken.map(([component, x]) => [component, x / sum]))
          : composition,
      ];
    }),
  );
}
