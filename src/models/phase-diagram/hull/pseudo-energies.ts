import { type HullNode, LowerHull } from "./lower-hull.ts";
import { distanceBetween } from "./simplex-geometry.ts";

/** A measured equilibrium that the hull has to show: the sample is the mixture of its nodes. */
export interface Stand {
  readonly owner: number;
  readonly vertices: readonly number[];
  /** Share of each vertex in the sample. */
  readonly weights: readonly number[];
  readonly at: Float64Array;
}

/**
 * An equilibrium should undercut every other mixture by MARGIN d^2 for each mole of a node at the distance d from its own, at most
 * REACH: a convex energy leaves 1/2 d^2.
 */
const MARGIN = 0.05;
const REACH = 0.15;
/** It is content with this share of it, so that the sweeps end. */
const CONTENT = 0.1;
/** Undercut by more than this, an equilibrium does not stand. */
const REFUSED = 5e-5;
/** A multiplier that grows beyond this belongs to results that contradict each other. */
const PULL_MAX = 1e3;
const PULL_noisy = 3;
const ROUNDS_MAX = 40;
const ROUNDS_noisy = 12;
const SWEEPS_MAX = 60;

/** sum coefficient_j energy_j >= bound. */
interface Cut {
  readonly index: readonly number[];
  readonly coefficient: readonly number[];
  readonly bound: number;
  readonly squared: number;
  multiplier: number;
}

/**
 * Energies of the nodes such that every measured equilibrium lies on their lower hull, as near as can be to 1/2 |x|^2, whose hull
 * is the Delaunay triangulation. Cutting planes: the mixture that undercuts an equilibrium at its sample becomes a linear
 * inequality; the least-squares solution of all inequalities so far by C. Hildreth's sweeps (Nav. Res. Logist. Q. 4, 79 (1957)).
 * Multipliers are bounded, so that contradicting results yield instead of preventing a solution.
 */
export class PseudoEnergies {
  readonly energies: Float64Array;
  /** Owners of equilibria that the hull does not show. */
  readonly refused: readonly number[];
  readonly #pullMax: number;
  readonly #cuts: Map<string, Cut>;
  /** For each equilibrium what each node may not undercut it by. */
  readonly #margins: Map<number, Float64Array>;

  /**
   * @param noise of the compositions: equilibria that contradict each other yield, none is refused for it
   * @param before the fit of the first of these nodes and equilibria: what it found still holds
   */
  constructor(
    nodes: readonly HullNode[],
    stands: readonly Stand[],
    { noise, before }: { noise: number; before?: PseudoEnergies | undefined },
  ) {
    this.#pullMax = noise > 0 ? PULL_noisy : PULL_MAX;
    this.energies = Float64Array.from(nodes, ({ x }) => x.reduce((sum, v) => sum + v * v, 0) / 2);
    if (before !== undefined) this.energies.set(before.energies);
    this.#cuts = new Map(
      [...(before === undefined ? [] : before.#cuts)].map(([key, cut]) => [key, { ...cut }]),
    );
    this.#margins = new Map(before === undefined ? [] : before.#margins);
    const rounds = noise > 0 ? ROUNDS_noisy : ROUNDS_MAX;
    for (let round = 0; round < rounds; round++) {
      let isOpen = false;
      for (const stand of stands) isOpen = this.#cutOff(nodes, stand) || isOpen;
      if (!isOpen) break;
      this.#project([...this.#cuts.values()]);
    }
    const hull = new LowerHull(nodes, this.energies);
    const mixed = (vertices: readonly number[], weights: readonly number[]): number =>
      vertices.reduce((sum, v, k) => sum + weights[k]! * this.energies[v]!, 0);
    this.refused = (noise > 0 ? [] : stands).flatMap((stand) => {
      const least = hull.locate(stand.at);
      const undercut = mixed(stand.vertices, stand.weights) - mixed(least.vertices, least.weights);
      return undercut > REFUSED ? [stand.owner] : [];
    });
  }

  /** Notes the mixture that undercuts an equilibrium as an inequality; false where there is none. */
  #cutOff(nodes: readonly HullNode[], stand: Stand): boolean {
    const margin = this.#marginsOf(nodes, stand);
    const eased = this.energies.map((e, j) => e - CONTENT * margin[j]!);
    const { vertices, weights } = new LowerHull(nodes, eased).locate(stand.at);
    const coefficient = new Map<number, number>();
    let others = 0;
    vertices.forEach((v, k) => {
      const w = weights[k]!;
      if (w < 1e-9) return;
      coefficient.set(v, w);
      if (!stand.vertices.includes(v)) others += w * margin[v]!;
    });
    if (others < 1e-12) return false;
    stand.vertices.forEach((v, k) => {
      coefficient.set(v, (coefficient.get(v) ?? 0) - stand.weights[k]!);
    });
    const key = `${stand.owner}:${[...vertices].sort((a, b) => a - b).join()}`;
    if (this.#cuts.has(key)) return true;
    const values = [...coefficient.values()];
    const squared = values.reduce((sum, c) => sum + c * c, 0);
    const index = [...coefficient.keys()];
    this.#cuts.set(key, { index, coefficient: values, bound: others, squared, multiplier: 0 });
    return true;
  }

  #marginsOf(nodes: readonly HullNode[], { owner, vertices }: Stand): Float64Array {
    const known = this.#margins.get(owner) ?? new Float64Array(0);
    if (known.length === nodes.length) return known;
    const margins = Float64Array.from(nodes, ({ x }, j) => {
      if (j < known.length) return known[j]!;
      const near = Math.min(...vertices.map((v) => distanceBetween(nodes[v]!.x, x)));
      return MARGIN * Math.min(REACH, near) ** 2;
    });
    this.#margins.set(owner, margins);
    return margins;
  }

  #project(cuts: readonly Cut[]): void {
    for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
      let largest = 0;
      for (const cut of cuts) {
        const { index, coefficient, bound, squared } = cut;
        let value = 0;
        for (let k = 0; k < index.length; k++) value += coefficient[k]! * this.energies[index[k]!]!;
        const wanted = cut.multiplier + (bound - value) / squared;
        const next = Math.min(this.#pullMax, Math.max(0, wanted));
        const step = next - cut.multiplier;
        if (step === 0) continue;
        cut.multiplier = next;
        for (let k = 0; k < index.length; k++) this.energies[index[k]!]! += step * coefficient[k]!;
        largest = Math.max(largest, Math.abs(step) * Math.sqrt(squared));
      }
      if (largest < 1e-9) break;
    }
  }
}
