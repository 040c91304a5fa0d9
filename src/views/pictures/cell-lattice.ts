import type { MapCells } from "../map-data.ts";
import type { MapPlane } from "../map-plane.ts";

/** The regular arrangement of a map's cells: their outlines, and which cells touch along which edge. */
export interface CellLattice {
  /** Corners of cell `k` in the plane's coordinates, counter-clockwise. */
  outline(k: number): readonly (readonly [number, number])[];
  /** Every pair of touching cells once, with the edge between them. */
  readonly edges: readonly CellEdge[];
}

export interface CellEdge {
  readonly a: number;
  readonly b: number;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** A grid must hold at least this share of its places to be drawn as cells; sparser tables are drawn as dots. */
const FILLED_MIN = 0.3;

/**
 * Finds the lattice that the cells lie on: hexagons for a ternary grid, rectangles for two axes. `undefined` for
 * scattered candidates.
 */
export function findLattice(plane: MapPlane, cells: MapCells): CellLattice | undefined {
  if (cells.count < 3) return undefined;
  return plane.kind === "ternary" ? hexagonLattice(cells) : rectangleLattice(cells);
}

function hexagonLattice(cells: MapCells): CellLattice | undefined {
  const rowHeight = smallestGap(cells.y);
  const step = rowHeight / (Math.sqrt(3) / 2);
  const divisions = Math.round(1 / step);
  if (!(divisions >= 1 && divisions <= 2000)) return undefined;
  const at = new Map<number, number>();
  for (let k = 0; k < cells.count; k++) {
    const [i, j] = indexOf(cells, k, step);
    if (Math.abs(i - Math.round(i)) > 0.02 || Math.abs(j - Math.round(j)) > 0.02) return undefined;
    at.set(Math.round(j) * 4096 + Math.round(i), k);
  }
  if (at.size < cells.count) return undefined;
  const radius = step / Math.sqrt(3);
  const corner = (k: number, n: number): readonly [number, number] => {
    const angle = Math.PI / 6 + (n * Math.PI) / 3;
    const [x = 0, y = 0] = [cells.x[k], cells.y[k]];
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  };
  const edges: CellEdge[] = [];
  // Neighbours to the right, upper right and upper left; the edges to the others are those of the neighbours.
  const directions = [
    { i: 1, j: 0, from: 5, to: 0 },
    { i: 0, j: 1, from: 0, to: 1 },
    { i: -1, j: 1, from: 1, to: 2 },
  ];
  for (let k = 0; k < cells.count; k++) {
    const [i, j] = indexOf(cells, k, step).map(Math.round) as [number, number];
    for (const direction of directions) {
      const b = at.get((j + direction.j) * 4096 + i + direction.i);
      if (b === undefined) continue;
      const [x1, y1] = corner(k, direction.from);
      const [x2, y2] = corner(k, direction.to);
      edges.push({ a: k, b, x1, y1, x2, y2 });
    }
  }
  return { outline: (k) => [0, 1, 2, 3, 4, 5].map((n) => corner(k, n)), edges };
}

/** Lattice place (i along the base, j upwards) of a cell; whole numbers on the grid. */
function indexOf(cells: MapCells, k: number, step: number): [number, number] {
  const j = (cells.y[k] ?? 0) / ((step * Math.sqrt(3)) / 2);
  const i = (cells.x[k] ?? 0) / step - j / 2;
  return [i, j];
}

function rectangleLattice(cells: MapCells): CellLattice | undefined {
  const [xs, ys] = [distinct(cells.x), distinct(cells.y)];
  if (xs.length < 2 || ys.length < 2) return undefined;
  if (cells.count < FILLED_MIN * xs.length * ys.length) return undefined;
  const [xBorders, yBorders] = [borders(xs), borders(ys)];
  const [xPlace, yPlace] = [places(xs), places(ys)];
  const at = new Map<number, number>();
  const column = (k: number): number => xPlace.get(cells.x[k] ?? 0) ?? 0;
  const row = (k: number): number => yPlace.get(cells.y[k] ?? 0) ?? 0;
  for (let k = 0; k < cells.count; k++) at.set(row(k) * xs.length + column(k), k);
  const box = (k: number): [number, number, number, number] => [
    xBorders[column(k)] ?? 0,
    yBorders[row(k)] ?? 0,
    xBorders[column(k) + 1] ?? 0,
    yBorders[row(k) + 1] ?? 0,
  ];
  const edges: CellEdge[] = [];
  for (let k = 0; k < cells.count; k++) {
    const [left, bottom, right, top] = box(k);
    const east = column(k) + 1 < xs.length ? at.get(row(k) * xs.length + column(k) + 1) : undefined;
    const north = at.get((row(k) + 1) * xs.length + column(k));
    if (east !== undefined)
      edges.push({ a: k, b: east, x1: right, y1: bottom, x2: right, y2: top });
    if (north !== undefined) edges.push({ a: k, b: north, x1: left, y1: top, x2: right, y2: top });
  }
  return {
    outline: (k) => {
      const [left, bottom, right, top] = box(k);
      return [
        [left, bottom],
        [right, bottom],
        [right, top],
        [left, top],
      ];
    },
    edges,
  };
}

function distinct(values: Float64Array): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function smallestGap(values: Float64Array): number {
  const sorted = distinct(values);
  let gap = Number.POSITIVE_INFINITY;
  for (let k = 1; k < sorted.length; k++) {
    const step = (sorted[k] ?? 0) - (sorted[k - 1] ?? 0);
    if (step > 1e-6 && step < gap) gap = step;
  }
  return gap;
}

/** Lines halfway between neighbours, and as far outside at both ends. */
function borders(sorted: readonly number[]): number[] {
  const inner = sorted.slice(1).map((value, k) => (value + (sorted[k] ?? 0)) / 2);
  const first = sorted[0] ?? 0;
  const last = sorted.at(-1) ?? 0;
  return [2 * first - (inner[0] ?? first), ...inner, 2 * last - (inner.at(-1) ?? last)];
}

function places(sorted: readonly number[]): Map<number, number> {
  return new Map(sorted.map((value, k) => [value, k]));
}
