import type { MapCells, MapData, MapPoint } from "./map-data.ts";
import type { MapPlane } from "./map-plane.ts";
import { keyRows } from "./pictures/map-key.ts";
import { labelStyles, meanColour, rgbOf } from "./pictures/palette.ts";

/** What a terminal can show. */
export type TerminalColours = "true" | "256" | "none";

export interface TerminalMap {
  /** Lines of text, at most `rows` and the names over and under them, each at most `columns` letters wide (escape sequences not counted). */
  draw(data: MapData): string[];
}

export interface TerminalMapOptions {
  readonly columns: number;
  readonly rows: number;
  readonly colours: TerminalColours;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Letters that the key beside the map takes. */
const KEY_columns = 30;
const ROOT3_2 = Math.sqrt(3) / 2;
/** A cell farther than this many grid steps from a place does not cover it. */
const REACH_steps = 0.75;

/**
 * A small map for a terminal: half a letter a place, coloured by the likeliest phases, with what is measured (small dots) and in
 * flight (rings), and the largest fields by name; letters in place of colours where the terminal has none. The places'
 * cells are looked up once: drawing again costs nothing worth speaking of.
 */
export function createTerminalMap(
  plane: MapPlane,
  cells: MapCells,
  options: TerminalMapOptions,
): TerminalMap {
  const { colours } = options;
  const frame = fitFrame(plane, cells, options);
  const per = colours === "none" ? 1 : 2;
  const cellAt = lookUp(frame, cells, frame.height * per, plane.kind === "ternary");
  return {
    draw: (data) => {
      const key = keyRows(data.labels, [data]);
      const styles = labelStyles(data.labels, data.phaseOrder);
      const letters = new Map(key.map(({ index, number }) => [index, LETTERS[number - 1] ?? "?"]));
      const marks = marksOf(data, frame);
      const colourAt = (column: number, row: number): string | undefined => {
        const style = styles[data.cells.label[cellAt[row * frame.width + column] ?? -1] ?? -1];
        return style === undefined ? undefined : meanColour(style.colours);
      };
      const lines = Array.from({ length: frame.height }, (_, row) => {
        let line = "";
        for (let column = 0; column < frame.width; column++) {
          const mark = marks.get(row * frame.width + column);
          if (colours === "none") {
            const cell = cellAt[row * frame.width + column] ?? -1;
            const label = data.cells.label[cell] ?? -1;
            line += cell < 0 ? " " : (mark ?? letters.get(label) ?? "·");
          } else {
            line += block(
              [colourAt(column, 2 * row), colourAt(column, 2 * row + 1)],
              mark,
              colours,
            );
          }
        }
        return line;
      });
      const beside = drawKey(
        data,
        key,
        styles.map(({ colours: c }) => meanColour(c)),
        letters,
        options,
      );
      const map = lines.map((line, row) => `${line}  ${beside[row] ?? ""}`.replace(/ +$/, ""));
      return nameAxes(plane, map, frame.width);
    },
  };
}

interface TextFrame {
  readonly width: number;
  readonly height: number;
  /** The plane's place in the middle of a letter's part. */
  placeAt(column: number, row: number, rows: number): readonly [number, number];
  /** The letter that covers a place. */
  letterAt(x: number, y: number): readonly [column: number, row: number];
}

function fitFrame(
  plane: MapPlane,
  cells: MapCells,
  { columns, rows }: TerminalMapOptions,
): TextFrame {
  const room = Math.max(10, columns - KEY_columns - 2);
  const [left, right, bottom, top] =
    plane.kind === "ternary" ? [0, 1, 0, ROOT3_2] : [...ends(cells.x), ...ends(cells.y)];
  // A letter is about twice as high as wide: a triangle keeps its shape.
  const width =
    plane.kind === "ternary"
      ? Math.min(room, Math.floor((2 * rows) / ROOT3_2))
      : Math.min(room, 3 * rows);
  const height = plane.kind === "ternary" ? Math.max(4, Math.round((width * ROOT3_2) / 2)) : rows;
  const spanX = (right ?? 1) - (left ?? 0) || 1;
  const spanY = (top ?? 1) - (bottom ?? 0) || 1;
  return {
    width,
    height,
    placeAt: (column, row, count) => [
      (left ?? 0) + ((column + 0.5) / width) * spanX,
      (top ?? 1) - ((row + 0.5) / count) * spanY,
    ],
    letterAt: (x, y) => [
      Math.min(width - 1, Math.max(0, Math.floor(((x - (left ?? 0)) / spanX) * width))),
      Math.min(height - 1, Math.max(0, Math.floor((((top ?? 1) - y) / spanY) * height))),
    ],
  };
}

function ends(values: Float64Array): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const steps = Math.max(1, new Set(values).size - 1);
  const half = (high - low) / steps / 2;
  return low <= high ? [low - half, high + half] : [0, 1];
}

/** The nearest cell of each place, -1 outside the plane. */
function lookUp(frame: TextFrame, cells: MapCells, rows: number, isTriangle: boolean): Int32Array {
  const [xLow, xHigh] = ends(cells.x);
  const [yLow, yHigh] = ends(cells.y);
  const scale = [1 / (xHigh - xLow || 1), 1 / (yHigh - yLow || 1)] as const;
  const step = Math.max(1 / Math.sqrt(Math.max(1, cells.count)), 1 / frame.width, 1 / rows);
  const found = new Int32Array(frame.width * rows).fill(-1);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < frame.width; column++) {
      const [x, y] = frame.placeAt(column, row, rows);
      if (isTriangle && !isInTriangle(x, y)) continue;
      let nearest = (REACH_steps * 2 * step) ** 2;
      for (let k = 0; k < cells.count; k++) {
        const dx = ((cells.x[k] ?? 0) - x) * scale[0];
        const dy = ((cells.y[k] ?? 0) - y) * scale[1];
        const distance = dx * dx + dy * dy;
        if (distance >= nearest) continue;
        nearest = distance;
        found[row * frame.width + column] = k;
      }
    }
  }
  return found;
}

/** Within the triangle, or so near that half a letter reaches it. */
function isInTriangle(x: number, y: number): boolean {
  const a = y / ROOT3_2;
  const c = x - a / 2;
  return Math.min(a, c, 1 - a - c) > -0.015;
}

/** The names of the corners or axes over and under the map. */
function nameAxes(plane: MapPlane, lines: readonly string[], width: number): string[] {
  if (plane.kind === "axes") return [`${plane.y} ↑`, ...lines, `${plane.x} →`.padStart(width)];
  const [top, left, right] = plane.corners;
  const over = " ".repeat(Math.max(0, Math.round((width - top.length) / 2))) + top;
  const gap = " ".repeat(Math.max(1, width - left.length - right.length));
  return [over, ...lines, `${left}${gap}${right}`];
}

function marksOf(data: MapData, frame: TextFrame): Map<number, string> {
  const marks = new Map<number, string>();
  const put = (points: readonly MapPoint[], mark: string): void => {
    for (const { x, y } of points) {
      const [column, row] = frame.letterAt(x, y);
      marks.set(row * frame.width + column, mark);
    }
  };
  put(data.measured, "·");
  put(data.batch, "◇");
  put(data.inFlight, "○");
  return marks;
}

/** One letter that shows two colours, or a mark on their mean. */
function block(
  [upper, lower]: readonly [string | undefined, string | undefined],
  mark: string | undefined,
  colours: TerminalColours,
): string {
  if (upper === undefined && lower === undefined) return mark ?? " ";
  if (mark !== undefined) {
    const ground = meanColour([upper ?? lower ?? "", lower ?? upper ?? ""]);
    return `${paint("38", inkOn(ground), colours)}${paint("48", ground, colours)}${mark}\x1b[0m`;
  }
  if (upper === undefined) return `${paint("38", lower ?? "", colours)}▄\x1b[0m`;
  if (lower === undefined) return `${paint("38", upper, colours)}▀\x1b[0m`;
  return `${paint("38", upper, colours)}${paint("48", lower, colours)}▀\x1b[0m`;
}

function inkOn(ground: string): string {
  const [r, g, b] = rgbOf(ground);
  return 0.3 * r + 0.6 * g + 0.1 * b > 110 ? "#000000" : "#ffffff";
}

/** The escape sequence of a foreground (38) or background (48) colour. */
function paint(ground: "38" | "48", colour: string, colours: TerminalColours): string {
  const [r, g, b] = rgbOf(colour);
  if (colours === "true") return `\x1b[${ground};2;${r};${g};${b}m`;
  // The 6 x 6 x 6 cube of the 256 colours begins at 16.
  const level = (value: number): number => Math.round((value / 255) * 5);
  return `\x1b[${ground};5;${16 + 36 * level(r) + 6 * level(g) + level(b)}m`;
}

function drawKey(
  data: MapData,
  key: ReturnType<typeof keyRows>,
  colourOf: readonly string[],
  letters: ReadonlyMap<number, string>,
  { rows, colours }: TerminalMapOptions,
): string[] {
  const shown = key.filter(({ share }) => share > 0);
  const room = Math.max(1, rows - 3);
  const lines = shown.slice(0, room).map(({ index, label, share }) => {
    const mark =
      colours === "none"
        ? (letters.get(index) ?? "?")
        : `${paint("38", colourOf[index] ?? "#8c8c8c", colours)}█\x1b[0m`;
    const percent = `${Math.round(100 * share)} %`.padStart(5);
    const name = label.length > KEY_columns - 8 ? `${label.slice(0, KEY_columns - 9)}…` : label;
    return `${mark}${percent} ${name}`;
  });
  if (shown.length > room) lines.push(`  and ${shown.length - room} more`);
  const flight = data.inFlight.length > 0 ? "  ○ in flight" : "";
  lines.push("", `· measured${flight}`);
  return lines;
}
