import { assert } from "../core/assert.ts";
import type { Candidate, Parameters } from "./candidate.ts";
import {
  CANDIDATES_MAX,
  type GridAxis,
  type SearchSpace,
  type SimplexGridSpace,
} from "./search-space.ts";

/**
 * Lists the candidates of a discrete search space. The identifier is `c` and the row, which never changes for a
 * campaign; proposals do not depend on it.
 */
export function listCandidates(space: SearchSpace): Candidate[] {
  return listParameters(space).map((parameters, row) => ({ candidateId: `c${row}`, parameters }));
}

function listParameters(space: SearchSpace): Parameters[] {
  switch (space.kind) {
    case "table":
      return [...space.rows];
    case "grid":
      return combine([{}], space.axes);
    case "simplex-grid":
      return combine(simplexPoints(space), space.further ?? []);
    case "box":
      return [];
  }
}

function combine(start: Parameters[], axes: readonly GridAxis[]): Parameters[] {
  let points = start;
  for (const axis of axes) {
    assert(
      points.length * axis.values.length <= CANDIDATES_MAX,
      "the grid was not bounded when it was configured",
    );
    points = axis.values.flatMap((value) =>
      points.map((point) => ({ ...point, [axis.name]: value })),
    );
  }
  return points;
}

function simplexPoints(space: SimplexGridSpace): Parameters[] {
  const divisions = Math.round(1 / space.step);
  const points: Parameters[] = [];
  const counts: number[] = [];
  const visit = (left: number): void => {
    if (counts.length === space.components.length - 1) {
      const all = [...counts, left];
      points.push(
        Object.fromEntries(space.components.map((name, k) => [name, (all[k] ?? 0) / divisions])),
      );
      return;
    }
    for (let count = left; count >= 0; count--) {
      counts.push(count);
      visit(left - count);
      counts.pop();
    }
  };
  visit(divisions);
  return points;
}
