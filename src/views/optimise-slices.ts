import type { SliceView } from "../domain/planner-view.ts";
import { toCsv } from "./export-text.ts";
import { fileName, type GoalPicture, PICTURE_WIDTH } from "./goal-picture.ts";
import { describeParameters } from "./observation-summary.ts";
import { nameAndUnit } from "./pictures/axis-title.ts";
import { drawBars } from "./pictures/bar-chart.ts";
import { drawChart, type Series } from "./pictures/chart.ts";
import { phaseColour } from "./pictures/palette.ts";
import { type QuantityUnits, quantityTitle } from "./result-units.ts";

/** Of the pictures of an optimisation: the model and what is best, what was measured, what else there is. */
export const COLOUR = { line: phaseColour(5), dots: phaseColour(7), other: phaseColour(6) };

/** A band of so many standard deviations each way: 95 % of a normal distribution. */
const BAND_sd = 2;

/** One axis through the best point: the model with its band, or bars where the axis has names for values. */
export function slicePicture(
  quantity: string,
  slice: SliceView,
  units: QuantityUnits,
): GoalPicture {
  const { axis, through, x, mean, sd } = slice;
  const others = Object.fromEntries(
    Object.entries(through as Record<string, number | string>).filter(([name]) => name !== axis),
  );
  const where = Object.keys(others).length === 0 ? "" : ` at ${describeParameters(others)}`;
  const title = `${quantity} along ${nameAndUnit(axis).bare}${where}`;
  const ofQuantity = quantityTitle(quantity, units);
  const places = x.filter((value) => typeof value === "number");
  const series = places.length < x.length ? undefined : lineSeries(slice, places);
  return {
    name: fileName(`slice-${quantity}-${axis}`),
    title,
    isWide: false,
    csv: () =>
      toCsv(x.map((value, k) => ({ [axis]: value, mean: mean[k] ?? "", sd: sd[k] ?? "" }))),
    draw: (theme) => {
      const look = { title, theme, width: PICTURE_WIDTH.half };
      return series === undefined
        ? drawBars(barsOf(slice), {
            ...{ ...look, description: title, yName: "", colour: COLOUR.line },
            xName: `${ofQuantity} ± standard deviation`,
          })
        : drawChart(series, {
            ...{ ...look, description: `${title}, with uncertainty.`, height: 250 },
            ...{ xName: axis, yName: ofQuantity },
          });
    },
  };
}

function barsOf({ x, mean, sd }: SliceView) {
  return x.map((value, k) => ({ name: String(value), value: mean[k] ?? 0, error: sd[k] ?? 0 }));
}

function lineSeries({ axis, through, mean, sd }: SliceView, places: readonly number[]): Series[] {
  const band = {
    low: mean.map((value, k) => value - BAND_sd * (sd[k] ?? 0)),
    high: mean.map((value, k) => value + BAND_sd * (sd[k] ?? 0)),
  };
  const at = through[axis];
  const name = `model ± ${BAND_sd} deviations`;
  const line: Series = { name, colour: COLOUR.line, kind: "line", x: places, y: mean, band };
  if (typeof at !== "number") return [line];
  const nearest = places.reduce(
    (best, value, k) => (Math.abs(value - at) < Math.abs((places[best] ?? 0) - at) ? k : best),
    0,
  );
  const y = [mean[nearest] ?? Number.NaN];
  return [line, { name: "best result", colour: COLOUR.other, kind: "dots", x: [at], y }];
}
