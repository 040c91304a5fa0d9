import { createPrng } from "../../../src/core/prng.ts";
import type { PhaseDiagramTruth } from "../../../src/evaluation/phase-diagram-truth.ts";
import { triangleRows, truthOf } from "./power-map.ts";

/** How far apart, in grid steps, two sites may be equally near for both phases to coexist. */
const STRIP_steps = 1.2;

/**
 * A ternary section of a made-up kind: each phase is stable around its site, with a weight of its own; with `coexists` the strips
 * between two fields, and the places between three, are fields of two and three phases.
 */
export function voronoiMap(
  seed: number,
  options: { readonly divisions: number; readonly phases: number; readonly coexists: boolean },
): PhaseDiagramTruth {
  const { divisions, phases, coexists } = options;
  const prng = createPrng(`voronoi-map/${seed}`);
  const rows = triangleRows(divisions);
  const sites = Array.from({ length: phases }, () => {
    const row = rows[prng.integer(rows.length)]!;
    return { x: row.x, y: row.y, weight: 0.08 * prng.next() };
  });
  const labels = rows.map(({ x, y }) => {
    const distances = sites
      .map((site, k) => ({ k, d: Math.hypot(x - site.x, y - site.y) - site.weight }))
      .sort((a, b) => a.d - b.d || a.k - b.k);
    const nearest = distances[0]!;
    const stable = distances
      .slice(0, coexists ? 3 : 1)
      .filter(({ d }) => d - nearest.d < (coexists ? STRIP_steps / divisions : 1));
    return stable
      .map(({ k }) => `P${String(k).padStart(2, "0")}`)
      .sort()
      .join("+");
  });
  return truthOf(`voronoi-${seed}-${divisions}`, rows, labels);
}
