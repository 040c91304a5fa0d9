import type { Fractions } from "./barycentric.ts";
import { ProvedDistances } from "./distances.ts";
import type { PhaseMesh } from "./phase-mesh.ts";
import type { SimplexMap } from "./simplex-map.ts";

/** An unproved tie-triangle is worth most: one hit proves it and up to three fields around it; a one-phase field least. */
const WEIGHT_BY_PHASES = [1, 0.25, 0.5, 1] as const;
/** A corner that nobody has measured comes before everything: every simplex at it is a guess. */
const UNKNOWN_CORNER = 10;
/** Distances to nothing at all, so that scores stay finite. */
const DISTANCE_MAX = 2;
/** Scores this close are ties, decided by the seed: rounding must not decide. */
const TIE = 1e-9;

/** What the gaps are measured in: a section of exact results, or the central one of noisy results. */
export interface GapSource {
  readonly points: readonly Fractions[];
  readonly source: PhaseMesh;
  readonly map: SimplexMap;
  readonly proved: ProvedDistances;
  /** Owner of the known tie-triangle around each candidate; -1 elsewhere. */
  readonly insideOf: Int32Array;
  /** Owner of the result at each candidate; -1 where it is not measured. */
  readonly measuredBy: Int32Array;
}

/**
 * How much a measurement at each candidate could still change the map: distance to what is proved, weighted with the
 * number of phases that the map predicts there; 0 where the candidate is measured or lies in a known tie-triangle.
 * The largest value, in grid steps, is the measure of progress.
 */
export class GapScores {
  readonly #section: GapSource;
  readonly #proved: ProvedDistances;
  readonly #weight: Float64Array;
  readonly #bonus: Float64Array;

  constructor(section: GapSource, from?: GapScores) {
    this.#section = section;
    const n = section.points.length;
    this.#proved = section.proved.fork();
    this.#weight = from === undefined ? new Float64Array(n) : from.#weight.slice();
    this.#bonus = from === undefined ? new Float64Array(n) : from.#bonus.slice();
    if (from !== undefined) return;
    const kinds = new Map<number, { weight: number; bonus: number }>();
    for (let i = 0; i < n; i++) {
      if (section.measuredBy[i]! >= 0 || section.insideOf[i]! >= 0) continue;
      const face = section.map.face(i);
      const kind = kinds.get(face) ?? worthOf(section, i);
      kinds.set(face, kind);
      this.#weight[i] = kind.weight;
      this.#bonus[i] = kind.bonus;
    }
  }

  /** The same scores, to be changed by {@link believe} on their own. */
  fork(): GapScores {
    return new GapScores(this.#section, this);
  }

  at(i: number): number {
    const distance = Math.min(this.#proved.at(i), DISTANCE_MAX);
    return this.#weight[i]! * distance + this.#bonus[i]!;
  }

  /** Largest score over all candidates. */
  largest(): number {
    let most = 0;
    for (let i = 0; i < this.#weight.length; i++) most = Math.max(most, this.at(i));
    return most;
  }

  /**
   * Takes candidate i as measured: its neighbourhood is no longer a gap, and where three phases are predicted the whole
   * simplex counts as proved, since one hit there would prove it.
   */
  believe(i: number): void {
    const { map, points, source } = this.#section;
    this.#proved.addPoint(points[i]!);
    const isKnown = map.vertices(i).every((v) => source.phase[v] !== undefined);
    if (isKnown && this.#weight[i]! > 0 && map.kept[i] === 7) {
      const face = map.face(i);
      for (let j = 0; j < points.length; j++) if (map.face(j) === face) this.#proved.prove(j);
    }
    this.#weight[i] = 0;
    this.#bonus[i] = 0;
  }

  /** Evidence will come at this composition, but `apart` away in a direction of its own (another temperature). */
  approach(at: Fractions, apart: number): void {
    const beside = new ProvedDistances(this.#section.points, this.#proved);
    beside.addPoint(at);
    this.#proved.takeNearer(beside, apart);
  }

  /** The candidate of the largest score among those allowed, ties by the larger key; -1 where none is left. */
  best(isAllowed: (i: number) => boolean, tieKey: (i: number) => number): number {
    let best = -1;
    let most = 0;
    for (let i = 0; i < this.#weight.length; i++) {
      if (this.#weight[i] === 0 || !isAllowed(i)) continue;
      const score = this.at(i);
      if (best >= 0 && score < most - TIE) continue;
      if (best < 0 || score > most + TIE || tieKey(i) > tieKey(best)) {
        best = i;
        most = Math.max(most, score);
      }
    }
    return best;
  }
}

/** What a hit in the simplex around candidate i is worth per unit of distance, and on top of that. */
function worthOf(section: GapSource, i: number): { weight: number; bonus: number } {
  const vertices = section.map.vertices(i);
  const isGuess = vertices.some((v) => section.source.phase[v] === undefined);
  const phases = isGuess ? 3 : Math.min(3, section.map.phases(i).length);
  const bonus = isGuess && vertices.length === 1 ? UNKNOWN_CORNER : 0;
  return { weight: WEIGHT_BY_PHASES[phases]!, bonus };
}
