import { coexistingPhases, labelOf } from "../../evidence/phase-names.ts";
import { distanceToSegment, type Fractions, planeX, planeY } from "../barycentric.ts";
import { CandidateColumns } from "../candidate-columns.ts";
import { next } from "../mesh.ts";
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

type Segment = readonly [Fractions, Fractions];

/** A distance in the equilateral plane is at least this share of the difference in one fraction. */
const FRACTION_SHARE = Math.sqrt(3) / 2;

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
  const reach = REACH_steps * step;
  return [...placesOf(mesh)].flatMap(([label, segments]) => {
    if (seen.has(label)) return [];
    const chance = new Map<number, number>();
    let tests = 0;
    for (const [i, near] of nearestTo(segments, points, FAR * reach)) {
      const d = near / reach;
      const share = Math.exp(-(d * d) / 2);
      if (!labelAt.has(i)) chance.set(i, CHANCE * share);
      else if (share >= TESTED) tests++;
    }
    for (const [i, c] of chance) chance.set(i, c * 0.5 ** tests);
    return [{ label, chance }];
  });
}

/** Candidates at most `far` from the nearest of some segments, with that distance (equilateral plane), in their order. */
function nearestTo(
  segments: readonly Segment[],
  points: readonly Fractions[],
  far: number,
): [number, number][] {
  const columns = CandidateColumns.of(points);
  const margin = far / FRACTION_SHARE;
  const near = new Map<number, number>();
  for (const [p, q] of segments) {
    const line = [planeX(p), planeY(p), planeX(q), planeY(q)] as const;
    const last = Math.max(p[1], q[1]) + margin;
    let column = columns.firstColumn(Math.min(p[1], q[1]) - margin);
    for (; columns.hasColumn(column, last); column++) {
      const range = columns.alongSegment(column, [p, q], margin);
      for (let k = range[0]!; k < range[1]!; k++) {
        const v = columns.v[k]!;
        const d = distanceToSegment(columns.u[k]! + v / 2, FRACTION_SHARE * v, line);
        const i = columns.order[k]!;
        if (d <= far && d < (near.get(i) ?? Number.POSITIVE_INFINITY)) near.set(i, d);
      }
    }
  }
  return [...near].sort((a, b) => a[0] - b[0]);
}

/** Sides, corners and joins of one phase, by the label that belongs there. */
function placesOf({ source, triangles }: NoisyMesh): Map<string, Segment[]> {
  const { phase, mesh } = source;
  const places = new Map<string, Segment[]>();
  const note = (u: number, v: number): void => {
    const label = labelOf(coexistingPhases([phase[u]!, phase[v]!]));
    const segment: Segment = [mesh.points[u]!, mesh.points[v]!];
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
