import type { HullResult } from "./hull-evidence.ts";
import { PhaseNodes } from "./phase-nodes.ts";
import { PseudoEnergies, type Stand } from "./pseudo-energies.ts";
import { mixOf, sharesOf } from "./simplex-geometry.ts";

/** Share of each phase at which an equilibrium is tested, at least. */
const SHARE_min = 0.02;

/** The nodes, equilibria and energies of some results. */
export class HullFit {
  readonly results: ReadonlyMap<number, HullResult>;
  readonly nodes: PhaseNodes;
  readonly stands: readonly Stand[];
  readonly energies: PseudoEnergies;

  constructor(
    components: number,
    results: ReadonlyMap<number, HullResult>,
    { noise, before }: FitOptions,
  ) {
    this.results = results;
    this.nodes = new PhaseNodes(components, noise);
    this.stands = this.#standsOf(results);
    this.energies = new PseudoEnergies(this.nodes.list, this.stands, {
      noise,
      before: before?.energies,
    });
  }

  /** All ends become nodes first, since noisy ones of one phase are averaged; then the equilibria are read. */
  #standsOf(results: ReadonlyMap<number, HullResult>): Stand[] {
    const placed = [...results].map(([owner, { ends, phases }]) =>
      ends.map((end, k) => this.nodes.place(end, phases[k]!, owner)),
    );
    return [...results].flatMap(([owner, { at }], r): Stand[] => {
      const vertices = placed[r]!;
      const corners = vertices.map((v) => this.nodes.list[v]!.x);
      if (vertices.length === 0 || new Set(vertices).size < vertices.length) return [];
      const raw = sharesOf(at, corners);
      if (raw === undefined) return [];
      // Off the simplex by noise only: the equilibrium is tested well inside.
      const held = raw.map((w) => Math.max(SHARE_min, w));
      const sum = held.reduce((total, w) => total + w, 0);
      const weights = held.map((w) => w / sum);
      return [{ owner, vertices, weights, at: mixOf(corners, weights) }];
    });
  }
}

interface FitOptions {
  readonly noise: number;
  /** The fit of the first of these results. */
  readonly before?: HullFit | undefined;
}

/**
 * The fit of results in the order of their arrival. Exact ones are fitted one after the other, each from the fit of those
 * before it, so that the energies follow from the results alone and not from when somebody looked at the map.
 */
export function fitAlong(
  components: number,
  results: ReadonlyMap<number, HullResult>,
  { noise, before }: FitOptions,
): HullFit {
  if (noise > 0) return new HullFit(components, results, { noise });
  const list = [...results];
  let fit = before;
  for (let n = (fit?.results.size ?? 0) + 1; n <= list.length; n++)
    fit = new HullFit(components, new Map(list.slice(0, n)), { noise, before: fit });
  return fit ?? new HullFit(components, results, { noise });
}
