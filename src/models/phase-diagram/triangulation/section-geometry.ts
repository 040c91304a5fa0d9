import { coexistingPhases } from "../evidence/phase-names.ts";
import type { MapGeometry, TieLine, TieTriangle } from "../map-model.ts";
import type { Fractions } from "./barycentric.ts";
import type { KnownSection } from "./known-section.ts";
import type { ReadyResult } from "./result.ts";

/** `from` is the owner of the result. Tie-lines and proved triangles of the results, and the triangles of three phases that the mesh only deduces. */
export function geometryOf(section: KnownSection): MapGeometry {
  const tieLines: TieLine[] = [];
  const triangles: TieTriangle[] = [];
  for (const [owner, result] of section.results) {
    const ends = result.ends.filter((end): end is Fractions => end !== undefined);
    if (ends.length !== result.phases.length || result.outOfEquilibrium) continue;
    if (ends.length === 2) tieLines.push(tieLineOf(result, ends, owner));
    if (ends.length === 3) triangles.push(triangleOf(result, ends, owner));
  }
  return { tieLines, triangles: [...triangles, ...deducedTriangles(section)] };
}

function tieLineOf(result: ReadyResult, ends: readonly Fractions[], owner: number): TieLine {
  return {
    phases: [result.phases[0]!, result.phases[1]!],
    ends: [ends[0]!, ends[1]!],
    from: owner,
  };
}

function triangleOf(result: ReadyResult, ends: readonly Fractions[], owner: number): TieTriangle {
  const [a, b, c] = result.phases as [string, string, string];
  return {
    phases: [a, b, c],
    corners: [ends[0]!, ends[1]!, ends[2]!],
    from: owner,
    proved: true,
  };
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
