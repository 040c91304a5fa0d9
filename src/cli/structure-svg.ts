import { axisTitle } from "../views/pictures/axis-title.ts";
import { phaseColour } from "../views/pictures/palette.ts";
import { createScale, rangeOf, type Scale } from "../views/pictures/scale.ts";
import { text as drawText, svgDocument } from "../views/pictures/svg.ts";
import { textWidth } from "../views/pictures/text-width.ts";
import { LIGHT } from "../views/pictures/theme.ts";

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
const SIZE = 12;
/** More points than this make a picture slow without showing more. */
const POINTS_MAX = 5000;

/** A page with one scatter plot and a legend. */
export function drawScatter(
  points: readonly ScatterPoint[],
  names: readonly string[],
  title: string,
): string {
  const panel = { left: 70, top: 54, width: WIDTH - 90, height: HEIGHT - 106 };
  return page(
    WIDTH,
    HEIGHT,
    [
      text(WIDTH / 2, 22, title, "middle"),
      scatter(points, panel, { axes: ["component 1", "component 2"] }),
      legendRow(names, panel.left + 8, panel.top - 6),
    ],
    title,
  );
}

export function page(
  width: number,
  height: number,
  parts: readonly string[],
  title = "Kinds of atoms",
): string {
  const about = { width, height, title, description: title, background: LIGHT.background };
  return svgDocument(about, ...parts);
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
  const { min, max } = scale(values, 0, 1);
  return max - min;
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
  const y = scale([0, 1], bottom, panel.top, 0.01);
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

/** Names in one row. */
export function legendRow(names: readonly string[], left: number, top: number): string {
  let x = left;
  return names
    .map((name, group) => {
      const at = x;
      x += 26 + textWidth(name, SIZE);
      return (
        `<circle cx="${at}" cy="${top - 4}" r="4" fill="${phaseColour(group)}"/>` +
        text(at + 10, top, name)
      );
    })
    .join("\n");
}

export function text(x: number, y: number, content: string, anchor = "start"): string {
  const place = { x, y, "text-anchor": anchor };
  return drawText(content, { ...place, "font-size": SIZE, fill: LIGHT.ink });
}

/** Marks at the rim stay whole: the range is a little wider than the values. */
function scale(values: readonly number[], from_px: number, to_px: number, pad = 0.02): Scale {
  const [low, high] = rangeOf(values);
  const margin = pad * (high - low);
  return createScale({ min: low - margin, max: high + margin, from_px, to_px });
}

function frame(panel: Panel, axes: readonly [string, string], x: Scale, y: Scale): string {
  const { left, top, width, height } = panel;
  const bottom = top + height;
  const middle = fixed(top + height / 2);
  const quiet = { fill: LIGHT.quiet, "font-size": 11 };
  const ticks = [
    ...x.ticks.map((value) =>
      drawText(x.format(value), {
        x: x.at(value),
        y: bottom + 16,
        "text-anchor": "middle",
        ...quiet,
      }),
    ),
    ...y.ticks.map((value) =>
      drawText(y.format(value), {
        x: left - 6,
        y: y.at(value) + 4,
        "text-anchor": "end",
        ...quiet,
      }),
    ),
  ];
  return [
    `<rect x="${left}" y="${top}" width="${fixed(width)}" height="${fixed(height)}" fill="none" stroke="${LIGHT.grid}"/>`,
    ...ticks,
    text(left + width / 2, bottom + 34, axisTitle(axes[0]), "middle"),
    `<g transform="translate(${left - 48} ${middle}) rotate(-90)">${text(0, 0, axisTitle(axes[1]), "middle")}</g>`,
  ].join("\n");
}

function fixed(value: number): string {
  return value.toFixed(1);
}
