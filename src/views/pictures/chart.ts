import { axisTitle } from "./axis-title.ts";
import { createScale, rangeOf, type Scale } from "./scale.ts";
import { element, pathOf, svgDocument, text, tip } from "./svg.ts";
import { fitText, textWidth } from "./text-width.ts";
import type { Theme } from "./theme.ts";

/**
 * A line, a step line (a value holds until the next), dots, or a front (dots whose dominated side a staircase bounds), with an optional
 * band or error bars.
 */
export interface Series {
  /** Empty: not in the key. */
  readonly name: string;
  readonly colour: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly kind: "line" | "step" | "dots" | "front";
  /** Lower and upper limit of a band (lines) or of error bars (dots). */
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] } | undefined;
  /** Of dots: error bars along x too. */
  readonly xBand?: Series["band"];
  /**
   * Of a front: where its staircase turns. `after` a dot, its height holds until the next; `before` a dot, the next one's height holds
   * from this one on. Absent: the dots alone.
   */
  readonly turns?: "before" | "after" | undefined;
  /** Read on hovering one dot. */
  readonly titles?: readonly string[] | undefined;
  readonly dashed?: boolean | undefined;
  /** Of dots, px; 3.5 unless said. */
  readonly radius?: number | undefined;
  /** Of dots: the colour of their rim, and how opaque they are. */
  readonly rim?: string | undefined;
  readonly opacity?: number | undefined;
}

export interface ChartOptions {
  readonly title: string;
  readonly description: string;
  readonly xName: string;
  readonly yName: string;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  readonly logX?: boolean | undefined;
  readonly logY?: boolean | undefined;
  readonly yMin?: number | undefined;
  readonly yMax?: number | undefined;
  /** Written above the chart; the picture grows by its height. */
  readonly heading?: string | undefined;
}

const HEADING_HEIGHT = 26;
const KEY = { row: 18, size: 12 };
const MARGIN = { left: 68, right: 16, top: 40, bottom: 46 };

/** A chart of one or several series over one x axis, as SVG. Points that are no finite numbers are left out. */
export function drawChart(series: readonly Series[], options: ChartOptions): string {
  const { width, height, theme, logX = false, logY = false } = options;
  const abscissae = series
    .flatMap(({ x, xBand }) => [x, xBand?.low ?? [], xBand?.high ?? []])
    .map((x) => (logX ? x.filter((value) => value > 0) : x));
  const [xMin, xMax] = rangeOf(...abscissae);
  const values = series.flatMap((s) => [s.y, s.band?.low ?? [], s.band?.high ?? []]);
  const positive = logY ? values.map((list) => list.filter((value) => value > 0)) : values;
  const [low, high] = rangeOf(...positive);
  // Whole dots at both ends.
  const isDotted = series.some(({ kind }) => kind === "dots" || kind === "front");
  const xPad = isDotted && !logX ? (xMax - xMin) * 0.02 : 0;
  const x = createScale({
    min: xMin - xPad,
    max: xMax + xPad,
    from_px: MARGIN.left,
    to_px: width - MARGIN.right,
    ticks: width < 400 ? 3 : 6,
    log: logX,
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
  const key = drawKey(series, options);
  const top = (options.heading === undefined ? 0 : HEADING_HEIGHT) + key.extra;
  const body = [
    drawAxes(x, y, options),
    element("g", { "clip-path": "url(#chart)" }, ...series.map((s) => drawSeries(s, x, y, theme))),
  ];
  return svgDocument(
    {
      width,
      height: height + top,
      title: options.title,
      description: options.description,
      background: theme.background,
    },
    element("defs", {}, clip),
    drawHeading(options),
    options.heading === undefined
      ? key.markup
      : element("g", { transform: `translate(0 ${HEADING_HEIGHT})` }, key.markup),
    top === 0 ? body.join("") : element("g", { transform: `translate(0 ${top})` }, ...body),
  );
}

function drawHeading({ heading, width, theme }: ChartOptions): string {
  if (heading === undefined) return "";
  return text(fitText(heading, 14, (width - 20) / 1.12), {
    x: width / 2,
    y: 19,
    "text-anchor": "middle",
    "font-size": 14,
    "font-weight": 600,
    fill: theme.ink,
  });
}

/** Axes with ticks, for charts that put other marks on them. */
function drawAxes(x: Scale, y: Scale, options: ChartOptions): string {
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
    text(axisTitle(options.xName), {
      x: (MARGIN.left + width - MARGIN.right) / 2,
      y: height - 8,
      "text-anchor": "middle",
      ...bold,
    }),
    text(axisTitle(options.yName), {
      x: 14,
      y: middle,
      "text-anchor": "middle",
      transform: `rotate(-90 14 ${middle})`,
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
  if (series.kind === "line") return band + element("path", { d: pathOf(places), ...line });
  if (series.kind === "step")
    return band + element("path", { d: pathOf(staircase(places)), ...line });
  if (series.kind === "front" && series.turns !== undefined)
    return (
      element("path", { d: pathOf(staircase(places, series.turns)), ...line }) +
      drawDots(series, points, theme)
    );
  return drawErrorBars(series, x, y) + drawDots(series, points, theme);
}

type Place = readonly [number, number];

/** Corners between places: each height holds `after` its place until the next, or from `before` on. */
function staircase(places: readonly Place[], turns: "before" | "after" = "after"): Place[] {
  return places.flatMap((place, k): Place[] => {
    const before = places[k - 1];
    if (before === undefined) return [place];
    return [turns === "after" ? [place[0], before[1]] : [before[0], place[1]], place];
  });
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
        r: series.radius ?? 3.5,
        fill: series.colour,
        "fill-opacity": series.opacity,
        stroke: series.rim ?? theme.background,
        "stroke-width": 0.8,
      };
      return title === undefined ? element("circle", mark) : element("circle", mark, tip(title));
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
  const along = (values: readonly number[]): Place[] =>
    series.kind === "step" ? staircase(side(values)) : side(values);
  const outline = [...along(low), ...along(high).reverse()];
  return outline.length < 3
    ? ""
    : element("path", { d: pathOf(outline, true), fill: series.colour, "fill-opacity": 0.22 });
}

function drawErrorBars(series: Series, x: Scale, y: Scale): string {
  const { band, xBand } = series;
  const bars = series.x.flatMap((value, k) => {
    const [px, py] = [x.at(value), y.at(series.y[k] ?? Number.NaN)];
    const upright: Place[] = [band?.low, band?.high].map((side) => [
      px,
      y.at(side?.[k] ?? Number.NaN),
    ]);
    const level: Place[] = [xBand?.low, xBand?.high].map((side) => [
      x.at(side?.[k] ?? Number.NaN),
      py,
    ]);
    return [upright, level]
      .filter((bar) => bar.flat().every(Number.isFinite))
      .map((bar) => pathOf(bar));
  });
  return bars.length === 0
    ? ""
    : element("path", { d: bars.join(""), stroke: series.colour, "stroke-width": 1.2 });
}

/** The key over the chart, in as many rows as it needs; `extra` is the height of those beyond the first. */
function drawKey(
  series: readonly Series[],
  { theme, width }: ChartOptions,
): { readonly markup: string; readonly extra: number } {
  let [x, row] = [MARGIN.left, 0];
  const markup = series
    .filter(({ name, x: own }) => name !== "" && own.length > 0)
    .map(({ name, colour, kind, dashed }) => {
      const needed = 34 + textWidth(name, KEY.size);
      if (x > MARGIN.left && x + needed > width) [x, row] = [MARGIN.left, row + 1];
      const y = 12 + row * KEY.row;
      const mark = drawKeyMark(kind, colour, [x, y], dashed === true);
      const label = text(name, { x: x + 24, y: y + 9, fill: theme.ink, "font-size": KEY.size });
      x += needed + 6;
      return mark + label;
    })
    .join("");
  return { markup, extra: row * KEY.row };
}

function drawKeyMark(
  kind: Series["kind"],
  colour: string,
  [x, y]: readonly [number, number],
  isDashed: boolean,
): string {
  if (kind === "dots" || kind === "front")
    return element("ellipse", { cx: x + 10, cy: y + 5, rx: 4, ry: 4, fill: colour });
  return element("path", {
    d: pathOf([
      [x, y + 5],
      [x + 19, y + 5],
    ]),
    stroke: colour,
    "stroke-width": 3,
    "stroke-dasharray": isDashed ? "6 4" : undefined,
  });
}
