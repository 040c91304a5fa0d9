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

  constructor(points: readonly Fractions[], source: PhaseMesh, onEdge = ON_EDGE) {
    this.#points = points;
    this.#source = source;
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
    const boxes = changed.map((t) => this.#corners(t));
    const bounds = boxes.map((corners) => boundsOf(corners));
    for (let i = 0; i < this.#points.length; i++) {
      if (isChanged[this.triangle[i]!] === 1) this.#locate(i, changed, { boxes, bounds });
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

  #locate(
    i: number,
    changed: readonly number[],
    { boxes, bounds }: { boxes: [Fractions, Fractions, Fractions][]; bounds: Bounds[] },
  ): void {
    const p = this.#points[i]!;
    let best = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < changed.length; k++) {
      const box = bounds[k]!;
      if (p[1] < box[0] || p[1] > box[1] || p[2] < box[2] || p[2] > box[3]) continue;
      barycentricIn(p, boxes[k]!, this.#weights);
      const w0 = this.#weights[0]!;
      const w1 = this.#weights[1]!;
      const w2 = this.#weights[2]!;
      const least = Math.min(w0, w1, w2);
      if (!(least > best)) continue;
      best = least;
      this.triangle[i] = changed[k]!;
      const limit = this.#onEdge;
      this.kept[i] = (w0 > limit ? 1 : 0) | (w1 > limit ? 2 : 0) | (w2 > limit ? 4 : 0);
    }
  }
}

type Bounds = readonly [number, number, number, number];

function boundsOf(corners: readonly [Fractions, Fractions, Fractions]): Bounds {
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
