import { coexistingPhases } from "../evidence/phase-names.ts";
import type { Fractions } from "./barycentric.ts";
import { CandidateColumns } from "./candidate-columns.ts";
import type { PhaseMesh } from "./phase-mesh.ts";

/** Weights below this count as zero: the point lies on the edge or on the vertex. Data carry five digits. */
const ON_EDGE = 3e-5;

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
  readonly #columns: CandidateColumns;

  constructor(points: readonly Fractions[], source: PhaseMesh, onEdge = ON_EDGE) {
    this.#points = points;
    this.#source = source;
    this.#columns = CandidateColumns.of(points);
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
    const best = new Float64Array(this.#points.length).fill(Number.NEGATIVE_INFINITY);
    const before = this.triangle.slice();
    for (const t of changed) this.#claim(t, { best, before, isChanged });
  }

  /** Vertices of the simplex that candidate i lies in: one, two or three. */
  vertices(i: number): number[] {
    const e = 3 * this.triangle[i]!;
    const kept = this.kept[i]!;
    const { vertex } = this.#source.mesh;
    const out: number[] = [];
    for (let k = 0; k < 3; k++) if ((kept >> k) & 1) out.push(vertex[e + k]!);
    return out;
  }

  /** Number of the simplex that candidate i lies in; candidates in one face of one triangle share it. */
  face(i: number): number {
    return 8 * this.triangle[i]! + this.kept[i]!;
  }

  /** Phases on the vertices of the simplex that candidate i lies in, as they are named there. */
  names(i: number): string[] {
    const out: string[] = [];
    for (const v of this.vertices(i)) {
      const name = this.#source.phase[v];
      if (name !== undefined) out.push(name);
    }
    return out;
  }

  /** Phases that coexist at candidate i as the mesh has it; empty where no vertex is known. */
  phases(i: number): string[] {
    return coexistingPhases(this.names(i));
  }

  #corners(t: number): [Fractions, Fractions, Fractions] {
    const { vertex, points } = this.#source.mesh;
    return [points[vertex[3 * t]!]!, points[vertex[3 * t + 1]!]!, points[vertex[3 * t + 2]!]!];
  }

  /** Takes triangle t for the candidates that lie deeper in it than in those before. */
  #claim(
    t: number,
    parts: { best: Float64Array; before: Int32Array; isChanged: Uint8Array },
  ): void {
    const { best, before, isChanged } = parts;
    const { order, u, v } = this.#columns;
    const corners = this.#corners(t);
    const [a, b, c] = corners;
    const [bu, bv, cu, cv] = [b[1] - a[1], b[2] - a[2], c[1] - a[1], c[2] - a[2]];
    const area = bu * cv - cu * bv;
    const limit = this.#onEdge;
    const last = Math.max(a[1], b[1], c[1]);
    let column = this.#columns.firstColumn(Math.min(a[1], b[1], c[1]));
    for (; this.#columns.hasColumn(column, last); column++) {
      const range = this.#columns.inTriangle(column, corners);
      for (let k = range[0]!; k < range[1]!; k++) {
        const i = order[k]!;
        if (isChanged[before[i]!] === 0) continue;
        const [pu, pv] = [u[k]! - a[1], v[k]! - a[2]];
        const w1 = (pu * cv - cu * pv) / area;
        const w2 = (bu * pv - pu * bv) / area;
        const w0 = 1 - w1 - w2;
        const least = Math.min(w0, w1, w2);
        if (!(least > best[i]!)) continue;
        best[i] = least;
        this.triangle[i] = t;
        this.kept[i] = (w0 > limit ? 1 : 0) | (w1 > limit ? 2 : 0) | (w2 > limit ? 4 : 0);
      }
    }
  }
}
