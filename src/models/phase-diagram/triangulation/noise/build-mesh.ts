import { orient2d } from "robust-predicates";
import { baseName } from "../../evidence/phase-names.ts";
import { distanceBetween, type Fractions, snapComposition } from "../barycentric.ts";
import { PhaseMesh } from "../phase-mesh.ts";
import type { NoisyEvidence, NoisyLine, NoisyTriangle } from "./noisy-evidence.ts";
import type { PhaseKind } from "./phase-kinds.ts";
import { add, distance, dot, fromPlane, subtract, toPlane, type Vec } from "./plane.ts";
import { compositionOf, type Node, nodeAt, relax } from "./relax.ts";

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
  /** Where two edges would cross, ends of one phase closer than this are made one. */
  readonly meetRadius: number;
  /** Order in which triangles, then tie-lines are forced; crossing ones that come later are left out. */
  readonly order: <T>(items: readonly T[]) => readonly T[];
}

/** Vertices of one phase closer than this (plane) are the same after relaxing: they were one before. */
const SAME_NODE = 1e-7;
/** A node moves at most so many merge radii when it relaxes. */
const RELAX_MAX = 4;

/** A tie-line or triangle that stands: its vertices in the order of `keys`, and its samples. */
interface Standing {
  readonly owner: number;
  readonly keys: readonly string[];
  readonly vertices: readonly number[];
  readonly ats: readonly Vec[];
}

/**
 * Builds the triangulation: exact samples, then triangles, then tie-lines. What would cross meets, or is left out. Then the
 * vertices move until the tie-lines that stand pass through their samples again, and all is triangulated anew.
 *
 * @param lesser evidence that is only used where it does not stand against the other
 */
export function buildMesh(
  evidence: NoisyEvidence,
  options: BuildOptions,
  lesser?: NoisyEvidence,
): NoisyMesh {
  const { source, standing } = joinAll([evidence, ...(lesser ? [lesser] : [])], options);
  const nodes = nodesOf(source, standing, { evidence, options });
  const lines = standing
    .filter(({ keys }) => keys.length === 2)
    .map(({ vertices, ats }) => ({ nodes: [vertices[0]!, vertices[1]!] as const, ats }));
  relax(nodes, lines, RELAX_MAX * options.mergeRadius);
  const builder = new MeshBuilder({ ...options, mergeRadius: SAME_NODE });
  for (const sample of evidence.exact) builder.place(sample.key, sample.fractions, sample.owner);
  const ends = new Map<number, readonly Fractions[]>();
  const triangles: { owner: number; vertices: readonly number[] }[] = [];
  for (const { owner, keys, vertices } of standing) {
    const at = vertices.map((v) => compositionOf(nodes[v]!));
    const placed = builder.join(keys, at, owner);
    if (placed === undefined) continue;
    if (keys.length === 3) triangles.push({ owner, vertices: placed.vertices });
    else ends.set(owner, placed.ends);
  }
  return { source: builder.source, standing: ends, triangles };
}

/** The vertices as nodes: exact samples and unmeasured corners stay, the others are the heavier the more ends they pool. */
function nodesOf(
  source: PhaseMesh,
  standing: readonly Standing[],
  { evidence, options }: { evidence: NoisyEvidence; options: BuildOptions },
): Node[] {
  const ends = source.mesh.points.map(() => 0);
  for (const { keys, vertices } of standing) {
    vertices.forEach((v, k) => {
      const kind = options.kinds.get(keys[k]!);
      ends[v]! += kind?.kind === "point" ? kind.count : 1;
    });
  }
  const exact = new Set(evidence.exact.map(({ fractions }) => source.mesh.insert(fractions)));
  return source.mesh.points.map((p, v) => {
    const isFixed = exact.has(v) || ends[v] === 0;
    return nodeAt(p, isFixed ? 0 : 1 / ends[v]!);
  });
}

function joinAll(
  parts: readonly NoisyEvidence[],
  options: BuildOptions,
): { source: PhaseMesh; standing: Standing[] } {
  const builder = new MeshBuilder(options);
  const standing: Standing[] = [];
  const force = (
    { owners, keys, ats }: NoisyLine | NoisyTriangle,
    ends: readonly Fractions[],
  ): void => {
    const placed = builder.add(keys, ends, owners[0]!);
    if (placed !== undefined) {
      standing.push({ owner: owners[0]!, keys, vertices: placed.vertices, ats });
    }
  };
  for (const [k, evidence] of parts.entries()) {
    const known = parts.slice(0, k + 1).flatMap(({ triangles }) => triangles);
    for (const sample of evidence.exact) builder.place(sample.key, sample.fractions, sample.owner);
    for (const line of evidence.lines) {
      if (line.edges === 0) continue;
      force(
        line,
        line.ends.map((end) => onEdges(fromPlane(end), line.edges)),
      );
    }
    const byWeight = [...evidence.triangles].sort((a, b) => b.weight - a.weight);
    const proved = parts.slice(0, k).flatMap(({ triangles }) => triangles);
    for (const triangle of options.order(byWeight)) {
      const ends = endsOutsideTriangles(triangle, proved);
      if (ends === undefined || (k > 0 && !builder.isEmpty(ends))) continue;
      force(triangle, ends.map(fromPlane));
    }
    for (const line of options.order(evidence.lines.filter(({ edges }) => edges === 0))) {
      const ends = endsOutsideTriangles(line, known);
      if (ends === undefined) continue;
      force(
        line,
        ends.map((end, k) => fromPlane(outsideGaps(end, line.keys[k]!, evidence))),
      );
    }
  }
  return { source: builder.source, standing };
}

/** Times that the ends of one tie-line or triangle are moved to where they meet those in their way. */
const MEETINGS_MAX = 6;

/** A forced edge: its vertices. */
type Forced = readonly [number, number];

class MeshBuilder {
  readonly source = new PhaseMesh();
  readonly #options: BuildOptions;
  readonly #forced: Forced[] = [];

  constructor(options: BuildOptions) {
    this.#options = options;
  }

  place(key: string, at: Fractions, owner: number): number {
    const isPoint = this.#options.kinds.get(key)?.kind === "point";
    const mergeRadius = isPoint
      ? Math.max(this.#options.mergeRadius, 1e-6)
      : this.#options.mergeRadius;
    return this.source.place(snapComposition(at), key, { owner, mergeRadius }).vertex;
  }

  /** Forces the edges between all ends. Nothing is placed where they would cross what stands; `undefined` then. */
  add(
    keys: readonly string[],
    ends: readonly Fractions[],
    owner: number,
  ): { readonly vertices: readonly number[]; readonly ends: readonly Fractions[] } | undefined {
    const met = this.#meet(
      keys,
      ends.map((end) => snapComposition(end)),
    );
    return met === undefined ? undefined : this.join(keys, met, owner);
  }

  /** Forces the edges between all ends as they are; `undefined` where one of them cannot stand. */
  join(
    keys: readonly string[],
    at: readonly Fractions[],
    owner: number,
  ): { readonly vertices: readonly number[]; readonly ends: readonly Fractions[] } | undefined {
    const vertices = keys.map((key, k) => this.place(key, at[k]!, owner));
    let stands = true;
    for (let a = 0; a < vertices.length; a++) {
      for (let b = a + 1; b < vertices.length; b++) {
        const pair: Forced = [vertices[a]!, vertices[b]!];
        if (this.source.join(pair[0], pair[1], owner) === undefined) this.#forced.push(pair);
        else stands = false;
      }
    }
    return stands
      ? { vertices, ends: vertices.map((v) => this.source.mesh.points[v]!) }
      : undefined;
  }

  /** True where no vertex lies inside the triangle of these ends: inside a tie-triangle no phase is stable by itself. */
  isEmpty(ends: readonly Vec[]): boolean {
    return this.source.mesh.points.every((p) => leastWeight(toPlane(p), ends) < INSIDE_SLACK);
  }

  /** Moves ends to nodes of their phase until no edge between them crosses a forced one. */
  #meet(keys: readonly string[], start: readonly Fractions[]): Fractions[] | undefined {
    const ends = [...start];
    for (let k = 0; k <= MEETINGS_MAX; k++) {
      const crossed = this.#firstCrossed(ends);
      if (crossed === undefined) return ends;
      const move = this.#nearestMeeting(keys, ends, crossed);
      if (move === undefined) return undefined;
      ends[move.end] = this.source.mesh.points[move.vertex]!;
    }
    return undefined;
  }

  #firstCrossed(ends: readonly Fractions[]): { pair: [number, number]; edge: Forced } | undefined {
    const { points } = this.source.mesh;
    for (let a = 0; a < ends.length; a++) {
      for (let b = a + 1; b < ends.length; b++) {
        for (const edge of this.#forced) {
          if (crosses(ends[a]!, ends[b]!, points[edge[0]]!, points[edge[1]]!))
            return { pair: [a, b], edge };
        }
      }
    }
    return undefined;
  }

  #nearestMeeting(
    keys: readonly string[],
    ends: readonly Fractions[],
    { pair, edge }: { pair: [number, number]; edge: Forced },
  ): { end: number; vertex: number } | undefined {
    let best: { end: number; vertex: number } | undefined;
    let least = this.#options.meetRadius;
    for (const end of pair) {
      for (const vertex of edge) {
        if (baseName(this.source.phase[vertex] ?? "") !== baseName(keys[end]!)) continue;
        const apart = distanceBetween(ends[end]!, this.source.mesh.points[vertex]!);
        if (apart === 0 || apart >= least) continue;
        least = apart;
        best = { end, vertex };
      }
    }
    return best;
  }
}

/** True where the open segments p-q and r-s cross in one point. */
function crosses(p: Fractions, q: Fractions, r: Fractions, s: Fractions): boolean {
  // Most pairs are far apart: their boxes tell.
  if (Math.max(p[1], q[1]) < Math.min(r[1], s[1])) return false;
  if (Math.max(r[1], s[1]) < Math.min(p[1], q[1])) return false;
  if (Math.max(p[2], q[2]) < Math.min(r[2], s[2])) return false;
  if (Math.max(r[2], s[2]) < Math.min(p[2], q[2])) return false;
  if (side(p, q, r) * side(p, q, s) >= 0) return false;
  return side(r, s, p) * side(r, s, q) < 0;
}

function side(a: Fractions, b: Fractions, c: Fractions): number {
  return orient2d(a[1], a[2], b[1], b[2], c[1], c[2]);
}

/** What is absent from the sample is exactly absent from its phases. */
function onEdges(x: Fractions, edges: number): Fractions {
  if (edges === 0) return x;
  const [a, b, c] = x.map((value, k) => ((edges >> k) & 1 ? 0 : value)) as [number, number, number];
  return [a / (a + b + c), b / (a + b + c), c / (a + b + c)];
}

/** Ends moved to the corner of their phase where they fall into a known triangle; `undefined` where it has no such corner. */
function endsOutsideTriangles(
  line: NoisyLine | NoisyTriangle,
  triangles: readonly NoisyTriangle[],
): readonly Vec[] | undefined {
  const ends: Vec[] = [];
  for (let k = 0; k < line.ends.length; k++) {
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
