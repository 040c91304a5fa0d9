import type { MapGeometry, TieSimplex } from "../map-model.ts";
import type { HullResult } from "./hull-evidence.ts";

/** Tie-lines, triangles and tetrahedra of the results that stand, as they were measured. */
export function geometryOf(results: ReadonlyMap<number, HullResult>): MapGeometry {
  const tieLines: MapGeometry["tieLines"][number][] = [];
  const triangles: MapGeometry["triangles"][number][] = [];
  const tetrahedra: TieSimplex[] = [];
  for (const [from, { phases, ends }] of results) {
    const [p, q, r] = phases;
    const corners = ends.map((end) => Array.from(end));
    const [a, b, c] = corners;
    if (ends.length > 3) tetrahedra.push({ phases, corners, from });
    if (ends.length === 2) tieLines.push({ phases: [p!, q!], ends: [a!, b!], from });
    if (ends.length === 3)
      triangles.push({ phases: [p!, q!, r!], corners: [a!, b!, c!], from, proved: true });
  }
  return { tieLines, triangles, tetrahedra };
}
