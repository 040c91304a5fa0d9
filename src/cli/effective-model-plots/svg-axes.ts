import { phaseColour } from "../../views/pictures/palette.ts";
import { textWidth } from "../../views/pictures/text-width.ts";

/** A drawing surface with two axes, in SVG text; coordinates in data units. */
export interface Axes {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** The whole picture around the given marks. */
  readonly frame: (marks: readonly string[]) => string;
}

export interface AxisRange {
  readonly min: number;
  readonly max: number;
  readonly label: string;
  readonly log?: boolean;
}

export interface AxesOptions {
  readonly width: number;
  readonly height: number;
  readonly x: AxisRange;
  readonly y: AxisRange;
  readonly title?: string;
  /** Names of the curves in their colours, over the picture. */
  readonly key?: readonly { readonly name: string; readonly colour: string }[];
}

const LEFT = 62;
const BOTTOM = 40;
const TOP = 24;
const RIGHT = 12;
const TICKS = 5;
const KEY_px = 11;

/** The palette's colours that are strong enough for lines. */
const COLOURS = [5, 6, 2, 3, 1, 0].map(phaseColour);

export function colourOf(k: number): string {
  return COLOURS[k % COLOURS.length] ?? phaseColour(5);
}

export function createAxes(options: AxesOptions): Axes {
  const { width, height } = options;
  const x = scaleOf(options.x, LEFT, width - RIGHT);
  const y = scaleOf(options.y, height - BOTTOM, TOP);
  const frame = (marks: readonly string[]): string => {
    const ticksX = ticksOf(options.x).map((value) => {
      const at = x(value).toFixed(1);
      const mark = line(at, height - BOTTOM, at, height - BOTTOM + 4);
      return mark + text(at, height - BOTTOM + 16, formatTick(value), "middle");
    });
    const ticksY = ticksOf(options.y).map((value) => {
      const at = y(value);
      const mark = line(LEFT - 4, at.toFixed(1), LEFT, at.toFixed(1));
      return mark + text(LEFT - 7, at + 4, formatTick(value), "end");
    });
    const inside = `width="${width - LEFT - RIGHT}" height="${height - TOP - BOTTOM}"`;
    const box = `<rect x="${LEFT}" y="${TOP}" ${inside} fill="none" stroke="#555"/>`;
    const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
    const middleY = (TOP + height - BOTTOM) / 2;
    const upright = `x="13" y="${middleY}" text-anchor="middle" transform="rotate(-90 13 ${middleY})"`;
    return [
      `<svg ${size} role="img" aria-label="${escapeText(options.title ?? options.y.label)}">`,
      ...marks,
      box,
      ...ticksX,
      ...ticksY,
      text((LEFT + width - RIGHT) / 2, height - 6, options.x.label, "middle"),
      `<text ${upright}>${escapeText(options.y.label)}</text>`,
      drawKey(options.key ?? []),
      "</svg>",
    ].join("");
  };
  return { x, y, frame };
}

function drawKey(key: NonNullable<AxesOptions["key"]>): string {
  let x = LEFT;
  return key
    .map(({ name, colour }) => {
      const mark = `<rect x="${x.toFixed(1)}" y="7" width="14" height="8" fill="${colour}"/>`;
      const label = text((x + 18).toFixed(1), 15, name, "start");
      x += 34 + textWidth(name, KEY_px);
      return mark + label;
    })
    .join("");
}

/** Range of some values with a margin; a range of nothing is widened. */
export function rangeOf(values: readonly number[], label: string, log = false): AxisRange {
  const finite = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  let min = Math.min(...finite);
  let max = Math.max(...finite);
  if (finite.length === 0) [min, max] = [log ? 0.1 : 0, 1];
  if (log) return { min: min / 1.3, max: max * 1.3, label, log };
  const margin = max > min ? 0.05 * (max - min) : Math.max(1e-9, Math.abs(max) * 0.1);
  return { min: min - margin, max: max + margin, label };
}

export function polyline(
  axes: Axes,
  points: readonly (readonly [number, number])[],
  colour: string,
): string {
  const list = points.map(([x, y]) => `${axes.x(x).toFixed(1)},${axes.y(y).toFixed(1)}`).join(" ");
  return `<polyline points="${list}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
}

/** A filled band between two curves over the same abscissae. */
export function band(
  axes: Axes,
  points: readonly (readonly [number, number, number])[],
  colour: string,
): string {
  const upper = points.map(([x, , high]) => `${axes.x(x).toFixed(1)},${axes.y(high).toFixed(1)}`);
  const lower = points.map(([x, low]) => `${axes.x(x).toFixed(1)},${axes.y(low).toFixed(1)}`);
  return `<polygon points="${[...upper, ...lower.reverse()].join(" ")}" fill="${colour}" fill-opacity="0.25"/>`;
}

export function dot(axes: Axes, x: number, y: number, colour: string, radius = 2.2): string {
  return `<circle cx="${axes.x(x).toFixed(1)}" cy="${axes.y(y).toFixed(1)}" r="${radius}" fill="${colour}"/>`;
}

export function escapeText(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

type Place = number | string;

function line(x1: Place, y1: Place, x2: Place, y2: Place): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#555"/>`;
}

function text(x: number | string, y: number, value: string, anchor: string): string {
  return `<text x="${x}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escapeText(value)}</text>`;
}

function scaleOf(range: AxisRange, from: number, to: number): (value: number) => number {
  const place = range.log === true ? Math.log10 : (value: number): number => value;
  const low = place(range.min);
  const high = place(range.max);
  return (value) => from + ((place(value) - low) / (high - low)) * (to - from);
}

function ticksOf(range: AxisRange): number[] {
  if (range.log === true) return logTicks(range);
  const raw = (range.max - range.min) / TICKS;
  const decade = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((k) => k * decade).find((s) => s >= raw) ?? raw;
  const first = Math.ceil(range.min / step);
  const count = Math.floor(range.max / step) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, k) => (first + k) * step);
}

/** Decades, thinned where there are many; over less than two decades also 2 and 5 of each. */
function logTicks({ min, max }: AxisRange): number[] {
  const from = Math.floor(Math.log10(min));
  const to = Math.ceil(Math.log10(max));
  const decades = Array.from({ length: to - from + 1 }, (_, k) => from + k);
  const isWithin = (value: number): boolean => value >= min && value <= max;
  if (Math.log10(max / min) < 2)
    return decades.flatMap((k) => [1, 2, 5].map((m) => m * 10 ** k)).filter(isWithin);
  const shown = decades.map((k) => 10 ** k).filter(isWithin);
  const step = Math.max(1, Math.ceil(shown.length / TICKS));
  return shown.filter((_, k) => k % step === 0);
}

function formatTick(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-3 ? value.toExponential(0) : String(Number(value.toPrecision(3)));
}
