import { barycentricIn, type Fractions } from "./barycentric.ts";
import type { PhaseMesh } from "./phase-mesh.ts";
import { coexistingPhases } from "./phase-names.ts";

/** Weights below this count as zero: the point lies on the edge or on the vertex. Data carry five digits. */
export const ON_EDGE = 3e-5;

/**
 * Which simplex of a phase mesh each candidate lies in, kept up to date as the mesh grows: only candidates of rewritten
 * triangles are located again. A candidate on an edge belongs to the two phases of that edge, on a vertex to its one.
 */
export class SimplexMap {
  readonly #points: readonly Fractions[];
  readonly #source: PhaseMesh;
  readonly #onEdge: number;
  /** Triangle of each candidate. */
  readonly triangle: Int32Array;
  /** Bit k: vertex k of that triangle has a weight above the tolerance. */
  readonly kept: Uint8Array;
  readonly #weights = new Float64Array(3);
  readonly #lookUp: LookUp;

  constructor(points: readonly Fractions[], source: PhaseMesh, onEdge = ON_EDGE) {
    this.#points = points;
    this.#source = source;
    this.#lookUp = lookUpOf(points);
    this.#onEdge = onEdge;
    this.triangle = new Int32Array(points.length);
    this.kept = new Uint8Array(points.length);
    source.mesh.changed.add(0);
    this.update();
  }

  /** Locates the candidates of triangles that have changed. Cost O(those candidates x changed triangles). */
  update(): void {
    const { mesh } = this.#source;
    if (mesh.changed.size === 0) return;
    const changed = [...mesh.changed];
    const isChanged = new Uint8Array(mesh.triangleCount);
    for (const t of changed) isChanged[t] = 1;
    mesh.changed.clear();
    const { order, low } = this.#lookUp;
    const best = new Float64Array(this.#points.length).fill(Number.NEGATIVE_INFINITY);
    const before = this.triangle.slice();
    for (const t of changed) {
      const corners = this.#corners(t);
      const box = boundsOf(corners);
      for (let k = firstAtLeast(low, box[0]); k < order.length && low[k]! <= box[1]; k++) {
        const i = order[k]!;
        if (isChanged[before[i]!] === 1) this.#compare(i, t, { corners, box, best });
      }
    }
  }

  /** Vertices of the simplex that candidate i lies in: one, two or three. */
  vertices(i: number): number[] {
    const t = this.triangle[i]!;
    const kept = this.kept[i]!;
    const { vertex } = this.#source.mesh;
    return [0, 1, 2].flatMap((k) => ((kept >> k) & 1 ? [vertex[3 * t + k]!] : []));
  }

  /** Number of the simplex that candidate i lies in; candidates in one face of one triangle share it. */
  face(i: number): number {
    return 8 * this.triangle[i]! + this.kept[i]!;
  }

  /** Phases that coexist at candidate i as the mesh has it; empty where no vertex is known. */
  phases(i: number): string[] {
    const names = this.vertices(i).flatMap((v) => this.#source.phase[v] ?? []);
    return coexistingPhases(names);
  }

  #corners(t: number): [Fractions, Fractions, Fractions] {
    const { vertex, points } = this.#source.mesh;
    return [points[vertex[3 * t]!]!, points[vertex[3 * t + 1]!]!, points[vertex[3 * t + 2]!]!];
  }

  /** Takes triangle t for candidate i where the candidate lies deeper in it than in those before. */
  #compare(
    i: number,
    t: number,
    { corners, box, best }: { corners: Corners; box: Bounds; best: Float64Array },
  ): void {
    const p = this.#points[i]!;
    if (p[2] < box[2] || p[2] > box[3]) return;
    barycentricIn(p, corners, this.#weights);
    const w0 = this.#weights[0]!;
    const w1 = this.#weights[1]!;
    const w2 = this.#weights[2]!;
    const least = Math.min(w0, w1, w2);
    if (!(least > best[i]!)) return;
    best[i] = least;
    this.triangle[i] = t;
    const limit = this.#onEdge;
    this.kept[i] = (w0 > limit ? 1 : 0) | (w1 > limit ? 2 : 0) | (w2 > limit ? 4 : 0);
  }
}

type Corners = readonly [Fractions, Fractions, Fractions];
type Bounds = readonly [number, number, number, number];

function boundsOf(corners: Corners): Bounds {
  const u = corners.map((c) => c[1]);
  const v = corners.map((c) => c[2]);
  const slack = 1e-9;
  return [
    Math.min(...u) - slack,
    Math.max(...u) + slack,
    Math.min(...v) - slack,
    Math.max(...v) + slack,
  ];
}

/** Candidates in ascending order of their second fraction, and those fractions. */
interface LookUp {
  readonly order: Int32Array;
  readonly low: Float64Array;
}

const lookUps = new WeakMap<readonly Fractions[], LookUp>();

/** Sorted once for each list of candidates: many triangulations are laid over the same ones. */
function lookUpOf(points: readonly Fractions[]): LookUp {
  const known = lookUps.get(points);
  if (known !== undefined) return known;
  const order = Int32Array.from(points, (_, i) => i).sort(
    (i, j) => points[i]![1] - points[j]![1] || i - j,
  );
  const found = { order, low: Float64Array.from(order, (i) => points[i]![1]) };
  lookUps.set(points, found);
  return found;
}

/** First position at which a sorted list is not below a value. */
function firstAtLeast(sorted: Float64Array, value: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
