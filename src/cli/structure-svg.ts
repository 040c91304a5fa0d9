import { phaseColour } from "../views/pictures/palette.ts";

/** Where a drawing lies on the page, px. */
export interface Panel {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  readonly group: number;
  /** Drawn with a black rim. */
  readonly isStrange?: boolean | undefined;
}

const WIDTH = 640;
const HEIGHT = 480;
/** Width of a letter at 12 px, about. */
const LETTER_px = 6.6;
/** More points than this make a picture slow without showing more. */
const POINTS_MAX = 5000;

/** A page with one scatter plot and a legend. */
export function drawScatter(
  points: readonly ScatterPoint[],
  names: readonly string[],
  title: string,
): string {
  const panel = { left: 60, top: 40, width: WIDTH - 80, height: HEIGHT - 90 };
  return page(WIDTH, HEIGHT, [
    text(WIDTH / 2, 22, title, "middle"),
    scatter(points, panel, { axes: ["component 1", "component 2"] }),
    legend(names, panel.left + 8, panel.top + 16),
  ]);
}

export function page(width: number, height: number, parts: readonly string[]): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="white"/>\n${parts.join("\n")}\n</svg>\n`
  );
}

export interface ScatterLook {
  readonly axes: readonly [string, string];
  readonly radius?: number | undefined;
  /** One A is as long on both axes. */
  readonly sameScale?: boolean | undefined;
}

export function scatter(
  points: readonly ScatterPoint[],
  whole: Panel,
  { axes, radius = 1.8, sameScale = false }: ScatterLook,
): string {
  const stride = Math.max(1, Math.ceil(points.length / POINTS_MAX));
  const xs = points.map((p) => p.x);
  const ys = points.map((p) => p.y);
  const panel = sameScale ? fitted(whole, span(xs), span(ys)) : whole;
  const x = scale(xs, panel.left, panel.left + panel.width);
  const y = scale(ys, panel.top + panel.height, panel.top);
  const marks = points
    .filter((_, k) => k % stride === 0)
    .map(
      (p) =>
        `<circle cx="${fixed(x.at(p.x))}" cy="${fixed(y.at(p.y))}" r="${radius}" fill="${phaseColour(p.group)}" fill-opacity="0.6"` +
        `${p.isStrange === true ? ' stroke="black" stroke-width="0.7"' : ""}/>`,
    );
  return [frame(panel, axes, x, y), ...marks].join("\n");
}

function span(values: readonly number[]): number {
  const { low, high } = scale(values, 0, 1);
  return high - low;
}

/** The largest panel within `whole` whose sides are as wide : high. */
function fitted(whole: Panel, wide: number, high: number): Panel {
  const unit = Math.min(whole.width / wide, whole.height / high);
  return { ...whole, width: unit * wide, height: unit * high };
}

export interface Series {
  readonly xs: readonly number[];
  /** One line a group. */
  readonly trends: readonly (readonly number[])[];
  /** One dot a value. */
  readonly dots: readonly (readonly number[])[];
  /** Places on the x axis to be marked. */
  readonly marks: readonly number[];
  readonly panel: Panel;
  readonly axes: readonly [string, string];
}

/** Values over a shared x, y from 0 to 1. */
export function lines({ xs, trends, dots, marks, panel, axes }: Series): string {
  const bottom = panel.top + panel.height;
  const x = scale(xs, panel.left, panel.left + panel.width);
  const y = scale([0, 1], bottom, panel.top);
  const point = (value: number, k: number): [string, string] => [
    fixed(x.at(xs[k] ?? 0)),
    fixed(y.at(value)),
  ];
  const paths = trends.map((values, group) => {
    const at = values.map((value, k) => point(value, k).join(","));
    return `<polyline points="${at.join(" ")}" fill="none" stroke="${phaseColour(group)}" stroke-width="1.8"/>`;
  });
  const circles = dots.flatMap((values, group) =>
    values.map((value, k) => {
      const [cx, cy] = point(value, k);
      return `<circle cx="${cx}" cy="${cy}" r="2" fill="${phaseColour(group)}" fill-opacity="0.5"/>`;
    }),
  );
  const dashes = marks.flatMap((mark) => [
    `<line x1="${fixed(x.at(mark))}" x2="${fixed(x.at(mark))}" y1="${panel.top}" y2="${bottom}" stroke="#888" stroke-dasharray="4 3"/>`,
    x.at(mark) > panel.left + panel.width / 2
      ? text(x.at(mark) - 4, panel.top + 14, `onset ${Math.round(mark)}`, "end")
      : text(x.at(mark) + 4, panel.top + 14, `onset ${Math.round(mark)}`),
  ]);
  return [frame(panel, axes, x, y), ...dashes, ...paths, ...circles].join("\n");
}

export function legend(names: readonly string[], left: number, top: number): string {
  return names
    .map(
      (name, group) =>
        `<circle cx="${left}" cy="${top + 16 * group - 4}" r="4" fill="${phaseColour(group)}"/>` +
        text(left + 10, top + 16 * group, name),
    )
    .join("\n");
}

/** Names in one row. */
export function legendRow(names: readonly string[], left: number, top: number): string {
  let x = left;
  return names
    .map((name, group) => {
      const at = x;
      x += 26 + LETTER_px * name.length;
      return (
        `<circle cx="${at}" cy="${top - 4}" r="4" fill="${phaseColour(group)}"/>` +
        text(at + 10, top, name)
      );
    })
    .join("\n");
}

export function text(x: number, y: number, content: string, anchor = "start"): string {
  const safe = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}">${safe}</text>`;
}

interface Scale {
  readonly low: number;
  readonly high: number;
  at(value: number): number;
}

function scale(values: readonly number[], from: number, to: number): Scale {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(high > low)) {
    low = Number.isFinite(low) ? low - 0.5 : 0;
    high = low + 1;
  }
  return { low, high, at: (value) => from + ((value - low) / (high - low)) * (to - from) };
}

function frame(panel: Panel, axes: readonly [string, string], x: Scale, y: Scale): string {
  const { left, top, width, height } = panel;
  const bottom = top + height;
  return [
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="none" stroke="#888"/>`,
    text(left, bottom + 16, short(x.low), "middle"),
    text(left + width, bottom + 16, short(x.high), "middle"),
    text(left + width / 2, bottom + 32, axes[0], "middle"),
    text(left - 6, bottom, short(y.low), "end"),
    text(left - 6, top + 10, short(y.high), "end"),
    `<g transform="translate(${left - 34} ${top + height / 2}) rotate(-90)">${text(0, 0, axes[1], "middle")}</g>`,
  ].join("\n");
}

function short(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

function fixed(value: number): string {
  return value.toFixed(1);
}
