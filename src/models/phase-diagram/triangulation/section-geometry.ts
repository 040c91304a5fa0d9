import { coexistingPhases } from "../evidence/phase-names.ts";
import { geometryOf } from "../evidence/result-geometry.ts";
import type { MapGeometry, TieTriangle } from "../map-model.ts";
import type { Fractions } from "./barycentric.ts";
import type { KnownSection } from "./known-section.ts";

/** Tie-lines and proved triangles of the results, `from` their owners, and the triangles of three phases that the mesh only deduces. */
export function sectionGeometry(section: KnownSection): MapGeometry {
  const inEquilibrium = [...section.results].filter(([, result]) => !result.outOfEquilibrium);
  const { tieLines, triangles } = geometryOf(
    inEquilibrium.map(([from, { phases, ends }]) => ({ phases, ends, from })),
  );
  return { tieLines, triangles: [...triangles, ...deducedTriangles(section)] };
}

function deducedTriangles(section: KnownSection): TieTriangle[] {
  const { mesh, phase } = section.source;
  const known = new Set<number>();
  for (let i = 0; i < section.points.length; i++)
    if (section.insideOf[i]! >= 0) known.add(section.map.triangle[i]!);
  const out: TieTriangle[] = [];
  for (let t = 0; t < mesh.triangleCount; t++) {
    const corners = [0, 1, 2].map((k) => mesh.vertex[3 * t + k]!);
    const names = corners.flatMap((v) => phase[v] ?? []);
    const phases = coexistingPhases(names);
    if (known.has(t) || names.length < 3 || phases.length < 3) continue;
    const [a, b, c] = corners.map((v) => mesh.points[v]!) as [Fractions, Fractions, Fractions];
    out.push({ phases: [names[0]!, names[1]!, names[2]!], corners: [a, b, c], proved: false });
  }
  return out;
}
