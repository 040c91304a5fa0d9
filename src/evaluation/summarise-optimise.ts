import { mean, median, quantile, sampleStandardDeviation } from "simple-statistics";
import type { OptimiseSettings } from "../domain/goal-settings.ts";
import { hypervolume, paretoIndices } from "../models/optimise/acquisition/pareto.ts";
import {
  feasibleRows,
  type KnownTable,
  type PlayedRun,
  trueScores,
  worst,
} from "./play-optimise.ts";

/** Counts of evaluations at which curves are summarised, besides the last. */
const MILESTONES = [10, 20, 30, 40, 60, 80, 100, 150, 200, 300, 500, 1000];

interface Spread {
  readonly mean: number;
  readonly median: number;
  readonly sd: number;
}

/** What is best in the table: the optimum, or the hypervolume of all candidates. */
export function fractionOfBest(
  table: KnownTable,
  model: OptimiseSettings,
  reference: readonly number[] | undefined,
): { optimum?: number; hypervolume_max?: number } {
  const scores = trueScores(table, model);
  const feasible = feasibleRows(table, model);
  const good = [...feasible.keys()].filter((n) => feasible[n] === 1);
  const signs = model.objectives.map((o) => (o.direction === "min" ? -1 : 1));
  const only = scores.length === 1 ? scores[0] : undefined;
  if (only !== undefined) {
    const best = good.reduce((most, n) => Math.max(most, only[n] ?? 0), Number.NEGATIVE_INFINITY);
    return { optimum: (signs[0] ?? 1) * best };
  }
  const points = good.map((n) => scores.map((s) => s[n] ?? 0));
  const front = paretoIndices(points).map((k) => points[k] ?? []);
  const floor = reference?.map((r, j) => r * (signs[j] ?? 1)) ?? worst(scores);
  return { hypervolume_max: hypervolume(front, floor) };
}

/** The candidates that no other betters in every objective, by objective, in the user's units; empty for one objective. */
export function frontOfTable(
  table: KnownTable,
  model: OptimiseSettings,
): Readonly<Record<string, number>>[] {
  if (model.objectives.length < 2) return [];
  const feasible = feasibleRows(table, model);
  const rows = Array.from({ length: table.candidates }, (_, n) => n).filter(
    (n) => feasible[n] === 1,
  );
  const scores = trueScores(table, model);
  const points = rows.map((n) => scores.map((s) => s[n] ?? 0));
  return paretoIndices(points).map((k) =>
    Object.fromEntries(
      model.objectives.map(({ name }) => [name, table.outcomes.get(name)?.[rows[k] ?? 0] ?? 0]),
    ),
  );
}

/** Means over the runs at round numbers of evaluations, with times and memory. */
export function summarisePlay(
  runs: readonly PlayedRun[],
  table: KnownTable,
  model: OptimiseSettings,
  reference: readonly number[] | undefined,
): Readonly<Record<string, unknown>> {
  const best = fractionOfBest(table, model, reference);
  const last = Math.max(...runs.map((run) => run.evaluations.at(-1) ?? 0));
  const counts = [...new Set([...MILESTONES.filter((n) => n < last), last])];
  const curve = (pick: (run: PlayedRun) => readonly (number | null)[]): Record<string, Spread> =>
    Object.fromEntries(
      counts.flatMap((count) => {
        const values = runs.flatMap((run) => valueAt(run, pick(run), count) ?? []);
        return values.length === 0 ? [] : [[String(count), spread(values)]];
      }),
    );
  const times = runs.flatMap((run) => run.proposal_ms);
  const isSingle = model.objectives.length === 1;
  const total = best.hypervolume_max;
  return {
    ...(isSingle
      ? {
          simpleRegret: curve((run) => run.simpleRegret),
          optimumFound: {
            runs: runs.length,
            reached: runs.filter((run) => (run.simpleRegret.at(-1) ?? 1) <= 0).length,
          },
        }
      : {
          hypervolume: curve((run) => run.hypervolume),
          hypervolumeFraction: curve((run) => run.hypervolume.map((v) => v / (total ?? 1))),
        }),
    proposal_ms: {
      median: times.length === 0 ? 0 : median(times),
      p99: times.length === 0 ? 0 : quantile(times, 0.99),
    },
    peakMemory_MB: process.resourceUsage().maxRSS / 1024,
  };
}

/** The curve's value once `count` evaluations are spent: that of the last batch within the count. */
function valueAt(
  run: PlayedRun,
  values: readonly (number | null)[],
  count: number,
): number | undefined {
  const k = run.evaluations.findLastIndex((spent) => spent <= count);
  return k < 0 ? undefined : (values[k] ?? undefined);
}

function spread(values: readonly number[]): Spread {
  return {
    mean: mean(values),
    median: median(values),
    sd: values.length > 1 ? sampleStandardDeviation(values) : 0,
  };
}
