import type { MapCells } from "../map-data.ts";
import type { MapPlane, Placement } from "../map-plane.ts";
import { axisTitle, shareUnit } from "./axis-title.ts";
import { createScale, rangeOf, type Scale } from "./scale.ts";
import { element, pathOf, text } from "./svg.ts";
import type { Theme } from "./theme.ts";

/** Where the plane lies on a picture of `width` x `height` pixels. */
export interface MapFrame {
  readonly width: number;
  readonly height: number;
  toPixel(place: Placement): [number, number];
  /** Of a coordinate of a place alone, px: for loops over thousands of places. */
  xOf(x: number): number;
  yOf(y: number): number;
  toPlace(pixel: readonly [number, number]): Placement;
  /** Outline of the drawn plane in pixels. */
  readonly outline: readonly (readonly [number, number])[];
  readonly scales?: { readonly x: Scale; readonly y: Scale } | undefined;
}

const ROOT3_2 = Math.sqrt(3) / 2;
const MARGIN = {
  ternary: { x: 44, top: 30, bottom: 42 },
  axes: { left: 62, right: 16, top: 14, bottom: 46 },
};

/** Fits the plane into a width; the triangle gives the height, two axes take `height`. */
export function fitMapFrame(
  plane: MapPlane,
  cells: Pick<MapCells, "x" | "y">,
  size: { readonly width: number; readonly height?: number | undefined; readonly bare?: boolean },
): MapFrame {
  return plane.kind === "ternary"
    ? ternaryFrame(size.width, size.bare === true)
    : axesFrame(cells, size.width, size.height ?? size.width * 0.72);
}

function ternaryFrame(width: number, bare: boolean): MapFrame {
  const margin = bare ? { x: 4, top: 4, bottom: 4 } : MARGIN.ternary;
  const side = width - 2 * margin.x;
  const base = margin.top + side * ROOT3_2;
  const xOf = (x: number): number => margin.x + x * side;
  const yOf = (y: number): number => base - y * side;
  const toPixel = ([x, y]: Placement): [number, number] => [xOf(x), yOf(y)];
  return {
    ...{ width, height: Math.round(base + margin.bottom) },
    ...{ toPixel, xOf, yOf },
    toPlace: ([px, py]) => [(px - margin.x) / side, (base - py) / side],
    outline: [toPixel([0.5, ROOT3_2]), toPixel([0, 0]), toPixel([1, 0])],
  };
}

function axesFrame(cells: Pick<MapCells, "x" | "y">, width: number, height: number): MapFrame {
  const { left, right, top, bottom } = MARGIN.axes;
  const [xMin, xMax] = padded(cells.x);
  const [yMin, yMax] = padded(cells.y);
  const x = createScale({ min: xMin, max: xMax, from_px: left, to_px: width - right, ticks: 6 });
  const y = createScale({ min: yMin, max: yMax, from_px: height - bottom, to_px: top, ticks: 6 });
  return {
    width,
    height,
    scales: { x, y },
    toPixel: ([a, b]) => [x.at(a), y.at(b)],
    ...{ xOf: x.at, yOf: y.at },
    toPlace: ([px, py]) => [x.invert(px), y.invert(py)],
    outline: [
      [left, top],
      [left, height - bottom],
      [width - right, height - bottom],
      [width - right, top],
    ],
  };
}

/** Half a typical cell around the data, so that cells at the border are whole. */
function padded(values: Float64Array): [number, number] {
  const [min, max] = rangeOf(values);
  const steps = Math.max(1, new Set(values).size - 1);
  const half = (max - min) / steps / 2;
  return [min - half, max + half];
}

/** Axes, ticks and names around the plane. */
export function drawMapAxes(plane: MapPlane, frame: MapFrame, theme: Theme): string {
  return plane.kind === "ternary"
    ? drawTernaryAxes(plane, frame, theme)
    : drawPlaneAxes(plane, frame, theme);
}

function drawTernaryAxes(
  plane: Extract<MapPlane, { kind: "ternary" }>,
  frame: MapFrame,
  theme: Theme,
): string {
  const { corners, isPart = false } = plane;
  const total = isPart ? 1 : plane.total;
  const parts: string[] = [];
  // Each component's ticks stand on one edge: A on the left, B on the base, C on the right.
  const at = (a: number, b: number, c: number): [number, number] =>
    frame.toPixel([a / 2 + c, a * ROOT3_2 + 0 * b]);
  for (const f of [0.2, 0.4, 0.6, 0.8]) {
    const lines = [
      [at(f, 1 - f, 0), at(f, 0, 1 - f)],
      [at(1 - f, f, 0), at(0, f, 1 - f)],
      [at(1 - f, 0, f), at(0, 1 - f, f)],
    ] as const;
    const grid = { stroke: theme.ink, "stroke-opacity": 0.14, "stroke-width": 0.8 };
    for (const [p, q] of lines) parts.push(element("path", { d: pathOf([p, q]), ...grid }));
    const left = lines[0];
    const label = String(Number((f * total).toPrecision(3)));
    const quiet = { fill: theme.quiet, "font-size": 11 };
    parts.push(
      text(label, { x: left[0][0] - 7, y: left[0][1] + 4, "text-anchor": "end", ...quiet }),
      text(label, {
        x: at(0, f, 1 - f)[0],
        y: at(0, f, 1 - f)[1] + 16,
        "text-anchor": "middle",
        ...quiet,
      }),
      text(label, { x: at(1 - f, 0, f)[0] + 7, y: at(1 - f, 0, f)[1] + 4, ...quiet }),
    );
  }
  const [top, left, right] = [at(1, 0, 0), at(0, 1, 0), at(0, 0, 1)];
  const bold = { fill: theme.ink, "font-weight": 600, "font-size": 15 };
  parts.push(
    text(corners[0], { x: top[0], y: top[1] - 10, "text-anchor": "middle", ...bold }),
    text(corners[1], { x: left[0] - 4, y: left[1] + 34, "text-anchor": "middle", ...bold }),
    text(corners[2], { x: right[0] + 4, y: right[1] + 34, "text-anchor": "middle", ...bold }),
  );
  parts.push(
    text(isPart ? "shares of the three" : shareUnit(total), {
      x: (left[0] + right[0]) / 2,
      y: left[1] + 34,
      "text-anchor": "middle",
      fill: theme.quiet,
      "font-size": 11,
    }),
  );
  return parts.join("");
}

function drawPlaneAxes(plane: { x: string; y: string }, frame: MapFrame, theme: Theme): string {
  const { scales } = frame;
  const [[left = 0, top = 0] = [], , [right = 0, bottom = 0] = []] = frame.outline;
  if (scales === undefined) return "";
  const quiet = { fill: theme.quiet, "font-size": 11 };
  const parts = [
    ...scales.x.ticks.map((value) =>
      text(scales.x.format(value), {
        x: scales.x.at(value),
        y: bottom + 17,
        "text-anchor": "middle",
        ...quiet,
      }),
    ),
    ...scales.y.ticks.map((value) =>
      text(scales.y.format(value), {
        x: left - 7,
        y: scales.y.at(value) + 4,
        "text-anchor": "end",
        ...quiet,
      }),
    ),
  ];
  const bold = { fill: theme.ink, "font-weight": 600 };
  const middle = (top + bottom) / 2;
  parts.push(
    text(axisTitle(plane.x, scales.x.max), {
      x: (left + right) / 2,
      y: bottom + 38,
      "text-anchor": "middle",
      ...bold,
    }),
    text(axisTitle(plane.y, scales.y.max), {
      x: 16,
      y: middle,
      "text-anchor": "middle",
      transform: `rotate(-90 16 ${Math.round(middle)})`,
      ...bold,
    }),
  );
  return parts.join("");
}
