import { LabError } from "../../core/errors.ts";
import type { Parameters } from "../../domain/candidate.ts";
import type { SearchSpace } from "../../domain/search-space.ts";
import { type OrderedGrid, orderRows } from "../../models/phase-diagram/order-grid.ts";

export type { OrderedGrid } from "../../models/phase-diagram/order-grid.ts";

/**
 * Puts candidates in canonical order (axes by name, rows by value) so that no proposal depends on the order of a
 * file's rows or columns, and gives them coordinates. Axes with text values are refused.
 *
 * @param components names of the axes that are mole fractions; found by their constant sum where not given
 */
export function orderGrid(
  rows: readonly Parameters[],
  components?: readonly string[] | undefined,
): OrderedGrid {
  const axes = Object.keys(rows[0] ?? {}).sort();
  if (axes.length === 0) throw new LabError("TL-5001", "there are no candidates to map");
  return orderRows(axes, readNumbers(rows, axes), components);
}

/** Names of the composition axes of a search space, where it says so. */
export function componentsOf(space: SearchSpace): readonly string[] | undefined {
  switch (space.kind) {
    case "simplex-grid":
      return space.components;
    case "table":
      return space.components;
    case "grid":
    case "box":
      return [];
  }
}

function readNumbers(rows: readonly Parameters[], axes: readonly string[]): Float64Array {
  const raw = new Float64Array(rows.length * axes.length);
  for (const [row, parameters] of rows.entries()) {
    for (const [k, axis] of axes.entries()) {
      const value = parameters[axis];
      if (typeof value !== "number" || !Number.isFinite(value)) {
        throw new LabError(
          "TL-5001",
          `candidate ${row + 1} has no number for the axis ${axis} (found ${JSON.stringify(value)})`,
        );
      }
      raw[row * axes.length + k] = value;
    }
  }
  return raw;
}
