import { largestScore } from "../largest-score.ts";
import type { Fractions } from "./barycentric.ts";
import { chanceRight } from "./certainty.ts";
import { ProvedDistances } from "./distances.ts";
import type { PhaseMesh } from "./phase-mesh.ts";
import type { SimplexMap } from "./simplex-map.ts";

/** An unproved tie-triangle is worth most: one hit proves it and up to three fields around it; a one-phase field least. */
const WEIGHT_BY_PHASES = [1, 0.25, 0.5, 1] as const;
/** A corner that nobody has measured comes before everything: every simplex at it is a guess. */
const UNKNOWN_CORNER = 10;
const CORNERS = 3;
/** Distances to nothing at all, so that scores stay finite. */
const DISTANCE_MAX = 2;

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
  readonly #step: number;

  /** @param step of the grid, in the units of the distances */
  constructor(section: GapSource, step: number, from?: GapScores) {
    this.#section = section;
    this.#step = step;
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
    return new GapScores(this.#section, this.#step, this);
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

  /** True where candidate i is a corner of the section that nobody has measured: it comes before everything. */
  isUnknownCorner(i: number): boolean {
    return this.#bonus[i]! > 0;
  }

  /**
   * Takes candidate i as measured: its neighbourhood is no longer a gap. A hit proves the whole tie-triangle, or on a binary
   * edge the whole two-phase field, if it is what the map predicts: the gaps of that simplex shrink by the chance of it.
   */
  believe(i: number): void {
    const { map, points, source } = this.#section;
    const vertices = map.vertices(i);
    const phases = map.phases(i).length;
    const isKnown = vertices.every((v) => source.phase[v] !== undefined);
    const isProvable = vertices.length === 3 ? phases === 3 : this.#isField(i, vertices);
    if (isKnown && isProvable && this.#weight[i]! > 0) {
      const doubt = 1 - chanceRight(phases, this.#proved.at(i) / this.#step);
      const face = map.face(i);
      for (let j = 0; j < points.length; j++) if (map.face(j) === face) this.#weight[j]! *= doubt;
    }
    this.#proved.addPoint(points[i]!);
    this.#weight[i] = 0;
    this.#bonus[i] = 0;
  }

  /** Two phases on a binary edge: one tie-line is the whole field there. */
  #isField(i: number, vertices: readonly number[]): boolean {
    const isOnEdge = this.#proved.edges[i] !== 0 && vertices.length === 2;
    return isOnEdge && this.#section.map.phases(i).length === 2;
  }

  /** Evidence will come at this composition, but `apart` away in a direction of its own (another temperature). */
  approach(at: Fractions, apart: number): void {
    const beside = new ProvedDistances(this.#section.points, this.#proved);
    beside.addPoint(at);
    this.#proved.takeNearer(beside, apart);
  }

  /** The candidate of the largest score among those allowed, ties by the larger key; -1 where none is left. */
  best(isAllowed: (i: number) => boolean, tieKey: (i: number) => number): number {
    return largestScore({
      count: this.#weight.length,
      scoreOf: (i) => this.at(i),
      isAllowed: (i) => this.#weight[i] !== 0 && isAllowed(i),
      tieKey,
    });
  }
}

/** True where nothing but corners of the section is known. */
export function isBlind({ source }: GapSource): boolean {
  return source.mesh.points.length === CORNERS;
}

/** What a hit in the simplex around candidate i is worth per unit of distance, and on top of that. */
function worthOf(section: GapSource, i: number): { weight: number; bonus: number } {
  const vertices = section.map.vertices(i);
  const isGuess = vertices.some((v) => section.source.phase[v] === undefined);
  const phases = isGuess ? 3 : Math.min(3, section.map.phases(i).length);
  const bonus = isGuess && vertices.length === 1 ? UNKNOWN_CORNER : 0;
  return { weight: WEIGHT_BY_PHASES[phases]!, bonus };
}
