import type { EstimateSummary } from "../../models/effective-model/estimate/estimate-summary.ts";
import type { MeasuredCurve } from "../../models/effective-model/estimate/measured-curve.ts";
import type { BandPoint } from "../../models/effective-model/estimate/posterior-summary.ts";
import type { Quantity } from "../../models/effective-model/forward/observables.ts";
import { type ChartOptions, drawChart, type Series } from "../../views/pictures/chart.ts";
import { phaseColour } from "../../views/pictures/palette.ts";
import { rangeOf } from "../../views/pictures/scale.ts";
import { LIGHT } from "../../views/pictures/theme.ts";

/** The palette's colours that are strong enough for lines. */
const COLOURS = [5, 6, 2, 3, 1, 0].map(phaseColour);
const colourOf = (k: number): string => COLOURS[k % COLOURS.length] ?? phaseColour(5);

const LABELS: Record<Quantity, string> = {
  magnetisation: "magnetisation <Sz> per spin",
  susceptibility: "susceptibility per spin (meV/T^2)",
  specificHeat: "specific heat per spin (kB)",
};
/** Curves of one quantity that share a picture; more are put into further ones. */
const CURVES_A_PICTURE = 6;

/** The measured values with the posterior's 95 % band, a picture for each quantity (and six curves). */
export function plotData(curves: readonly MeasuredCurve[], bands: readonly BandPoint[]): string[] {
  let at = 0;
  const withBands = curves.map((curve) => {
    const own = bands.slice(at, at + curve.values.length);
    at += curve.values.length;
    return { curve, own };
  });
  const quantities = [...new Set(curves.map((curve) => curve.quantity))];
  return quantities.flatMap((quantity) => {
    const all = withBands.filter(({ curve }) => curve.quantity === quantity);
    return Array.from({ length: Math.ceil(all.length / CURVES_A_PICTURE) }, (_, k) => {
      const some = all.slice(k * CURVES_A_PICTURE, (k + 1) * CURVES_A_PICTURE);
      return `<div>${plotCurves(quantity, some)}${plotResiduals(quantity, some)}</div>`;
    });
  });
}

/** What the best couplings leave of the data, with the band around them: what the picture above is too coarse for. */
function plotResiduals(quantity: Quantity, curves: readonly CurveWithBand[]): string {
  const less = curves.map(({ curve, own }) => ({
    curve: { ...curve, values: curve.values.map((value, i) => value - (own[i]?.best ?? 0)) },
    own: own.map((p) => ({ ...p, best: 0, low: p.low - p.best, high: p.high - p.best })),
  }));
  return plotCurves(quantity, less, { height: 190, label: "data - best" });
}

interface CurveWithBand {
  readonly curve: MeasuredCurve;
  readonly own: readonly BandPoint[];
}

function plotCurves(
  quantity: Quantity,
  curves: readonly CurveWithBand[],
  { height, label } = { height: 360, label: LABELS[quantity] },
): string {
  const overField = curves.some(({ curve }) => varies(curve.points.map((p) => p.field_T)));
  const abscissa = (p: BandPoint): number => (overField ? p.point.field_T : p.point.temperature_K);
  const xs = curves.flatMap(({ own }) => own.map(abscissa));
  const logarithmic = !overField && Math.max(...xs) > 8 * Math.min(...xs);
  const series = curves.flatMap(({ curve, own }, k): Series[] => {
    const order = Array.from(own.keys()).sort((a, b) => abscissa(own[a]!) - abscissa(own[b]!));
    const sorted = order.map((i) => own[i]!);
    const [low, high] = [sorted.map((p) => p.low), sorted.map((p) => p.high)];
    const x = sorted.map(abscissa);
    const y = sorted.map((p) => p.best);
    const colour = colourOf(k);
    return [
      { name: nameCurve(curve, overField), colour, kind: "line", x, y, band: { low, high } },
      dots(own.map(abscissa), [...curve.values], { colour, radius: 2.2 }),
    ];
  });
  const xName = overField ? "field (T)" : "temperature (K)";
  return chart(series, { xName, yName: label, width: 620, height, logX: logarithmic });
}

function chart(series: readonly Series[], own: Partial<ChartOptions> & { yName: string }): string {
  const size = { width: 620, height: 320, xName: "", theme: LIGHT };
  const title = own.title ?? own.yName;
  return drawChart(series, { title, description: title, ...size, ...own });
}

function dots(x: readonly number[], y: readonly number[], look: Partial<Series> = {}): Series {
  return { name: "", colour: colourOf(0), kind: "dots", x, y, ...look };
}

function varies(values: readonly number[]): boolean {
  return values.some((value) => value !== values[0]);
}

function nameCurve(curve: MeasuredCurve, overField: boolean): string {
  const [first] = curve.points;
  if (first === undefined) return "";
  return overField ? `${first.temperature_K} K` : `${first.field_T} T`;
}

const CORNER_POINTS = 500;

/** Every pair of free couplings: samples, the best (cross) and the other modes (rings); histograms on the diagonal. */
export function plotCorner(
  names: readonly string[],
  samples: readonly Float64Array[],
  summary: EstimateSummary,
): string[] {
  const step = Math.max(1, Math.floor(samples.length / CORNER_POINTS));
  const shown = samples.filter((_, k) => k % step === 0);
  const size = names.length > 3 ? 210 : 260;
  return names.map((rowName, row) => {
    const cells = names.slice(0, row + 1).map((columnName, column) => {
      const xs = shown.map((s) => s[column] ?? 0);
      const ys = shown.map((s) => s[row] ?? 0);
      if (row === column) return plotHistogram(xs, rowName, size, summary.J[rowName]?.value ?? 0);
      const best = [summary.J[columnName]?.value ?? 0, summary.J[rowName]?.value ?? 0] as const;
      const series = [
        dots(xs, ys, { radius: 1.4, opacity: 0.35 }),
        dots([best[0]], [best[1]], { colour: colourOf(1), radius: 4 }),
      ];
      const names = { xName: `${columnName} (meV)`, yName: `${rowName} (meV)` };
      return chart(series, { ...names, width: size, height: size });
    });
    return `<div class="row">${cells.join("")}</div>`;
  });
}

const BINS = 24;

function plotHistogram(
  values: readonly number[],
  name: string,
  size: number,
  best: number,
): string {
  const [min, max] = rangeOf(values);
  const width = (max - min) / BINS || 1;
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.floor((value - min) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const top = 1.05 * Math.max(...counts, 1);
  const edges = counts.flatMap((_, k) => [min + k * width, min + (k + 1) * width]);
  const heights = counts.flatMap((count) => [count, count]);
  const zero = heights.map(() => 0);
  const series: Series[] = [
    {
      ...{ name: "", colour: colourOf(0), kind: "line", x: edges, y: heights },
      band: { low: zero, high: heights },
    },
    { name: "", colour: colourOf(1), kind: "line", x: [best, best], y: [0, top] },
  ];
  const look = { width: size, height: size, yMin: 0, yMax: top };
  return chart(series, { xName: `${name} (meV)`, yName: "samples", ...look });
}

/** 2 sigma^2 E(x*) against 2 sigma^2 lambda; the chosen point is marked. */
export function plotElbow(elbow: EstimateSummary["elbow"]): string {
  const names = { xName: "2 sigma^2 lambda", yName: "2 sigma^2 E(x*)" };
  return marked(
    elbow.map((p) => [p.twoSigma2Lambda, p.energy]),
    elbow.findIndex((p) => p.chosen),
    { ...names, logX: true, logY: true },
  );
}

/** F(sigma) near its minimum, which is marked. */
export function plotFreeEnergy(points: EstimateSummary["freeEnergy"], sigma: number): string {
  const near = points.filter((p) => p.sigma > sigma / 3 && p.sigma < sigma * 4);
  return marked(
    near.map((p) => [p.sigma, p.F]),
    near.findIndex((p) => Math.abs(p.sigma / sigma - 1) < 1e-9),
    { xName: "sigma", yName: "F(sigma)", logX: true },
  );
}

/** A line through dots, the one at `chosen` larger and in another colour. */
function marked(
  points: readonly (readonly [number, number])[],
  chosen: number,
  own: Partial<ChartOptions> & { yName: string },
): string {
  const [x, y] = [points.map((p) => p[0]), points.map((p) => p[1])];
  const [at] = points.slice(chosen, chosen + 1);
  const mark =
    at === undefined || chosen < 0
      ? []
      : [dots([at[0]], [at[1]], { radius: 5, colour: colourOf(1) })];
  return chart([{ ...dots(x, y), kind: "front", radius: 2 }, ...mark], own);
}
