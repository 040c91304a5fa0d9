import { baseName } from "../evidence/phase-names.ts";
import { distanceBetween, type Fractions } from "./barycentric.ts";
import { Mesh, type Obstacle } from "./mesh.ts";

/** Where a vertex was placed, and the owner of another phase that sits on the same spot already. */
export interface Placed {
  readonly vertex: number;
  readonly clash: number | undefined;
}

/**
 * The triangulation with a phase on each vertex: every vertex is a composition at which one phase is stable, and every
 * simplex reads off what coexists in it (the projected lower hull of the Gibbs energies has this form).
 */
export class PhaseMesh {
  readonly mesh = new Mesh();
  /** Phase of each vertex; `undefined` at a corner that nobody has measured. */
  readonly phase: (string | undefined)[] = [undefined, undefined, undefined];
  /** Owner (observation) that placed each vertex; -1 at an unmeasured corner. */
  readonly origin: number[] = [-1, -1, -1];
  /** Vertices whose phase was named or renamed since the reader last cleared the set. */
  readonly renamed = new Set<number>();
  /** Name of each vertex without its composition set. */
  readonly #base: (string | undefined)[] = [];

  /**
   * Places a phase at a snapped composition; a vertex of the same phase within `mergeRadius` (equilateral plane) is
   * taken instead, and learns the number of the composition set if it had none.
   */
  place(
    at: Fractions,
    phase: string,
    { owner, mergeRadius }: { owner: number; mergeRadius: number },
  ): Placed {
    const near = this.#nearest(at, phase, mergeRadius);
    if (near >= 0) {
      if (phase !== baseName(phase) && this.phase[near] === baseName(phase)) {
        this.phase[near] = phase;
        this.renamed.add(near);
      }
      return { vertex: near, clash: undefined };
    }
    const vertex = this.mesh.insert(at);
    if (this.phase[vertex] !== undefined) return { vertex, clash: this.origin[vertex]! };
    this.phase[vertex] = phase;
    this.#base[vertex] = baseName(phase);
    this.origin[vertex] = owner;
    this.renamed.add(vertex);
    return { vertex, clash: undefined };
  }

  /** Forces the edge between two vertices; the obstacle where it cannot be. */
  join(a: number, b: number, owner: number): Obstacle | undefined {
    return a === b ? undefined : this.mesh.force(a, b, owner);
  }

  #nearest(at: Fractions, phase: string, radius: number): number {
    const base = baseName(phase);
    let best = -1;
    let least = radius;
    for (let k = 0; k < this.phase.length; k++) {
      if (this.#base[k] !== base) continue;
      const name = this.phase[k];
      const bothMarked = name !== base && phase !== base;
      if (bothMarked && name !== phase) continue;
      const distance = distanceBetween(at, this.mesh.points[k]!);
      if (distance < least) {
        least = distance;
        best = k;
      }
    }
    return best;
  }
}
