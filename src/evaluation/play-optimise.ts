import type { OptimiseSettings } from "../domain/goal-settings.ts";
import type { Observation } from "../domain/observation.ts";
import type { CampaignResult } from "../domain/proposal.ts";
import type { SearchSpace } from "../domain/search-space.ts";
import { hypervolume } from "../models/optimise/acquisition/pareto.ts";
import { createOptimisePlanner } from "../planning/optimise/optimise-planner.ts";
import type { Planner } from "../planning/planner.ts";
import { paperCampaign } from "./paper-campaign.ts";

/** A table whose every outcome is known: what a campaign is played against. */
export interface KnownTable {
  readonly space: SearchSpace;
  readonly candidates: number;
  /** Outcome of each candidate by name; NaN is an experiment that fails. */
  readonly outcomes: ReadonlyMap<string, Float64Array>;
}

export interface PlaySettings {
  readonly model: OptimiseSettings;
  readonly batch: number;
  readonly budget: number;
  readonly seed: number;
  /** Reference point of the hypervolume in the user's units, one number an objective. */
  readonly reference?: readonly number[] | undefined;
  /** Rows to measure first, in place of the planner's own design. */
  readonly initialRows?: readonly number[] | undefined;
}

/** One played campaign; every array has one entry a batch. */
export interface PlayedRun {
  readonly seed: number;
  readonly evaluations: number[];
  /** Best value so far of the single objective; for a target the distance to the range. */
  readonly best: (number | null)[];
  readonly simpleRegret: (number | null)[];
  readonly hypervolume: number[];
  readonly proposal_ms: number[];
  readonly sampled: number[];
}

/** Plays one campaign to its budget. `now_ms` times the proposals (learning included); `atEnd` gets the planner that has learnt all. */
export function playOptimise(
  table: KnownTable,
  settings: PlaySettings,
  now_ms: () => number,
  onProgress: (done: number) => void = () => {},
  atEnd?: (planner: Planner, results: readonly CampaignResult[]) => void,
): PlayedRun {
  const seed = String(settings.seed);
  const planner = createOptimisePlanner(
    paperCampaign({ goal: "optimise", model: settings.model }, table.space, seed),
  );
  const run: PlayedRun = {
    seed: settings.seed,
    evaluations: [],
    best: [],
    simpleRegret: [],
    hypervolume: [],
    proposal_ms: [],
    sampled: [],
  };
  const names = [...table.outcomes.keys()];
  const learnt: CampaignResult[] = [];
  const measure = (row: number): void => {
    const observations: Observation[] = names.map((name) => ({
      kind: "objective",
      name,
      unit: "1",
      value: table.outcomes.get(name)?.[row] ?? Number.NaN,
    }));
    const isFailure = observations.some((o) => o.kind === "objective" && !Number.isFinite(o.value));
    const result: CampaignResult = {
      position: run.sampled.length,
      candidateId: `c${row}`,
      parameters: parametersOf(table.space, row),
      observations: isFailure
        ? [{ kind: "failure", reason: "the table has no value" }]
        : observations,
    };
    planner.learn([result]);
    learnt.push(result);
    run.sampled.push(row);
  };
  const judge = createJudge(table, settings);
  for (const row of settings.initialRows ?? []) measure(row);
  if (run.sampled.length > 0) judge(run);
  const budget = Math.min(settings.budget, table.candidates);
  for (let n = 1; run.sampled.length < budget; n++) {
    const started_ms = now_ms();
    const proposal = planner.propose({
      n,
      count: Math.min(settings.batch, budget - run.sampled.length),
      pending: [],
      excluded: [],
      seed,
    });
    run.proposal_ms.push(now_ms() - started_ms);
    if (proposal.points.length === 0) break;
    for (const point of proposal.points) measure(Number(point.candidateId.slice(1)));
    judge(run);
    onProgress(run.sampled.length);
  }
  atEnd?.(planner, learnt);
  return run;
}

function parametersOf(space: SearchSpace, row: number): Readonly<Record<string, number | string>> {
  return space.kind === "table" ? (space.rows[row] ?? {}) : {};
}

/** Appends the figures after each batch, from the true outcomes. */
function createJudge(
  table: KnownTable,
  { model, reference }: PlaySettings,
): (run: PlayedRun) => void {
  const scores = table.candidates === 0 ? [] : trueScores(table, model);
  const feasible = feasibleRows(table, model);
  const only = scores.length === 1 ? scores[0] : undefined;
  const optimum = feasible.reduce(
    (most, ok, n) => (ok === 1 ? Math.max(most, only?.[n] ?? 0) : most),
    Number.NEGATIVE_INFINITY,
  );
  const signs = model.objectives.map((o) => (o.direction === "min" ? -1 : 1));
  const floor = reference?.map((r, j) => r * (signs[j] ?? 1)) ?? worst(scores);
  return (run) => {
    run.evaluations.push(run.sampled.length);
    const good = run.sampled.filter((n) => feasible[n] === 1);
    if (only !== undefined) {
      const best = good.reduce((most, n) => Math.max(most, only[n] ?? 0), Number.NEGATIVE_INFINITY);
      run.best.push(Number.isFinite(best) ? (signs[0] ?? 1) * best : null);
      run.simpleRegret.push(Number.isFinite(best) ? optimum - best : null);
    } else {
      run.hypervolume.push(
        hypervolume(
          good.map((n) => scores.map((s) => s[n] ?? 0)),
          floor,
        ),
      );
    }
  };
}

/** Larger-is-better values of each objective; for a target minus the distance to its range. */
export function trueScores(table: KnownTable, model: OptimiseSettings): Float64Array[] {
  return model.objectives.map(({ name, direction, range }) => {
    const values = table.outcomes.get(name) ?? new Float64Array(0);
    if (direction !== "target") return values.map((v) => (direction === "min" ? -v : v));
    const [low, high] = [range?.min ?? 0, range?.max ?? 0];
    return values.map((v) => -Math.max(0, low - v, v - high));
  });
}

/** 1 where every outcome is a number and within the constraints. */
export function feasibleRows(table: KnownTable, model: OptimiseSettings): Uint8Array {
  const ok = new Uint8Array(table.candidates).fill(1);
  for (const values of table.outcomes.values())
    values.forEach((v, n) => {
      if (!Number.isFinite(v)) ok[n] = 0;
    });
  for (const { name, min, max } of model.constraints ?? [])
    table.outcomes.get(name)?.forEach((v, n) => {
      if (v < (min ?? Number.NEGATIVE_INFINITY) || v > (max ?? Number.POSITIVE_INFINITY)) ok[n] = 0;
    });
  return ok;
}

/** The worst value of each objective over the table: a reference point that every candidate beats. */
export function worst(scores: readonly Float64Array[]): number[] {
  return scores.map((values) =>
    values.reduce(
      (least, v) => (Number.isFinite(v) ? Math.min(least, v) : least),
      Number.POSITIVE_INFINITY,
    ),
  );
}
