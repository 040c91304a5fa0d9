import { createScale, rangeOf, type Scale } from "./scale.ts";
import { element, pathOf, svgDocument, text } from "./svg.ts";
import type { Theme } from "./theme.ts";

/** A line, a step line, dots or bars over x, with an optional band or error bars. */
export interface Series {
  /** Empty: not in the key. */
  readonly name: string;
  readonly colour: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly kind: "line" | "step" | "dots" | "front";
  /** Lower and upper limit of a band (lines) or of error bars (dots). */
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] } | undefined;
  /** Read on hovering one dot. */
  readonly titles?: readonly string[] | undefined;
  readonly dashed?: boolean | undefined;
}

export interface ChartOptions {
  readonly title: string;
  readonly description: string;
  readonly xName: string;
  readonly yName: string;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  readonly logY?: boolean | undefined;
  readonly yMin?: number | undefined;
  readonly yMax?: number | undefined;
}

const MARGIN = { left: 62, right: 16, top: 40, bottom: 46 };

/** A chart of one or several series over one x axis, as SVG. Points that are no finite numbers are left out. */
export function drawChart(series: readonly Series[], options: ChartOptions): string {
  const { width, height, theme, logY = false } = options;
  const [xMin, xMax] = rangeOf(...series.map((s) => s.x));
  const values = series.flatMap((s) => [s.y, s.band?.low ?? [], s.band?.high ?? []]);
  const positive = logY ? values.map((list) => list.filter((value) => value > 0)) : values;
  const [low, high] = rangeOf(...positive);
  const x = createScale({
    min: xMin,
    max: xMax,
    from_px: MARGIN.left,
    to_px: width - MARGIN.right,
    ticks: 6,
  });
  const pad = logY ? 0 : (high - low) * 0.05;
  const y = createScale({
    min: options.yMin ?? low - pad,
    max: options.yMax ?? high + pad,
    from_px: height - MARGIN.bottom,
    to_px: MARGIN.top,
    log: logY,
  });
  const clip = element(
    "clipPath",
    { id: "chart" },
    element("rect", {
      x: MARGIN.left,
      y: MARGIN.top - 4,
      width: width - MARGIN.left - MARGIN.right,
      height: height - MARGIN.top - MARGIN.bottom + 8,
    }),
  );
  return svgDocument(
    {
      width,
      height,
      title: options.title,
      description: options.description,
      background: theme.background,
    },
    element("defs", {}, clip),
    drawAxes(x, y, options),
    element("g", { "clip-path": "url(#chart)" }, ...series.map((s) => drawSeries(s, x, y, theme))),
    drawKey(series, options),
  );
}

/** Axes with ticks, for charts that put other marks on them. */
export function drawAxes(x: Scale, y: Scale, options: ChartOptions): string {
  const { width, height, theme } = options;
  const bottom = height - MARGIN.bottom;
  const grid = { stroke: theme.grid, "stroke-width": 1 };
  const quiet = { fill: theme.quiet, "font-size": 11 };
  const parts = [
    ...y.ticks.map(
      (value) =>
        element("path", {
          d: pathOf([
            [MARGIN.left, y.at(value)],
            [width - MARGIN.right, y.at(value)],
          ]),
          ...grid,
        }) +
        text(y.format(value), {
          x: MARGIN.left - 7,
          y: y.at(value) + 4,
          "text-anchor": "end",
          ...quiet,
        }),
    ),
    ...x.ticks.map((value) =>
      text(x.format(value), { x: x.at(value), y: bottom + 17, "text-anchor": "middle", ...quiet }),
    ),
  ];
  const middle = Math.round((MARGIN.top + bottom) / 2);
  const bold = { fill: theme.ink, "font-weight": 600 };
  parts.push(
    text(options.xName, {
      x: (MARGIN.left + width - MARGIN.right) / 2,
      y: height - 8,
      "text-anchor": "middle",
      ...bold,
    }),
    text(options.yName, {
      x: 15,
      y: middle,
      "text-anchor": "middle",
      transform: `rotate(-90 15 ${middle})`,
      ...bold,
    }),
  );
  return parts.join("");
}

function drawSeries(series: Series, x: Scale, y: Scale, theme: Theme): string {
  const points = series.x.flatMap((value, k) => {
    const place: [number, number] = [x.at(value), y.at(series.y[k] ?? Number.NaN)];
    return place.every(Number.isFinite) ? [{ k, place }] : [];
  });
  const places = points.map((point) => point.place);
  const line = {
    fill: "none",
    stroke: series.colour,
    "stroke-width": 2,
    "stroke-linejoin": "round",
    "stroke-dasharray": series.dashed === true ? "6 4" : undefined,
  };
  const band = drawBand(series, x, y);
  if (series.kind === "line" || series.kind === "front") {
    const dots = series.kind === "front" ? drawDots(series, points, theme) : "";
    return band + element("path", { d: pathOf(places), ...line }) + dots;
  }
  if (series.kind === "step") {
    const steps = places.flatMap(([px, py], k): [number, number][] => {
      const before = places[k - 1];
      return before === undefined
        ? [[px, py]]
        : [
            [px, before[1]],
            [px, py],
          ];
    });
    return band + element("path", { d: pathOf(steps), ...line });
  }
  return drawErrorBars(series, x, y) + drawDots(series, points, theme);
}

function drawDots(
  series: Series,
  points: readonly { readonly k: number; readonly place: readonly [number, number] }[],
  theme: Theme,
): string {
  return points
    .map(({ k, place: [cx, cy] }) => {
      const title = series.titles?.[k];
      const mark = {
        cx,
        cy,
        r: 3.5,
        fill: series.colour,
        stroke: theme.background,
        "stroke-width": 0.8,
      };
      return title === undefined
        ? element("circle", mark)
        : element(
            "circle",
            mark,
            element("title", {}, title.replaceAll("&", "&amp;").replaceAll("<", "&lt;")),
          );
    })
    .join("");
}

function drawBand(series: Series, x: Scale, y: Scale): string {
  if (series.band === undefined || series.kind === "dots") return "";
  const { low, high } = series.band;
  const side = (values: readonly number[]): [number, number][] =>
    series.x.flatMap((value, k) => {
      const place: [number, number] = [x.at(value), y.at(values[k] ?? Number.NaN)];
      return place.every(Number.isFinite) ? [place] : [];
    });
  const outline = [...side(low), ...side(high).reverse()];
  return outline.length < 3
    ? ""
    : element("path", { d: pathOf(outline, true), fill: series.colour, "fill-opacity": 0.22 });
}

function drawErrorBars(series: Series, x: Scale, y: Scale): string {
  const { band } = series;
  if (band === undefined) return "";
  const d = series.x
    .map((value, k) => {
      const [low, high] = [y.at(band.low[k] ?? Number.NaN), y.at(band.high[k] ?? Number.NaN)];
      const px = x.at(value);
      return Number.isFinite(low) && Number.isFinite(high)
        ? pathOf([
            [px, low],
            [px, high],
          ])
        : "";
    })
    .join("");
  return element("path", { d, stroke: series.colour, "stroke-width": 1.2 });
}

function drawKey(series: readonly Series[], { theme }: ChartOptions): string {
  let x = MARGIN.left;
  return series
    .filter(({ name }) => name !== "")
    .map(({ name, colour }) => {
      const mark = element("rect", { x, y: 12, width: 14, height: 10, fill: colour, rx: 2 });
      const label = text(name, { x: x + 19, y: 21, fill: theme.ink, "font-size": 12 });
      x += 34 + name.length * 7;
      return mark + label;
    })
    .join("");
}
