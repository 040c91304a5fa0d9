import { distanceToSegment, type Fractions, planeX, planeY } from "../barycentric.ts";
import { next } from "../mesh.ts";
import { coexistingPhases, labelOf } from "../phase-names.ts";
import type { NoisyMesh } from "./build-mesh.ts";
import type { MeasuredLabel } from "./vote-map.ts";

/** How near (grid steps) a candidate has to be to a side or a vertex to belong to the field that the noise has hidden there. */
const REACH_steps = 0.5;
/** Chance of the hidden label right on its side; each test near it that found something else halves it. */
const CHANCE = 0.5;
/** A measured candidate counts as a test from this share of the chance on. */
const TESTED = 0.5;
/** Shares beyond so many reaches are not worth keeping. */
const FAR = 2.5;

/** A label that the topology asks for and nobody has measured: chance of it at the candidates nearby. */
export interface HiddenLabel {
  readonly label: string;
  readonly chance: ReadonlyMap<number, number>;
}

type Segment = readonly [number, number, number, number];

/**
 * Labels that must exist though no sample shows them: beside each side of a known tie-triangle lies the field of its two phases,
 * at each corner and between two compositions of one phase that phase alone. Under noise such fields are often narrower
 * than the uncertainty of their sides: they vote for nothing, and a macro average would miss them for ever.
 */
export function hiddenLabels(
  mesh: NoisyMesh,
  { points, step }: { readonly points: readonly Fractions[]; readonly step: number },
  measured: readonly MeasuredLabel[],
): HiddenLabel[] {
  const seen = new Set(measured.map(({ label }) => label));
  const labelAt = new Map(measured.map(({ candidate, label }) => [candidate, label]));
  const x = Float64Array.from(points, planeX);
  const y = Float64Array.from(points, planeY);
  return [...placesOf(mesh)].flatMap(([label, segments]) => {
    if (seen.has(label)) return [];
    const chance = new Map<number, number>();
    let tests = 0;
    const far = FAR * REACH_steps * step;
    for (let i = 0; i < points.length; i++) {
      let near = Number.POSITIVE_INFINITY;
      for (const segment of segments) {
        const [ax, ay, bx, by] = segment;
        if (x[i]! < Math.min(ax, bx) - far || x[i]! > Math.max(ax, bx) + far) continue;
        if (y[i]! < Math.min(ay, by) - far || y[i]! > Math.max(ay, by) + far) continue;
        near = Math.min(near, distanceToSegment(x[i]!, y[i]!, segment));
      }
      const d = near / (REACH_steps * step);
      if (d > FAR) continue;
      const share = Math.exp(-(d * d) / 2);
      if (!labelAt.has(i)) chance.set(i, CHANCE * share);
      else if (share >= TESTED) tests++;
    }
    for (const [i, c] of chance) chance.set(i, c * 0.5 ** tests);
    return [{ label, chance }];
  });
}

/** Sides, corners and joins of one phase, by the label that belongs there. */
function placesOf({ source, triangles }: NoisyMesh): Map<string, Segment[]> {
  const { phase, mesh } = source;
  const places = new Map<string, Segment[]>();
  const note = (u: number, v: number): void => {
    const label = labelOf(coexistingPhases([phase[u]!, phase[v]!]));
    const [a, b] = [mesh.points[u]!, mesh.points[v]!];
    const segment: Segment = [planeX(a), planeY(a), planeX(b), planeY(b)];
    places.set(label, [...(places.get(label) ?? []), segment]);
  };
  for (const { vertices } of triangles) {
    vertices.forEach((v, k) => {
      note(v, v);
      note(v, vertices[(k + 1) % 3]!);
    });
  }
  for (let e = 0; e < mesh.vertex.length; e++) {
    const [u, v] = [mesh.vertex[e]!, mesh.vertex[next(e)]!];
    if (u < v && phase[u] !== undefined && phase[u] === phase[v]) note(u, v);
  }
  return places;
}
