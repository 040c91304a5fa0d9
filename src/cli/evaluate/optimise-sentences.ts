import type { OptimiseSettings } from "../../domain/goal-settings.ts";
import type { PlayedRun } from "../../evaluation/play-optimise.ts";
import { formatNumber } from "../../views/observation-summary.ts";
import { axisTitle } from "../../views/pictures/axis-title.ts";
import { meanInWords, runsDiffer, textColumns } from "../output/over-runs.ts";

interface Spread {
  readonly mean: number;
  readonly median: number;
  readonly sd: number;
}

/** What `evaluate optimise` found, as `summarisePlay` sums it up. */
export interface OptimiseEvaluation {
  readonly candidates: number;
  readonly settings: {
    readonly objectives: OptimiseSettings["objectives"];
    readonly acquisition: string;
    readonly kernel: string;
    readonly batch: number;
    readonly budget: number;
  };
  readonly optimum?: number | undefined;
  readonly hypervolume_max?: number | undefined;
  readonly runs: readonly PlayedRun[];
  readonly summary: Readonly<Record<string, unknown>>;
}

/** Sentences and one table: what was played, how the regret (or the hypervolume) fell, what it cost. */
export function optimiseSentences(evaluation: OptimiseEvaluation): string {
  const { settings, runs, summary, candidates } = evaluation;
  const differ = runsDiffer(runs);
  const wishes = settings.objectives.map(({ name, direction, range }) =>
    direction === "target"
      ? `${axisTitle(name)} between ${range?.min ?? "…"} and ${range?.max ?? "…"}`
      : `${axisTitle(name)} ${direction === "min" ? "smallest" : "largest"}`,
  );
  const times = summary["proposal_ms"] as { readonly median: number; readonly p99: number };
  const batch = settings.batch === 1 ? "one at a time" : `${settings.batch} at a time`;
  return `${[
    `Where is ${wishes.join(" and ")}? ${candidates} candidates.`,
    `${runs.length === 1 ? "1 run" : `${runs.length} runs`} of ${settings.budget} experiments, ${batch}.`,
    `Chosen by ${settings.acquisition}, ${settings.kernel} kernel.`,
    ...(differ || runs.length === 1
      ? []
      : ["The seed changes nothing here: all runs measured the same, and nothing scatters."]),
    ...curveOf(evaluation, differ),
    ...endOf(evaluation),
    `A proposal takes ${formatNumber(times.median)} ms (99 % within ${formatNumber(times.p99)} ms).`,
    `The program took ${formatNumber(Number(summary["peakMemory_MB"]))} MB of memory.`,
  ].join("\n")}\n`;
}

function curveOf({ settings, summary }: OptimiseEvaluation, differ: boolean): string[] {
  const isSingle = settings.objectives.length === 1;
  const name = isSingle ? "simpleRegret" : "hypervolumeFraction";
  const curve = Object.entries((summary[name] ?? {}) as Readonly<Record<string, Spread>>);
  if (curve.length === 0) return ["No run has a result yet that counts."];
  const factor = isSingle ? 1 : 100;
  const [only] = settings.objectives;
  const title = isSingle ? `regret of ${axisTitle(only?.name ?? "")}` : "hypervolume reached (%)";
  const rows = curve.map(([count, { mean, median, sd }]) => [
    count,
    meanInWords(factor * mean, factor * sd, differ),
    formatNumber(factor * median),
  ]);
  return textColumns([
    ["experiments", `${title}${differ ? ", mean ± sd" : ""}`, "median"],
    ...rows,
  ]);
}

function endOf({ optimum, hypervolume_max, runs, summary }: OptimiseEvaluation) {
  const found = summary["optimumFound"] as { readonly reached: number } | undefined;
  if (found !== undefined)
    return [
      `The optimum of the table, ${formatNumber(optimum ?? Number.NaN)}, was found in ${found.reached} of ${runs.length}.`,
    ];
  return [`All candidates together have the hypervolume ${formatNumber(hypervolume_max ?? 0)}.`];
}
