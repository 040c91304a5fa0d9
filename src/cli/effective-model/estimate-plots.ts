import type { EstimateSummary } from "../../models/effective-model/estimate/estimate-summary.ts";
import type { MeasuredCurve } from "../../models/effective-model/estimate/measured-curve.ts";
import type { BandPoint } from "../../models/effective-model/estimate/posterior-summary.ts";
import type { Quantity } from "../../models/effective-model/forward/observables.ts";
import {
  band,
  colourOf,
  createAxes,
  dot,
  polyline,
  rangeOf,
} from "../effective-model-plots/svg-axes.ts";

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
  const ys = curves.flatMap(({ curve, own }) => [
    ...curve.values,
    ...own.flatMap((p) => [p.low, p.high]),
  ]);
  const axes = createAxes({
    ...{ width: 620, height },
    x: rangeOf(xs, overField ? "field (T)" : "temperature (K)", logarithmic),
    y: rangeOf(ys, label),
    title: label,
    key: curves.map(({ curve }, k) => ({ name: nameCurve(curve, overField), colour: colourOf(k) })),
  });
  const marks = curves.flatMap(({ curve, own }, k) => {
    const colour = colourOf(k);
    const order = Array.from(own.keys()).sort((a, b) => abscissa(own[a]!) - abscissa(own[b]!));
    const sorted = order.map((i) => own[i]!);
    return [
      band(
        axes,
        sorted.map((p) => [abscissa(p), p.low, p.high]),
        colour,
      ),
      polyline(
        axes,
        sorted.map((p) => [abscissa(p), p.best]),
        colour,
      ),
      ...own.map((p, i) => dot(axes, abscissa(p), curve.values[i] ?? 0, colour)),
    ];
  });
  return axes.frame(marks);
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
      const axes = createAxes({
        ...{ width: size, height: size },
        x: rangeOf(xs, `${columnName} (meV)`),
        y: rangeOf(ys, `${rowName} (meV)`),
      });
      const best = [summary.J[columnName]?.value ?? 0, summary.J[rowName]?.value ?? 0] as const;
      return axes.frame([
        ...xs.map((x, k) => dot(axes, x, ys[k] ?? 0, `${colourOf(0)}55`, 1.4)),
        dot(axes, best[0], best[1], colourOf(1), 4),
      ]);
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
  const x = rangeOf(values, `${name} (meV)`);
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.floor(((value - x.min) / (x.max - x.min)) * BINS));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const top = Math.max(...counts, 1);
  const y = { min: 0, max: 1.05 * top, label: "samples" };
  const axes = createAxes({ width: size, height: size, x, y });
  const width = (x.max - x.min) / BINS;
  const bars = counts.map((count, k) => {
    const from = axes.x(x.min + k * width);
    const to = axes.x(x.min + (k + 1) * width);
    const height = axes.y(0) - axes.y(count);
    const place = `x="${from.toFixed(1)}" y="${axes.y(count).toFixed(1)}"`;
    const extent = `width="${(to - from).toFixed(1)}" height="${height.toFixed(1)}"`;
    return `<rect ${place} ${extent} fill="${colourOf(0)}" fill-opacity="0.5"/>`;
  });
  const line = polyline(
    axes,
    [
      [best, 0],
      [best, 1.05 * top],
    ],
    colourOf(1),
  );
  return axes.frame([...bars, line]);
}

/** 2 sigma^2 E(x*) against 2 sigma^2 lambda; the chosen point is marked. */
export function plotElbow(elbow: EstimateSummary["elbow"]): string {
  const axes = createAxes({
    ...{ width: 620, height: 320 },
    x: rangeOf(
      elbow.map((p) => p.twoSigma2Lambda),
      "2 sigma^2 lambda",
      true,
    ),
    y: rangeOf(
      elbow.map((p) => p.energy),
      "2 sigma^2 E(x*)",
      true,
    ),
  });
  return axes.frame([
    polyline(
      axes,
      elbow.map((p) => [p.twoSigma2Lambda, p.energy]),
      colourOf(0),
    ),
    ...elbow.map((p) =>
      dot(
        axes,
        p.twoSigma2Lambda,
        p.energy,
        p.chosen ? colourOf(1) : colourOf(0),
        p.chosen ? 5 : 2,
      ),
    ),
  ]);
}

/** F(sigma) near its minimum, which is marked. */
export function plotFreeEnergy(points: EstimateSummary["freeEnergy"], sigma: number): string {
  const near = points.filter((p) => p.sigma > sigma / 3 && p.sigma < sigma * 4);
  const axes = createAxes({
    ...{ width: 620, height: 320 },
    x: rangeOf(
      near.map((p) => p.sigma),
      "sigma",
      true,
    ),
    y: rangeOf(
      near.map((p) => p.F),
      "F(sigma)",
    ),
  });
  const chosen = near.find((p) => Math.abs(p.sigma / sigma - 1) < 1e-9);
  return axes.frame([
    polyline(
      axes,
      near.map((p) => [p.sigma, p.F]),
      colourOf(0),
    ),
    ...near.map((p) => dot(axes, p.sigma, p.F, colourOf(0))),
    chosen === undefined ? "" : dot(axes, chosen.sigma, chosen.F, colourOf(1), 5),
  ]);
}
