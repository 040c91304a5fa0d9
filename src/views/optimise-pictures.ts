import type { OptimiseView, QuantityView } from "../domain/planner-view.ts";
import type { HistorySample, ObservationView } from "./campaign-view.ts";
import { toCsv } from "./export-text.ts";
import { fileName, type GoalPicture, PICTURE_WIDTH } from "./goal-picture.ts";
import { describeParameters, formatNumber } from "./observation-summary.ts";
import { COLOUR, slicePicture } from "./optimise-slices.ts";
import { axisTitle } from "./pictures/axis-title.ts";
import { drawBars } from "./pictures/bar-chart.ts";
import { drawChart, type Series } from "./pictures/chart.ts";
import { type QuantityUnits, quantityTitle, unitBehind, unitsOfResults } from "./result-units.ts";
import type { Results } from "./results.ts";

/** Points that nobody measured, in a picture of a front. */
const EXPECTED_max = 6;

/** What an optimisation has reached, what it still expects, and what its models say. */
export function optimisePictures(about: {
  readonly view: OptimiseView;
  readonly history: readonly HistorySample[];
  readonly observations: Results;
  /** The front of all candidates, where a campaign was played against known results. */
  readonly trueFront?: readonly Readonly<Record<string, number>>[] | undefined;
}): GoalPicture[] {
  const { view, history, observations, trueFront = [] } = about;
  const several = view.quantities.length > 1;
  const units = unitsOfResults(observations);
  return [
    ...convergencePicture(view, history, observations, units),
    ...expectationPicture(view, history, units),
    ...frontPictures(view, observations, trueFront, units),
    ...view.quantities.flatMap((quantity) => [
      ...quantity.slices.map((slice) => slicePicture(quantity.name, slice, units)),
      ...importancePicture(quantity, several),
      ...fitPicture(quantity, units),
    ]),
  ];
}

function convergencePicture(
  view: OptimiseView,
  history: readonly HistorySample[],
  observations: Results,
  units: QuantityUnits,
): GoalPicture[] {
  const { quantity, evaluations, values } = view.convergence;
  const unit = unitBehind(quantity, units);
  if (evaluations.length === 0) return [];
  const measured = [...observations].flatMap((observation, k) => {
    const y = measuredValue(observation, quantity);
    return y === undefined ? [] : [{ x: k + 1, y }];
  });
  const gain = history.at(-1)?.figures["expectedGain"];
  const best = values.at(-1);
  const rises = best !== undefined && measured.some(({ y }) => y < best);
  const series: Series[] = [
    {
      name: "measured",
      colour: COLOUR.dots,
      kind: "dots",
      x: measured.map(({ x }) => x),
      y: measured.map(({ y }) => y),
    },
    { name: "best so far", colour: COLOUR.line, kind: "step", x: evaluations, y: values },
  ];
  if (gain !== undefined && best !== undefined && Number.isFinite(best)) {
    const hoped = best + (rises ? gain : -gain);
    const last = evaluations.at(-1) ?? 1;
    series.push({
      name: "expected of one more",
      colour: COLOUR.other,
      kind: "line",
      dashed: true,
      x: [last, last + Math.max(1, last * 0.04)],
      y: [best, hoped],
    });
  }
  const title = several(quantity) ? "Hypervolume of the front" : `Best ${quantity} so far`;
  const description = `${title}: ${formatNumber(best ?? Number.NaN)}${unit} after ${evaluations.at(-1)} results${
    gain === undefined ? "" : `; one more is expected to gain ${formatNumber(gain)}${unit}`
  }.`;
  return [
    {
      name: "convergence",
      title,
      isWide: true,
      draw: (theme) =>
        drawChart(series, {
          title,
          description,
          xName: "experiment",
          yName: quantityTitle(quantity, units),
          width: PICTURE_WIDTH.wide,
          height: 280,
          theme,
        }),
      csv: () => toCsv(evaluations.map((n, k) => ({ experiment: n, best: values[k] ?? "" }))),
    },
  ];
}

/** What one more point was expected to gain, after each proposal: the campaign is done where it nears nothing. */
function expectationPicture(
  view: OptimiseView,
  history: readonly HistorySample[],
  units: QuantityUnits,
): GoalPicture[] {
  const { quantity } = view.convergence;
  const points = history.flatMap(({ observations, figures }) =>
    figures["expectedGain"] === undefined
      ? []
      : [{ results: observations, expectedGain: figures["expectedGain"] }],
  );
  if (points.length < 2) return [];
  const title = "Expected further gain of one more point";
  const series: Series = {
    name: "expected gain",
    colour: COLOUR.other,
    kind: "step",
    x: points.map((point) => point.results),
    y: points.map((point) => point.expectedGain),
  };
  return [
    {
      name: "expected-gain",
      title,
      isWide: true,
      draw: (theme) =>
        drawChart([series], {
          title,
          description: `${title}, now ${formatNumber(points.at(-1)?.expectedGain ?? 0)}${unitBehind(quantity, units)}.`,
          xName: "results",
          yName: quantityTitle("gain", { gain: units[quantity] ?? "1" }),
          width: PICTURE_WIDTH.wide,
          height: 220,
          theme,
          logY: true,
        }),
      csv: () => toCsv(points),
    },
  ];
}

/** Every pair of neighbouring objectives against each other, with the front. */
function frontPictures(
  view: OptimiseView,
  observations: Results,
  trueFront: readonly Readonly<Record<string, number>>[],
  units: QuantityUnits,
): GoalPicture[] {
  const { front: points = [] } = view.pareto;
  const names = Object.keys(points[0]?.values ?? {});
  return names.slice(1).map((yName, k) => {
    const xName = names[k] ?? "";
    const measured = [...observations].flatMap((observation) => {
      const [x, y] = [measuredValue(observation, xName), measuredValue(observation, yName)];
      return x === undefined || y === undefined
        ? []
        : [{ x, y, text: describeParameters(observation.parameters) }];
    });
    const front = points
      .map((point) => ({
        x: point.values[xName] ?? Number.NaN,
        y: point.values[yName] ?? Number.NaN,
        text: describeParameters(point.parameters),
      }))
      .sort((a, b) => a.x - b.x);
    const best = trueFront
      .map((values) => ({ x: values[xName] ?? Number.NaN, y: values[yName] ?? Number.NaN }))
      .sort((a, b) => a.x - b.x);
    // Of two objectives the front bounds what is dominated; of more, a pair shows its shadow.
    const turns = names.length > 2 ? undefined : isLargest(view, xName) ? "before" : "after";
    const known: Series = {
      name: "true front",
      colour: COLOUR.other,
      ...{ kind: "front", turns, radius: 2 },
      dashed: true,
      x: best.map((point) => point.x),
      y: best.map((point) => point.y),
    };
    const title = `Pareto front: ${yName} against ${xName}`;
    const asSeries = (shown: typeof front) => ({
      x: shown.map((point) => point.x),
      y: shown.map((point) => point.y),
      titles: shown.map((point) => point.text),
    });
    return {
      name: fileName(`front-${xName}-${yName}`),
      title,
      isWide: true,
      draw: (theme) =>
        drawChart(
          [
            ...(best.length === 0 ? [] : [{ ...known, colour: theme.quiet }]),
            { name: "measured", colour: COLOUR.dots, kind: "dots", ...asSeries(measured) },
            { name: "not bettered", colour: COLOUR.line, kind: "front", turns, ...asSeries(front) },
            ...expectedSeries(view, xName, yName),
          ],
          {
            title,
            description: `${front.length} of ${measured.length} results are not bettered by another in both.`,
            xName: quantityTitle(xName, units),
            yName: quantityTitle(yName, units),
            width: PICTURE_WIDTH.wide,
            height: 320,
            theme,
          },
        ),
      csv: () => toCsv(points.map((p) => ({ candidateId: p.candidateId, ...p.values }))),
    };
  });
}

/** Whether the largest values of an objective are wanted: the reference point of the hypervolume lies on the other side. */
function isLargest({ pareto }: OptimiseView, name: string): boolean {
  const worst = pareto.reference?.[name] ?? Number.NEGATIVE_INFINITY;
  return (pareto.front ?? []).some(({ values }) => (values[name] ?? worst) > worst);
}

/** What the model expects of the most promising points that nobody measured, with one deviation each way. */
function expectedSeries(view: OptimiseView, xName: string, yName: string): Series[] {
  const points = view.candidates
    .filter(({ isMeasured, expectedGain }) => !isMeasured && expectedGain > 0)
    .slice(0, EXPECTED_max)
    .flatMap(({ predictions, parameters }) => {
      const [x, y] = [predictions[xName], predictions[yName]];
      return x === undefined || y === undefined
        ? []
        : [{ x, y, text: describeParameters(parameters) }];
    });
  if (points.length === 0) return [];
  const sides = (along: "x" | "y") => ({
    low: points.map((point) => point[along].value - point[along].sd),
    high: points.map((point) => point[along].value + point[along].sd),
  });
  return [
    {
      ...{ name: "expected next, ± 1 deviation", colour: COLOUR.other, kind: "dots" },
      x: points.map(({ x }) => x.value),
      y: points.map(({ y }) => y.value),
      ...{ band: sides("y"), xBand: sides("x") },
      titles: points.map(({ text }) => text),
    },
  ];
}

function importancePicture(quantity: QuantityView, several: boolean): GoalPicture[] {
  const { name, importances } = quantity;
  if (importances.length < 2) return [];
  const bars = [...importances]
    .sort((a, b) => b.permutation - a.permutation)
    .map((one) => ({
      name: axisTitle(one.name),
      value: one.permutation,
      error: one.permutationSd,
    }));
  const title = several ? `Importance for ${name}` : "Importance of each axis";
  return [
    {
      name: fileName(`importances-${name}`),
      title,
      isWide: false,
      draw: (theme) =>
        drawBars(bars, {
          title,
          description: bars.map((bar) => `${bar.name} ${formatNumber(bar.value)}`).join(", "),
          xName: "worse by so many deviations when shuffled",
          yName: "",
          width: PICTURE_WIDTH.half,
          theme,
          colour: COLOUR.line,
        }),
      csv: () => toCsv(importances.map((one) => ({ ...one }))),
    },
  ];
}

/** What the model would have said of each result without it. */
function fitPicture({ name, fit }: QuantityView, units: QuantityUnits): GoalPicture[] {
  if (fit === undefined || fit.measured.length < 3) return [];
  const ends = [Math.min(...fit.measured), Math.max(...fit.measured)];
  const quality = fit.r2 === undefined ? "" : `, R² ${formatNumber(fit.r2)}`;
  const title = `Trust: ${name} predicted without each result${quality}`;
  return [
    {
      name: fileName(`fit-${name}`),
      title,
      isWide: false,
      draw: (theme) =>
        drawChart(
          [
            { name: "right", colour: theme.quiet, kind: "line", dashed: true, x: ends, y: ends },
            {
              name: "predicted",
              colour: COLOUR.line,
              kind: "dots",
              x: fit.measured,
              y: fit.predicted,
            },
          ],
          {
            ...{ title, description: title, theme, width: PICTURE_WIDTH.half, height: 250 },
            xName: quantityTitle("measured", { measured: units[name] ?? "1" }),
            yName: quantityTitle("predicted", { predicted: units[name] ?? "1" }),
          },
        ),
      csv: () =>
        toCsv(
          fit.measured.map((value, k) => ({ measured: value, predicted: fit.predicted[k] ?? "" })),
        ),
    },
  ];
}

function several(quantity: string): boolean {
  return quantity === "hypervolume";
}

function measuredValue(observation: ObservationView, name: string): number | undefined {
  for (const result of observation.results) {
    if (result.kind === "objective" && result.name === name) return result.value;
  }
  return undefined;
}
