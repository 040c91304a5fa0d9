import { type Fractions, snapComposition } from "../barycentric.ts";
import { PhaseMesh } from "../phase-mesh.ts";
import { baseName } from "../phase-names.ts";
import type { NoisyEvidence, NoisyLine, NoisyTriangle } from "./noisy-evidence.ts";
import type { PhaseKind } from "./phase-kinds.ts";
import { add, distance, dot, fromPlane, subtract, toPlane, type Vec } from "./plane.ts";

/** A tie-line end this little outside a known triangle (barycentric weight) counts as inside. */
const INSIDE_SLACK = 0.003;
/** A node of a phase without a mark this near a miscibility gap (plane) is compared with the gap. */
const GAP_REACH = 0.1;

/** A mesh of denoised evidence: which results it holds as edges, and its known triangles. */
export interface NoisyMesh {
  readonly source: PhaseMesh;
  /** Tie-lines that stand as edges, by owner, with the ends at which they were placed. */
  readonly standing: ReadonlyMap<number, readonly Fractions[]>;
  /** Known triangles that stand: the owner of one result in it, its vertices. */
  readonly triangles: readonly { readonly owner: number; readonly vertices: readonly number[] }[];
}

export interface BuildOptions {
  readonly kinds: ReadonlyMap<string, PhaseKind>;
  /** Ends of one phase closer than this are one node. */
  readonly mergeRadius: number;
  /** Order in which triangles, then tie-lines are forced; crossing ones that come later are left out. */
  readonly order: <T>(items: readonly T[]) => readonly T[];
}

/** Builds the triangulation: exact samples, triangle corners, tie-line ends; then forces triangles, then tie-lines. */
export function buildMesh(evidence: NoisyEvidence, options: BuildOptions): NoisyMesh {
  const source = new PhaseMesh();
  const place = (key: string, at: Fractions, owner: number): number => {
    const isPoint = options.kinds.get(key)?.kind === "point";
    const mergeRadius = isPoint ? Math.max(options.mergeRadius, 1e-6) : options.mergeRadius;
    return source.place(snapComposition(at), key, { owner, mergeRadius }).vertex;
  };
  for (const sample of evidence.exact) place(sample.key, sample.fractions, sample.owner);
  const byWeight = [...evidence.triangles].sort((a, b) => b.weight - a.weight);
  const corners = new Map<NoisyTriangle, number[]>();
  for (const triangle of byWeight) {
    const vertices = triangle.keys.map((key, k) =>
      place(key, fromPlane(triangle.ends[k]!), triangle.owners[0]!),
    );
    corners.set(triangle, vertices);
  }
  const lines = evidence.lines.flatMap((line) => {
    const ends = line.edges === 0 ? endsOutsideTriangles(line, evidence.triangles) : line.ends;
    if (ends === undefined) return [];
    const placed = ends.map((end, k) =>
      onEdges(fromPlane(outsideGaps(end, line.keys[k]!, evidence)), line.edges),
    );
    const vertices = line.keys.map((key, k) => place(key, placed[k]!, line.owners[0]!));
    return [{ line, placed, vertices }];
  });
  const triangles = options.order(byWeight).flatMap((triangle) => {
    const vertices = corners.get(triangle)!;
    const owner = triangle.owners[0]!;
    const stands = [0, 1, 2].map((k) => source.join(vertices[k]!, vertices[(k + 1) % 3]!, owner));
    return stands.every((obstacle) => obstacle === undefined) ? [{ owner, vertices }] : [];
  });
  const standing = new Map<number, readonly Fractions[]>();
  for (const { line, placed, vertices } of options.order(lines)) {
    if (source.join(vertices[0]!, vertices[1]!, line.owners[0]!) === undefined)
      standing.set(line.owners[0]!, placed);
  }
  return { source, standing, triangles };
}

/** What is absent from the sample is exactly absent from its phases. */
function onEdges(x: Fractions, edges: number): Fractions {
  if (edges === 0) return x;
  const [a, b, c] = x.map((value, k) => ((edges >> k) & 1 ? 0 : value)) as [number, number, number];
  return [a / (a + b + c), b / (a + b + c), c / (a + b + c)];
}

/** Ends moved to the corner of their phase where they fall into a known triangle; `undefined` where it has no such corner. */
function endsOutsideTriangles(
  line: NoisyLine,
  triangles: readonly NoisyTriangle[],
): readonly Vec[] | undefined {
  const ends: Vec[] = [];
  for (let k = 0; k < 2; k++) {
    const end = line.ends[k]!;
    const key = line.keys[k]!;
    const around = triangles.find((triangle) => leastWeight(end, triangle.ends) > -INSIDE_SLACK);
    if (around === undefined) {
      ends.push(end);
      continue;
    }
    const base = baseName(key);
    const corners = around.ends.filter((_, c) => baseName(around.keys[c]!) === base);
    const nearest = corners.sort((a, b) => distance(a, end) - distance(b, end))[0];
    if (nearest === undefined) return undefined;
    ends.push(nearest);
  }
  return ends;
}

function leastWeight(p: Vec, [a, b, c]: readonly Vec[]): number {
  const [ab, ac, ap] = [subtract(b!, a!), subtract(c!, a!), subtract(p, a!)];
  const area = ab[0] * ac[1] - ab[1] * ac[0];
  if (Math.abs(area) < 1e-12) return -1;
  const w1 = (ap[0] * ac[1] - ap[1] * ac[0]) / area;
  const w2 = (ab[0] * ap[1] - ab[1] * ap[0]) / area;
  return Math.min(1 - w1 - w2, w1, w2);
}

/** The end of an unmarked phase that lies between the two sides of a miscibility gap is pushed just outside the gap. */
function outsideGaps(end: Vec, key: string, evidence: NoisyEvidence): Vec {
  if (key !== baseName(key)) return end;
  let moved = end;
  for (const line of evidence.lines) {
    const isGap = line.keys.every((other) => baseName(other) === key);
    if (!isGap) continue;
    const [a, b] = line.ends as [Vec, Vec];
    const length = distance(a, b);
    if (length < 1e-9) continue;
    const along: Vec = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
    const t = dot(subtract(moved, a), along);
    const across = subtract(subtract(moved, a), [t * along[0], t * along[1]]);
    if (t <= 0 || t >= length || Math.hypot(...across) > GAP_REACH) continue;
    moved = t < length / 2 ? add(moved, along, -t - 1e-4) : add(moved, along, length - t + 1e-4);
  }
  return toPlane(fromPlane(moved));
}
