import type { Candidate } from "../../domain/candidate.ts";
import { listCandidates } from "../../domain/candidates.ts";
import type { SearchSpace } from "../../domain/search-space.ts";
import { orderRows } from "../../models/phase-diagram/order-grid.ts";
import { componentsOf, type OrderedGrid, orderGrid } from "./map-grid.ts";

/** The candidates of a map: their grid, and the way from it to what campaigns call them. */
export interface MapCandidates {
  readonly grid: OrderedGrid;
  /** The candidate of a row of the space. */
  at(row: number): Candidate | undefined;
  /** Canonical candidate of an identifier, -1 where there is none. */
  readonly indexOf: (candidateId: string) => number;
}

/** Those that a space lists. */
export function listedCandidates(space: SearchSpace): MapCandidates {
  const candidates = listCandidates(space);
  const grid = orderGrid(
    candidates.map((candidate) => candidate.parameters),
    componentsOf(space),
  );
  return { grid, at: (row) => candidates[row], indexOf: indexIn(grid) };
}

/** Axes of a table with the values of its rows. */
export interface CandidateColumn {
  readonly axis: string;
  readonly values: Float64Array;
}

/** Those of a table of numbers by columns: no object for each row. */
export function columnCandidates(
  columns: readonly CandidateColumn[],
  components: readonly string[] | undefined,
): MapCandidates {
  const sorted = [...columns].sort((a, b) => (a.axis < b.axis ? -1 : 1));
  const width = sorted.length;
  const raw = new Float64Array((columns[0]?.values.length ?? 0) * width);
  for (const [k, { values }] of sorted.entries())
    for (let row = 0; row < values.length; row++) raw[row * width + k] = values[row]!;
  const names = sorted.map(({ axis }) => axis);
  const grid = orderRows(names, raw, components);
  return {
    grid,
    at: (row) =>
      row in grid.candidateOf
        ? {
            candidateId: `c${row}`,
            parameters: Object.fromEntries(columns.map(({ axis, values }) => [axis, values[row]!])),
          }
        : undefined,
    indexOf: indexIn(grid),
  };
}

/** Identifiers are `c` and the row. */
function indexIn({ candidateOf }: OrderedGrid): (candidateId: string) => number {
  return (candidateId) => {
    const row = candidateId.startsWith("c") ? Number(candidateId.slice(1)) : Number.NaN;
    return `c${row}` === candidateId ? (candidateOf[row] ?? -1) : -1;
  };
}
