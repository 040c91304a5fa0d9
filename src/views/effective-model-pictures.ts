import type {
  CurveView,
  EffectiveModelView,
  MeasuredValue,
  PlannerView,
} from "../domain/planner-view.ts";
import type { HistorySample } from "./campaign-view.ts";
import { toCsv } from "./export-text.ts";
import { fileName, type GoalPicture, PICTURE_WIDTH } from "./goal-picture.ts";
import { formatNumber } from "./observation-summary.ts";
import { type Bar, drawBars } from "./pictures/bar-chart.ts";
import { drawChart, type Series } from "./pictures/chart.ts";
import { phaseColour } from "./pictures/palette.ts";

/** Colours of curves, well apart for every colour vision; yellow is too pale for a line. */
const LINES = [5, 6, 2, 3, 1, 9].map(phaseColour);
/** Standard errors that an error bar of a measured value spans each way. */
const ERRORS = 1;

const AXES = {
  field_T: { name: "field, T", fixed: "K" },
  temperature_K: { name: "temperature, K", fixed: "T" },
} as const;

const UNITS: Readonly<Record<string, string>> = {
  magnetisation: "magnetisation per spin",
  susceptibility: "susceptibility per spin",
  specificHeat: "specific heat per spin",
};

/** Data with the posterior's band, couplings with errors, and how the target became known. */
export function effectiveModelPictures(about: {
  readonly view: PlannerView | undefined;
  readonly history: readonly HistorySample[];
}): GoalPicture[] {
  const { view, history } = about;
  if (view?.kind !== "effective-model") return [];
  const quantities = new Set([...view.curves, ...view.measured].map(({ quantity }) => quantity));
  return [
    ...[...quantities].map((quantity) => dataPicture(view, quantity)),
    ...couplingPicture(view),
    ...targetPicture(view, history),
  ];
}

function dataPicture(view: EffectiveModelView, quantity: string): GoalPicture {
  const curves = view.curves.filter((curve) => curve.quantity === quantity);
  const measured = view.measured.filter((point) => point.quantity === quantity);
  const axis = curves[0]?.axis === "temperature_K" ? "temperature_K" : "field_T";
  const fixedName = axis === "field_T" ? "temperature_K" : "field_T";
  const { name: xName, fixed: unit } = AXES[axis];
  const series = curves.flatMap((curve, k): Series[] => {
    const colour = LINES[k % LINES.length] ?? "#0072b2";
    const own = measured.filter((point) => point[fixedName] === curve.fixed);
    const name = `${formatNumber(curve.fixed)} ${unit}`;
    const line: Series = {
      name,
      colour,
      kind: "line",
      x: curve.x,
      y: curve.middle,
      band: { low: curve.low ?? [], high: curve.high ?? [] },
    };
    return own.length === 0 ? [line] : [line, dotsOf(own, axis, name, colour)];
  });
  const title = `${quantity}: measured, and what the model says (95 % band)`;
  return {
    name: fileName(`data-${quantity}`),
    title,
    isWide: true,
    draw: (theme) =>
      drawChart(series, {
        title,
        description: `${measured.length} measured values of ${quantity} with ${curves.length} posterior curves.`,
        xName,
        yName: UNITS[quantity] ?? quantity,
        width: PICTURE_WIDTH.wide,
        height: 340,
        theme,
      }),
    csv: () =>
      toCsv([
        ...measured.map((point) => ({ ...point, kind: "measured" })),
        ...curves.flatMap((curve) =>
          curve.x.map((x, k) => ({
            quantity,
            [fixedName]: curve.fixed,
            [axis]: x,
            value: curve.middle[k] ?? "",
            low: curve.low?.[k] ?? "",
            high: curve.high?.[k] ?? "",
            kind: "posterior",
          })),
        ),
      ]),
  };
}

function dotsOf(
  points: readonly MeasuredValue[],
  axis: CurveView["axis"],
  name: string,
  colour: string,
): Series {
  const y = points.map((point) => point.value);
  const error = points.map((point) => ERRORS * (point.sigma ?? Number.NaN));
  return {
    // The key names the line of the same colour.
    name: "",
    colour,
    kind: "dots",
    x: points.map((point) => point[axis]),
    y,
    titles: y.map((value) => `${name}: ${formatNumber(value)}`),
    ...(error.some(Number.isFinite)
      ? {
          band: {
            low: y.map((value, k) => value - (error[k] ?? 0)),
            high: y.map((value, k) => value + (error[k] ?? 0)),
          },
        }
      : {}),
  };
}

function couplingPicture({ J = {} }: EffectiveModelView): GoalPicture[] {
  const bars = Object.entries(J).map(
    ([name, { value, error }]): Bar => ({ name, value, ...(error === undefined ? {} : { error }) }),
  );
  if (bars.length === 0) return [];
  const title = "Couplings with their standard errors";
  return [
    {
      name: "couplings",
      title,
      isWide: false,
      draw: (theme) =>
        drawBars(bars, {
          title,
          description: bars
            .map(
              ({ name, value, error }) =>
                `${name} ${formatNumber(value)} ± ${formatNumber(error ?? 0)}`,
            )
            .join(", "),
          xName: "meV; below 0 is antiferromagnetic",
          yName: "",
          width: PICTURE_WIDTH.half,
          theme,
          colour: phaseColour(0),
        }),
      csv: () => toCsv(bars.map((bar) => ({ ...bar }))),
    },
  ];
}

/** The target with its error after each proposal. */
function targetPicture(
  { quantity = "target" }: EffectiveModelView,
  history: readonly HistorySample[],
): GoalPicture[] {
  const points = history.flatMap(({ observations, figures }) => {
    const { value, error } = figures;
    return value === undefined || error === undefined
      ? []
      : [{ results: observations, value, error }];
  });
  // Before the first result the error is the prior's: it would flatten everything after.
  const fitted = points.filter(({ results }) => results > 0);
  if (fitted.length < 2) return [];
  const title = `${quantity} and its standard error over results`;
  return [
    {
      name: "target",
      title,
      isWide: false,
      draw: (theme) =>
        drawChart(
          [
            {
              name: "value ± error",
              colour: phaseColour(5),
              kind: "line",
              x: fitted.map((point) => point.results),
              y: fitted.map((point) => point.value),
              band: {
                low: fitted.map(({ value, error }) => value - error),
                high: fitted.map(({ value, error }) => value + error),
              },
            },
          ],
          {
            ...{ title, description: title, theme, width: PICTURE_WIDTH.half, height: 240 },
            ...{ xName: "results", yName: quantity },
          },
        ),
      csv: () => toCsv(points),
    },
  ];
}
