import type { MapData } from "../map-data.ts";
import { type LabelStyle, uncertaintyColour } from "./palette.ts";
import { fillId, fillOf } from "./pattern-fills.ts";
import { element, text } from "./svg.ts";
import { fitText, textWidth } from "./text-width.ts";
import type { Theme } from "./theme.ts";

/** One label of a map's key; `number` also stands in regions that are too small for the name. */
export interface KeyRow {
  readonly index: number;
  readonly number: number;
  readonly label: string;
  /** Share of the map, 0..1. */
  readonly share: number;
}

/** A drawn key: SVG markup whose top left corner is (0, 0). */
export interface DrawnKey {
  readonly markup: string;
  readonly width: number;
  readonly height: number;
}

const ROW = 18;
const SIZE = 12;
/** Widest name that is written whole, px. */
const NAME_px_max = 290;

/** Names of so few letters stand in the map themselves. */
const LETTERS_short = 3;

/** What stands for a label in a region that is too small for its name. */
export function shortNameOf({ label, number }: KeyRow): string {
  return label.length <= LETTERS_short ? label : String(number);
}

/** The labels of one or several maps, the largest region first, numbered. */
export function keyRows(labels: readonly string[], maps: readonly MapData[]): KeyRow[] {
  const counts = labels.map(() => 0);
  let total = 0;
  for (const { cells } of maps) {
    total += cells.count;
    for (const label of cells.label) if (label >= 0) counts[label] = (counts[label] ?? 0) + 1;
  }
  return labels
    .map((label, index) => ({ label, index, share: (counts[index] ?? 0) / Math.max(1, total) }))
    .sort((a, b) => b.share - a.share || (a.label < b.label ? -1 : 1))
    .map((row, k) => ({ ...row, number: k + 1 }));
}

/** The key in as many columns as `height` makes necessary; every label is in it. */
export function drawKey(
  rows: readonly KeyRow[],
  styles: readonly LabelStyle[],
  theme: Theme,
  height: number,
): DrawnKey {
  const perColumn = Math.max(6, Math.floor(height / ROW));
  const columns = Math.max(1, Math.ceil(rows.length / perColumn));
  const inColumn = Math.ceil(rows.length / columns);
  const parts: string[] = [];
  let left = 0;
  for (let column = 0; column < columns; column++) {
    const shown = rows.slice(column * inColumn, (column + 1) * inColumn);
    parts.push(...shown.map((row, k) => drawRow(row, styles, [left, k * ROW], theme)));
    const widest = Math.max(0, ...shown.map((row) => textWidth(nameOf(row), SIZE)));
    left += 105 + widest;
  }
  return { markup: parts.join(""), width: left, height: inColumn * ROW };
}

function drawRow(
  row: KeyRow,
  styles: readonly LabelStyle[],
  [x, y]: readonly [number, number],
  theme: Theme,
): string {
  const { ground, pattern } = fillOf(fillId(row.index, 1), styles, theme);
  const swatch = { x: x + 24, y, width: 16, height: 12 };
  const ink = { fill: theme.ink, "font-size": SIZE };
  const quiet = { fill: theme.quiet, "font-size": SIZE };
  const percent = 100 * row.share;
  const share = row.share === 0 ? "" : `${formatPercent(percent)}`;
  return (
    text(row.label.length <= LETTERS_short ? "" : String(row.number), {
      x: x + 18,
      y: y + 10,
      "text-anchor": "end",
      ...quiet,
    }) +
    element("rect", { ...swatch, fill: ground }) +
    element("rect", {
      ...swatch,
      fill: pattern ?? "none",
      stroke: theme.ink,
      "stroke-width": 0.6,
    }) +
    text(nameOf(row), { x: x + 46, y: y + 10, ...ink }) +
    text(share, { x: x + 54 + textWidth(nameOf(row), SIZE), y: y + 10, ...quiet })
  );
}

function nameOf({ label }: KeyRow): string {
  return fitText(label, SIZE, NAME_px_max);
}

/** The scale of the uncertainty. */
export function drawUncertaintyKey(theme: Theme): DrawnKey {
  const ink = { fill: theme.ink, "font-size": SIZE };
  const steps = Array.from({ length: 20 }, (_, k) =>
    element("rect", {
      x: 24,
      y: 24 + (19 - k) * 8,
      width: 16,
      height: 8.5,
      fill: uncertaintyColour((k + 0.5) / 20),
    }),
  );
  const markup = [
    text("Uncertainty", { x: 24, y: 10, ...ink, "font-weight": 600 }),
    ...steps,
    text("1: nothing known", { x: 46, y: 34, ...ink }),
    text("0: certain", { x: 46, y: 184, ...ink }),
  ].join("");
  return { markup, width: 165, height: 190 };
}

/** The marks that a map shows, each once: measured, in flight, next, tie-line, triangle. */
export function drawMarkKey(maps: readonly MapData[], theme: Theme): DrawnKey {
  const line = { stroke: theme.ink, "stroke-opacity": 0.7, fill: "none" };
  const flight = { stroke: theme.accent, "stroke-width": 2.5, fill: theme.background };
  const rows: [string, string][] = [];
  const any = (has: (map: MapData) => boolean, mark: string, name: string): void => {
    if (maps.some(has)) rows.push([mark, name]);
  };
  any(
    (map) => map.measured.length > 0,
    element("circle", { cx: 32, cy: 6, r: 3.4, fill: "none", stroke: theme.ink }),
    "measured",
  );
  any(
    (map) => map.inFlight.length > 0,
    element("circle", { cx: 32, cy: 6, r: 5, ...flight }),
    "in flight",
  );
  any(
    (map) => map.batch.length > 0,
    element("path", { d: "M32 -1L39 6L32 13L25 6Z", ...flight }),
    "next",
  );
  any(
    (map) => map.tieLines.length > 0,
    element("path", { d: "M22 6L42 6", "stroke-dasharray": "5 3", ...line }),
    "tie-line",
  );
  any(
    (map) => map.triangles.length > 0,
    element("path", { d: "M22 11L42 11L32 0Z", "stroke-width": 1.6, ...line }),
    "three phases",
  );
  const markup = rows
    .map(([mark, name], k) => {
      const label = text(name, { x: 46, y: 10, fill: theme.ink, "font-size": SIZE });
      return element("g", { transform: `translate(0 ${k * ROW})` }, mark, label);
    })
    .join("");
  return { markup, width: 150, height: rows.length * ROW };
}

function formatPercent(percent: number): string {
  if (percent < 0.1) return "< 0.1 %";
  return `${percent.toFixed(percent < 9.95 ? 1 : 0)} %`;
}
