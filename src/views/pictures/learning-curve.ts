import { drawChart, type Series } from "./chart.ts";
import { phaseColour } from "./palette.ts";
import type { Theme } from "./theme.ts";

/** One run's figure after each batch. */
export interface LearningRun {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
}

export interface LearningCurveOptions {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
  readonly logY?: boolean | undefined;
  readonly yMin?: number | undefined;
  readonly yMax?: number | undefined;
  readonly colour?: string | undefined;
}

/** More runs than this are drawn as their median and their extremes. */
const RUNS_max = 4;

/** How a figure grows (or shrinks) with the experiments: a line a run, or the median of many with a band from the least to the most. */
export function drawLearningCurve(
  runs: readonly LearningRun[],
  options: LearningCurveOptions,
): string {
  const series = runs.length > RUNS_max ? spreadOf(runs, options) : runs.map(lineOf);
  const last = series[0]?.y.at(-1);
  return drawChart(series, {
    ...options,
    heading: options.title,
    description: `${options.title}; at the end ${last === undefined ? "nothing" : Number(last.toPrecision(3))}`,
  });
}

function lineOf({ name, x, y }: LearningRun, k: number): Series {
  const colour = phaseColour([5, 6, 2, 7][k] ?? 5);
  // What was reached stays until the next experiment: no slope between two of them.
  return { name, colour, kind: "step", x, y: y.map((value) => value ?? Number.NaN) };
}

function spreadOf(runs: readonly LearningRun[], { colour }: LearningCurveOptions): Series[] {
  const x = [...new Set(runs.flatMap((run) => run.x))].sort((a, b) => a - b);
  const columns = x.map((at) =>
    runs
      .flatMap((run) => {
        const k = run.x.findLastIndex((value) => value <= at);
        const value = k < 0 ? null : run.y[k];
        return value === null || value === undefined || !Number.isFinite(value) ? [] : [value];
      })
      .sort((a, b) => a - b),
  );
  const pick = (share: number): number[] =>
    columns.map((list) => list[Math.round(share * (list.length - 1))] ?? Number.NaN);
  return [
    {
      name: `median of ${runs.length} runs, band: all`,
      colour: colour ?? phaseColour(5),
      kind: "step",
      x,
      y: pick(0.5),
      band: { low: pick(0), high: pick(1) },
    },
  ];
}
