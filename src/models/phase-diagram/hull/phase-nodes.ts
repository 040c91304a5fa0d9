import { baseName } from "../evidence/phase-names.ts";
import type { HullNode } from "./lower-hull.ts";
import { absentIn, distanceBetween, type Mix } from "./simplex-geometry.ts";

/** Ends of one phase closer than this are one node, regular simplex of side 1; with noise so many standard deviations. */
const MERGE = 5e-4;
const MERGE_sigmas = 1.5;

/** The compositions at which phases were seen, the pure components first. */
export class PhaseNodes {
  readonly list: HullNode[] = [];
  /** Phase of each node; `undefined` at a pure component that nobody has measured. */
  readonly phase: (string | undefined)[] = [];
  /** Owner of the result that placed each node; -1 at an unmeasured corner. */
  readonly origin: number[] = [];
  readonly #mergeRadius: number;
  readonly #averages: boolean;
  /** Ends pooled in each node. */
  readonly #count: number[] = [];

  /** @param noise standard deviation per component of the ends, mole fraction; 0: exact */
  constructor(components: number, noise: number) {
    this.#mergeRadius = Math.max(MERGE, MERGE_sigmas * noise);
    this.#averages = noise > 0;
    for (let k = 0; k < components; k++) {
      const x = new Float64Array(components);
      x[k] = 1;
      this.#add(x, undefined, -1);
    }
  }

  /** The node of a phase at a composition: one of the same phase nearby, or a new one. */
  place(x: Mix, phase: string, owner: number): number {
    const near = this.#nearest(x, phase);
    if (near >= 0) {
      if (phase !== baseName(phase)) this.phase[near] = phase;
      if (this.#averages) this.#pool(near, x);
      return near;
    }
    const corner = x.indexOf(1);
    if (corner >= 0 && this.phase[corner] === undefined) {
      this.phase[corner] = phase;
      this.origin[corner] = owner;
      return corner;
    }
    return this.#add(x, phase, owner);
  }

  /** Moves a node to the mean of its ends; what lacks a component stays where that is absent, pure components stay. */
  #pool(node: number, x: Mix): void {
    if (this.list[node]!.absent !== absentIn(x)) return;
    const n = this.#count[node]!;
    const { x: mean } = this.list[node]!;
    this.#count[node] = n + 1;
    for (let k = 0; k < mean.length; k++) mean[k] = (n * mean[k]! + x[k]!) / (n + 1);
  }

  #add(x: Mix, phase: string | undefined, owner: number): number {
    this.list.push({ x: x.slice(), absent: absentIn(x) });
    this.#count.push(1);
    this.phase.push(phase);
    this.origin.push(owner);
    return this.list.length - 1;
  }

  #nearest(x: Mix, phase: string): number {
    const base = baseName(phase);
    const absent = absentIn(x);
    let best = -1;
    let least = this.#mergeRadius;
    this.list.forEach((node, k) => {
      const name = this.phase[k];
      if (name === undefined || baseName(name) !== base) return;
      // What lacks a component may only mix from nodes that lack it too.
      if ((node.absent & absent) !== absent) return;
      if (name !== base && phase !== base && name !== phase) return;
      const distance = distanceBetween(x, node.x);
      if (distance >= least) return;
      least = distance;
      best = k;
    });
    return best;
  }
}
