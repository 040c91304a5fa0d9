/** A composition at which a phase is stable, any number of components; fractions are exactly 0 where a component is absent. */
export interface HullNode {
  readonly x: Float64Array;
  /** Bit k: component k is absent. */
  readonly absent: number;
}

/** The simplex of least energy around a composition. */
export interface Located {
  readonly vertices: readonly number[];
  /** Share of each vertex; they sum to 1. */
  readonly weights: readonly number[];
}

/** Reduced costs above this are rounding. */
const COST_MIN = -1e-11;
const PIVOTS_MAX = 500;
/** A composition this little outside a known simplex lies in it. */
const INSIDE = -1e-10;

/** A simplex of the hull: B^-1 takes a composition to weights. */
interface Simplex {
  readonly vertices: readonly number[];
  readonly inverse: Float64Array;
}

/** The nodes of one face of the composition simplex: compositions that lack a component only mix from those that lack it too. */
interface Face {
  readonly present: readonly number[];
  readonly nodes: readonly number[];
  readonly simplices: Simplex[];
  /** Position of the simplex read last: neighbours in a list of candidates often share it. */
  last: number;
}

/**
 * The lower hull of energies over the composition simplex (a regular triangulation), read at single compositions by linear
 * programming: min sum w_j e_j with sum w_j x_j = x, w >= 0. Simplices once found are kept, so that most readings are a
 * look-up. The pure components must be among the nodes. Works for any number of components C <= 30.
 */
export class LowerHull {
  readonly #nodes: readonly HullNode[];
  readonly #energies: Float64Array;
  readonly #faces = new Map<number, Face>();

  constructor(nodes: readonly HullNode[], energies: Float64Array) {
    this.#nodes = nodes;
    this.#energies = energies;
  }

  /** Cost O(simplices found so far), else a few pivots of O(C nodes). */
  locate(x: ArrayLike<number>): Located {
    const face = this.#faceOf(x);
    const goal = Float64Array.from(face.present, (k) => x[k]!);
    const size = goal.length;
    const weights = new Float64Array(size);
    for (let s = face.simplices.length; s >= 0; s--) {
      const k = s === face.simplices.length ? face.last : s;
      const simplex = face.simplices[k];
      if (simplex === undefined || !isInside(simplex, goal, weights)) continue;
      face.last = k;
      return { vertices: simplex.vertices, weights: Array.from(weights) };
    }
    const simplex = this.#solve(face, goal);
    face.last = face.simplices.push(simplex) - 1;
    isInside(simplex, goal, weights);
    return { vertices: simplex.vertices, weights: Array.from(weights, (w) => Math.max(0, w)) };
  }

  #faceOf(x: ArrayLike<number>): Face {
    let absent = 0;
    const components = this.#nodes[0]!.x.length;
    for (let k = 0; k < components; k++) if (x[k]! === 0) absent |= 1 << k;
    const known = this.#faces.get(absent);
    if (known !== undefined) return known;
    const present = Array.from({ length: components }, (_, k) => k).filter(
      (k) => ((absent >> k) & 1) === 0,
    );
    const nodes = this.#nodes.flatMap((node, j) => ((node.absent & absent) === absent ? [j] : []));
    const face = { present, nodes, simplices: [], last: -1 };
    this.#faces.set(absent, face);
    return face;
  }

  /** Primal simplex from the pure components. A slight shift of the goal keeps it away from degenerate vertices. */
  #solve({ present, nodes }: Face, goal: Float64Array): Simplex {
    const size = present.length;
    const shifted = goal.map((v, k) => v * (1 + 3e-7 * (k - size / 2)));
    const basis = present.map((k) => nodes.find((j) => this.#nodes[j]!.x[k] === 1) ?? -1);
    const inverse = new Float64Array(size * size);
    for (let k = 0; k < size; k++) inverse[k * size + k] = 1;
    const potential = new Float64Array(size);
    const change = new Float64Array(size);
    for (let pivot = 0; pivot < PIVOTS_MAX; pivot++) {
      for (let k = 0; k < size; k++) {
        potential[k] = 0;
        for (let row = 0; row < size; row++)
          potential[k]! += this.#energies[basis[row]!]! * inverse[row * size + k]!;
      }
      const entering = this.#cheapest(nodes, present, potential);
      if (entering < 0) break;
      const { x } = this.#nodes[entering]!;
      multiply(inverse, (k) => x[present[k]!]!, change);
      const leaving = leavingRow(inverse, shifted, change);
      if (leaving < 0) break;
      exchange(inverse, change, leaving);
      basis[leaving] = entering;
    }
    return { vertices: basis, inverse };
  }

  #cheapest(nodes: readonly number[], present: readonly number[], potential: Float64Array): number {
    let best = -1;
    let least = COST_MIN;
    for (const j of nodes) {
      const { x } = this.#nodes[j]!;
      let cost = this.#energies[j]!;
      for (let k = 0; k < present.length; k++) cost -= potential[k]! * x[present[k]!]!;
      if (cost < least) {
        least = cost;
        best = j;
      }
    }
    return best;
  }
}

function isInside({ inverse }: Simplex, goal: Float64Array, weights: Float64Array): boolean {
  const size = goal.length;
  for (let row = 0; row < size; row++) {
    let w = 0;
    for (let k = 0; k < size; k++) w += inverse[row * size + k]! * goal[k]!;
    if (!(w >= INSIDE)) return false;
    weights[row] = w;
  }
  return true;
}

function multiply(inverse: Float64Array, x: (k: number) => number, out: Float64Array): void {
  const size = out.length;
  for (let row = 0; row < size; row++) {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += inverse[row * size + k]! * x(k);
    out[row] = sum;
  }
}

/** The row whose weight is the first to reach zero as the entering node grows. */
function leavingRow(inverse: Float64Array, goal: Float64Array, change: Float64Array): number {
  const size = goal.length;
  let leaving = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let row = 0; row < size; row++) {
    if (change[row]! <= 1e-12) continue;
    let weight = 0;
    for (let k = 0; k < size; k++) weight += inverse[row * size + k]! * goal[k]!;
    const ratio = weight / change[row]!;
    if (ratio < least) {
      least = ratio;
      leaving = row;
    }
  }
  return leaving;
}

/** Brings the entering column into the basis at row `leaving`. */
function exchange(inverse: Float64Array, change: Float64Array, leaving: number): void {
  const size = change.length;
  const pivot = change[leaving]!;
  for (let k = 0; k < size; k++) inverse[leaving * size + k]! /= pivot;
  for (let row = 0; row < size; row++) {
    const factor = change[row]!;
    if (row === leaving || factor === 0) continue;
    for (let k = 0; k < size; k++)
      inverse[row * size + k]! -= factor * inverse[leaving * size + k]!;
  }
}
