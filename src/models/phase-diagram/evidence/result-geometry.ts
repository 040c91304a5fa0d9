import type { MapGeometry, TieLine, TieSimplex, TieTriangle } from "../map-model.ts";

/** The phases that one result found together, with the composition of each as it counts. */
export interface Equilibrium {
  readonly phases: readonly string[];
  /** In the order of the phases; where one is missing the result teaches no geometry. */
  readonly ends: readonly (ArrayLike<number> | undefined)[];
  /** Its owner or id. */
  readonly from: number;
  /** Raw value of the further axis, where the map has one. */
  readonly level?: number | undefined;
}

/** Tie-lines, tie-triangles and what has more corners, as results have shown them. */
export function geometryOf(equilibria: Iterable<Equilibrium>): MapGeometry {
  const tieLines: TieLine[] = [];
  const triangles: TieTriangle[] = [];
  const tetrahedra: TieSimplex[] = [];
  for (const { phases, ends, from, level } of equilibria) {
    const corners = ends.flatMap((end) => (end === undefined ? [] : [Array.from(end)]));
    if (corners.length < phases.length) continue;
    const [p, q, r] = phases;
    const [a, b, c] = corners;
    if (phases.length === 2) tieLines.push({ phases: [p!, q!], ends: [a!, b!], from, level });
    if (phases.length === 3)
      triangles.push({ phases: [p!, q!, r!], corners: [a!, b!, c!], from, level, proved: true });
    if (phases.length > 3) tetrahedra.push({ phases, corners, from });
  }
  return { tieLines, triangles, ...(tetrahedra.length > 0 && { tetrahedra }) };
}
