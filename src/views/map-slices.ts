import {
  type Columns,
  findTernaryPlane,
  furtherAxes,
  isTemperature,
  type MapPlane,
  numericColumns,
  varies,
} from "./map-plane.ts";

/** Values of further axes at which a section is drawn. */
export type Slice = Readonly<Record<string, number>>;

/** What is drawn of a space of any dimension: a plane, and the sections at which it is drawn. */
export interface MapSections {
  readonly plane: MapPlane;
  /** One empty slice where the plane holds every axis. */
  readonly slices: readonly Slice[];
  /** Sections that were left out, because there are more than are drawn. */
  readonly leftOut: number;
}

/** More sections than this say less, not more. */
const SECTIONS_max = 9;

/**
 * Chooses the plane and its sections: the triangle of three components, of four components the triangle of the first three at
 * levels of the fourth, composition against temperature for a binary, otherwise two axes; further axes become sections.
 *
 * @param components names of the mole fractions, where known; found by their constant sum otherwise
 * @param chosen two axes that a person asked for instead
 * @param sections_max how many sections are kept, spread evenly over all
 */
export function chooseSections(
  columns: Columns,
  components: readonly string[] | undefined,
  chosen?: readonly [string, string] | undefined,
  sections_max = SECTIONS_max,
): MapSections {
  const plane = chosen === undefined ? choosePlane(columns, components) : axesOf(chosen);
  const all = slicesOf(columns, independentAxes(columns, plane));
  const kept = evenly(all, sections_max);
  return { plane, slices: kept, leftOut: all.length - kept.length };
}

function axesOf([x, y]: readonly [string, string]): MapPlane {
  return { kind: "axes", x, y };
}

function choosePlane(columns: Columns, components: readonly string[] | undefined): MapPlane {
  const [a, b, c, d] = components ?? [];
  if (a !== undefined && b !== undefined && c !== undefined) {
    const total = wholeOf(columns, components ?? []);
    return { kind: "ternary", corners: [a, b, c], total, isPart: d !== undefined };
  }
  const found = components === undefined ? findTernaryPlane(columns) : undefined;
  if (found !== undefined) return found;
  const names = numericColumns(columns).filter((name) => varies(columns[name]));
  const y = names.find(isTemperature) ?? names[1] ?? names[0] ?? "";
  const others = names.filter((name) => name !== y);
  // Of two mole fractions the second says how much was added to the first.
  const x = components?.at(1) ?? others[0] ?? y;
  return { kind: "axes", x: names.includes(x) ? x : (others[0] ?? y), y };
}

function wholeOf(columns: Columns, components: readonly string[]): number {
  const sum = components.reduce((total, name) => total + Number(columns[name]?.[0] ?? 0), 0);
  return Number(sum.toPrecision(3));
}

/** Axes that are neither in the plane nor follow from what is in it, such as the last share of a whole. */
function independentAxes(columns: Columns, plane: MapPlane): string[] {
  const known =
    plane.kind === "axes" ? [plane.x, plane.y] : plane.isPart === true ? [] : [...plane.corners];
  const chosen: string[] = [];
  for (const name of furtherAxes(columns, plane)) {
    if (!followsFrom(columns, name, [...known, ...chosen])) chosen.push(name);
  }
  return chosen;
}

/** True where rows that agree in `others` agree in `name`, and some do agree. */
function followsFrom(columns: Columns, name: string, others: readonly string[]): boolean {
  const seen = new Map<string, unknown>();
  const count = columns[name]?.length ?? 0;
  for (let row = 0; row < count; row++) {
    const key = others.map((other) => columns[other]?.[row]).join("|");
    const value = columns[name]?.[row];
    if (!seen.has(key)) seen.set(key, value);
    else if (seen.get(key) !== value) return false;
  }
  return isShareOf(columns, name, others) || seen.size < count;
}

/** True where the axis and those others that vary oppositely sum to a constant: it is the rest of a whole. */
function isShareOf(columns: Columns, name: string, others: readonly string[]): boolean {
  const values = columns[name] ?? [];
  const subsets = others.flatMap((a, k) => [[a], ...others.slice(k + 1).map((b) => [a, b])]);
  return [...subsets, others].some((subset) => {
    const sumAt = (row: number): number =>
      Number(values[row]) + subset.reduce((sum, other) => sum + Number(columns[other]?.[row]), 0);
    const first = sumAt(0);
    return values.every((_, row) => Math.abs(sumAt(row) - first) <= 2e-3 * Math.abs(first));
  });
}

function slicesOf(columns: Columns, axes: readonly string[]): Slice[] {
  if (axes.length === 0) return [{}];
  const seen = new Map<string, Slice>();
  const count = columns[axes[0] ?? ""]?.length ?? 0;
  for (let row = 0; row < count; row++) {
    const values = axes.map((axis) => Number(columns[axis]?.[row]));
    const key = values.join("|");
    if (!seen.has(key)) {
      seen.set(key, Object.fromEntries(axes.map((axis, k) => [axis, values[k] ?? 0])));
    }
  }
  return [...seen.values()].sort((p, q) => {
    const axis = axes.find((name) => p[name] !== q[name]) ?? "";
    return (p[axis] ?? 0) - (q[axis] ?? 0);
  });
}

function evenly<Item>(items: readonly Item[], most: number): Item[] {
  if (items.length <= most) return [...items];
  const step = (items.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, k) => items[Math.round(k * step)]).flatMap((item) =>
    item === undefined ? [] : [item],
  );
}
