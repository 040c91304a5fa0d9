import type { TieLineView, TriangleView } from "../domain/planner-view.ts";
import { toCsv } from "./export-text.ts";
import { gatherMapData, type MapData } from "./map-data.ts";
import { type Columns, compositionAt, type MapPlane, type Placement } from "./map-plane.ts";
import { chooseSections, type Slice } from "./map-slices.ts";
import { findLattice } from "./pictures/cell-lattice.ts";
import type { PhaseDiagramView } from "./planner-views.ts";
import type { Cell, Row } from "./result-rows.ts";

/** A phase map as data: what `--map FILE.json` holds. */
export interface MapDocument {
  readonly title: string;
  readonly axes: readonly string[];
  /** Axes that are mole fractions of one whole. */
  readonly components: readonly string[];
  /** Sets of phases, `A+B`. */
  readonly labels: readonly string[];
  readonly candidates: readonly MapRow[];
  readonly boundaries: readonly MapBoundary[];
  readonly tieLines: readonly TieLineView[];
  readonly triangles: readonly TriangleView[];
}

export interface MapRow {
  readonly candidateId: string;
  readonly parameters: Readonly<Record<string, number | string | null>>;
  /** The likeliest label; `null` where nothing is known. */
  readonly phases: string | null;
  /** Its probability, 0..1. */
  readonly probability: number;
  /** Probabilities of all labels above 0.0005, where the model has them. */
  readonly probabilities?: Readonly<Record<string, number>> | undefined;
  readonly measured: boolean;
  /** What the label follows from, where it was not measured but is certain: a result by its number, or a known point. */
  readonly followsFrom?: number | "known" | undefined;
  /** True where a neighbouring candidate in the same section has another label. */
  readonly boundary: boolean;
}

/** Lines between two labels in one section, along the edges of the grid's cells. */
export interface MapBoundary {
  readonly between: readonly [string, string];
  /** Values of the axes that are constant along the lines. */
  readonly at: Slice;
  readonly lines: readonly (readonly Readonly<Record<string, number>>[])[];
}

export interface MapDocumentSources {
  readonly title: string;
  readonly columns: Columns;
  readonly ids?: readonly string[] | undefined;
  readonly view: PhaseDiagramView;
  /** Candidates that have a result. */
  readonly measured: ReadonlySet<string>;
  /** What people call the result in a position. */
  readonly numberOf: (position: number) => number | undefined;
}

const PROBABILITY_min = 5e-4;

/** Gathers the map: labels, probabilities, boundaries, tie-lines, triangles. */
export function mapDocument(sources: MapDocumentSources): MapDocument {
  const { title, columns, ids, view, measured, numberOf } = sources;
  const followed = (row: number): Pick<MapRow, "followsFrom"> => {
    const from = view.derivedFrom?.get(row);
    if (from === undefined) return {};
    // Several looks at one sample share its position.
    return { followsFrom: from < 0 ? "known" : numberOf(Math.floor(from)) };
  };
  const axes = Object.keys(columns);
  const sections = allSections(columns, view, title);
  const border = new Set<number>();
  const boundaries = sections.flatMap(({ slice, data }) =>
    boundariesOf(data, slice, view.components ?? [], border),
  );
  const candidates = view.labelIndex.map((label, row): MapRow => {
    const candidateId = ids?.[row] ?? `c${row}`;
    return {
      candidateId,
      parameters: Object.fromEntries(axes.map((axis) => [axis, columns[axis]?.[row] ?? null])),
      phases: view.labels[label] ?? null,
      probability: view.certainty[row] ?? 0,
      ...(view.probabilities !== undefined && { probabilities: probabilitiesOf(view, row) }),
      measured: measured.has(candidateId),
      ...followed(row),
      boundary: border.has(row),
    };
  });
  return {
    title,
    axes,
    components: view.components ?? [],
    labels: view.labels,
    candidates,
    boundaries,
    tieLines: view.tieLines.map(({ phases, ends }) => ({ phases, ends: ends.map(rounded) })),
    triangles: view.triangles.map(({ phases, corners }) => ({
      phases,
      corners: corners.map(rounded),
    })),
  };
}

/** The tables of a map as CSV texts, by the names of {@link mapRows}. */
export function mapTables(document: MapDocument): ReadonlyMap<string, string> {
  return new Map([...mapRows(document)].map(([name, rows]) => [name, toCsv(rows)]));
}

/**
 * The tables of a map: `""` has a row a candidate (axes, `phases`, `probability`, `measured`, `followsFrom`, `boundary`,
 * `p_LABEL` of each label), `boundaries` a row a vertex, `tie-lines` and `triangles` a row each. Tables without rows are left out.
 */
export function mapRows(document: MapDocument): ReadonlyMap<string, readonly Row[]> {
  const { candidates, labels, boundaries, tieLines, triangles } = document;
  const followsFromSome = candidates.some(({ followsFrom }) => followsFrom !== undefined);
  const rows = candidates.map(({ candidateId, parameters, probabilities, ...rest }) => ({
    candidateId,
    ...parameters,
    phases: rest.phases ?? "",
    probability: rest.probability,
    measured: rest.measured ? "yes" : "",
    ...(followsFromSome && { followsFrom: rest.followsFrom ?? "" }),
    boundary: rest.boundary ? "yes" : "",
    ...(probabilities && Object.fromEntries(labels.map((l) => [`p_${l}`, probabilities[l] ?? 0]))),
  }));
  const vertices = boundaries.flatMap(({ between, at, lines }) =>
    lines.flatMap((line, n) =>
      line.map((place, point) => ({
        phases_1: between[0],
        phases_2: between[1],
        line: n,
        point,
        ...at,
        ...place,
      })),
    ),
  );
  const corners = (list: readonly Readonly<Record<string, number>>[]) =>
    Object.assign(
      {},
      ...list.map((corner, k) =>
        Object.fromEntries(Object.entries(corner).map(([axis, v]) => [`end_${k + 1}_${axis}`, v])),
      ),
    );
  const phasesOf = (phases: readonly string[]) =>
    Object.fromEntries(phases.map((phase, k) => [`phase_${k + 1}`, phase]));
  const tables: [string, Readonly<Record<string, Cell | null>>[]][] = [
    ["", rows],
    ["boundaries", vertices],
    ["tie-lines", tieLines.map(({ phases, ends }) => ({ ...phasesOf(phases), ...corners(ends) }))],
    ["triangles", triangles.map((t) => ({ ...phasesOf(t.phases), ...corners(t.corners) }))],
  ];
  return new Map(
    tables.flatMap(([name, list]) => (list.length === 0 ? [] : [[name, list.map(filled)]])),
  );
}

/** What is not known has no cell. */
function filled(row: Readonly<Record<string, Cell | null>>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell ?? ""]));
}

function probabilitiesOf(view: PhaseDiagramView, row: number): Record<string, number> {
  return Object.fromEntries(
    view.labels.flatMap((label, k): [string, number][] => {
      const p = view.probabilities?.[k]?.[row] ?? 0;
      return p >= PROBABILITY_min ? [[label, p]] : [];
    }),
  );
}

function allSections(
  columns: Columns,
  view: PhaseDiagramView,
  title: string,
): { readonly slice: Slice; readonly data: MapData }[] {
  const { plane, slices } = chooseSections(
    columns,
    view.components,
    undefined,
    Number.POSITIVE_INFINITY,
  );
  return slices.map((slice) => ({
    slice,
    data: gatherMapData({ title, plane, columns, view, observations: [], slice }),
  }));
}

/** The boundaries of one section; marks the candidates on both sides of each. */
function boundariesOf(
  { plane, cells, labels }: MapData,
  slice: Slice,
  components: readonly string[],
  border: Set<number>,
): MapBoundary[] {
  // In a section of a larger whole the three components share what the others leave.
  const fixed = components.reduce((sum, name) => sum + (slice[name] ?? 0), 0);
  const left = plane.kind === "ternary" ? 1 - fixed / plane.total : 1;
  const lattice = findLattice(plane, cells);
  const groups = new Map<string, { between: [string, string]; edges: Segment[] }>();
  for (const { a, b, x1, y1, x2, y2 } of lattice?.edges ?? []) {
    const [p, q] = [labels[cells.label[a] ?? -1], labels[cells.label[b] ?? -1]];
    if (p === undefined || q === undefined || p === q) continue;
    border.add(cells.row[a] ?? -1).add(cells.row[b] ?? -1);
    const between: [string, string] = p < q ? [p, q] : [q, p];
    const key = between.join("|");
    const group = groups.get(key) ?? { between, edges: [] };
    group.edges.push([
      [x1, y1],
      [x2, y2],
    ]);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ between, edges }) => ({
    between,
    at: slice,
    lines: chain(edges).map((line) => line.map((place) => nameIn(plane, place, left))),
  }));
}

/** Six digits are finer than any measurement of a composition. */
function rounded(place: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(place).map(([axis, value]) => [axis, Number(value.toFixed(6)) + 0]),
  );
}

type Segment = readonly [Placement, Placement];

/** Joins segments that share an end into lines; a closed line ends where it begins. */
function chain(segments: readonly Segment[]): Placement[][] {
  const keyOf = ([x, y]: Placement): string => `${x.toPrecision(9)}|${y.toPrecision(9)}`;
  const at = new Map<string, number[]>();
  for (const [k, ends] of segments.entries()) {
    for (const end of ends) at.set(keyOf(end), [...(at.get(keyOf(end)) ?? []), k]);
  }
  const used = new Set<number>();
  const follow = (from: Placement): Placement[] => {
    const line: Placement[] = [];
    let here = from;
    for (;;) {
      const next = (at.get(keyOf(here)) ?? []).find((k) => !used.has(k));
      const segment = next === undefined ? undefined : segments[next];
      if (next === undefined || segment === undefined) return line;
      used.add(next);
      const [p, q] = segment;
      here = keyOf(p) === keyOf(here) ? q : p;
      line.push(here);
    }
  };
  return segments.flatMap(([p, q], k) => {
    if (used.has(k)) return [];
    used.add(k);
    return [[...follow(p).reverse(), p, q, ...follow(q)]];
  });
}

/** A place of the plane by the names of its axes, six digits. */
function nameIn(plane: MapPlane, place: Placement, left: number): Record<string, number> {
  const round = (value: number): number => Number(value.toFixed(6)) + 0;
  if (plane.kind === "axes") {
    return {
      [plane.x]: Number(place[0].toPrecision(9)),
      [plane.y]: Number(place[1].toPrecision(9)),
    };
  }
  // Cells at the rim reach half a step beyond the triangle.
  const inside = compositionAt(plane, place).map((part) => Math.max(0, part));
  const scale = plane.total / inside.reduce((sum, part) => sum + part, 0);
  const parts = inside.map((part) => part * scale);
  return Object.fromEntries(
    plane.corners.map((corner, k) => [corner, round(left * (parts[k] ?? 0))]),
  );
}
