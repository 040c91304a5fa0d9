import type { Parameters } from "./candidate.ts";

/** More candidates than this are refused: each costs memory in every model. */
export const CANDIDATES_MAX = 500_000;

/** One numeric axis with equal steps or with listed values. */
export interface GridAxis {
  readonly name: string;
  readonly values: readonly number[];
}

/** Every combination of the axes' values. */
export interface GridSpace {
  readonly kind: "grid";
  readonly axes: readonly GridAxis[];
}

/** Mole fractions of `components` in steps of `step` that sum to 1, times every combination of `further` axes. */
export interface SimplexGridSpace {
  readonly kind: "simplex-grid";
  readonly components: readonly string[];
  readonly step: number;
  readonly further?: readonly GridAxis[] | undefined;
}

/** A list of candidates, one row each, from a CSV file; the rows travel with the campaign so that a log is complete. */
export interface TableSpace {
  readonly kind: "table";
  readonly rows: readonly Parameters[];
  /** Columns whose values are mole fractions that sum to 1 in every row (3 or more), if any. */
  readonly components?: readonly string[] | undefined;
  readonly source?: { readonly file: string; readonly sha256: string } | undefined;
}

/** One axis of a continuous space: a range, whole numbers, listed numbers, or names. */
export interface BoxAxis {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean | undefined;
  readonly categories?: readonly string[] | undefined;
  /** Set points are multiples of it, in the axis' unit: 467 K and not 466.8015592. Absent: every number. */
  readonly resolution?: number | undefined;
  /** The only numbers there are, ascending; `min` and `max` are the first and the last. */
  readonly values?: readonly number[] | undefined;
  /** The axis exists only where the category `axis` is one of these; elsewhere points do not name it. */
  readonly onlyIf?: { readonly axis: string; readonly is: readonly string[] } | undefined;
}

/** A continuous range for each axis. */
export interface BoxSpace {
  readonly kind: "box";
  readonly axes: readonly BoxAxis[];
  /** Axes that are shares of one whole and sum to it in every point. */
  readonly fractions?: readonly Fractions[] | undefined;
}

export interface Fractions {
  readonly of: readonly string[];
  /** 1, or 100 for percent; absent: 1. */
  readonly sum?: number | undefined;
}

export type SearchSpace = GridSpace | SimplexGridSpace | TableSpace | BoxSpace;

/** Names of a space's axes, fractions first. */
export function axesOfSpace(space: SearchSpace): readonly string[] {
  switch (space.kind) {
    case "simplex-grid":
      return [...space.components, ...(space.further ?? []).map(({ name }) => name)];
    case "table":
      return Object.keys(space.rows[0] ?? {});
    default:
      return space.axes.map(({ name }) => name);
  }
}
