import { largestScore } from "../largest-score.ts";
import type { HullMap } from "./hull-map.ts";
import { shorten } from "./hull-map.ts";
import { distanceToSimplex, type Mix } from "./simplex-geometry.ts";

/** A field of as many phases as components is worth most: one hit proves all of it; each phase fewer is worth half. */
const WEIGHT_RATIO = 0.5;
/** A pure component that nobody has measured comes before everything: every simplex at it is a guess. */
const UNKNOWN_CORNER = 10;
/** Distances to nothing at all, so that scores stay finite. */
const DISTANCE_MAX = 2;

/**
 * How much a measurement at each candidate could still change the map: distance to what is proved, weighted with the number of
 * phases that the map predicts there; 0 where the candidate is measured or lies in a known simplex. The largest value, in grid
 * steps, is the measure of progress.
 */
export class HullGaps {
  readonly #map: HullMap;
  readonly #proved: Float64Array;
  readonly #weight: Float64Array;
  readonly #bonus: Float64Array;

  constructor(map: HullMap) {
    this.#map = map;
    this.#proved = map.proved.slice();
    const count = map.vertices.length;
    this.#weight = new Float64Array(count);
    this.#bonus = new Float64Array(count);
    const { components } = map.candidates;
    for (let i = 0; i < count; i++) {
      if (map.measuredBy[i]! >= 0 || map.insideOf[i]! >= 0) continue;
      const vertices = map.vertices[i]!;
      const isGuess = vertices.some((v) => map.nodes.phase[v] === undefined);
      const phases = isGuess ? components : Math.min(components, map.phases(i).length);
      this.#weight[i] = WEIGHT_RATIO ** (components - phases);
      this.#bonus[i] = isGuess && vertices.length === 1 ? UNKNOWN_CORNER : 0;
    }
  }

  at(i: number): number {
    return this.#weight[i]! * Math.min(this.#proved[i]!, DISTANCE_MAX) + this.#bonus[i]!;
  }

  largest(): number {
    let most = 0;
    for (let i = 0; i < this.#weight.length; i++) most = Math.max(most, this.at(i));
    return most;
  }

  /** Takes candidate i as measured; a whole simplex of as many phases as its face allows counts as proved with it. */
  believe(i: number): void {
    const { candidates, vertices, nodes, face } = this.#map;
    const mine = vertices[i]!;
    const present = candidates.points[i]!.filter((v) => v > 0).length;
    const isKnown = mine.every((v) => nodes.phase[v] !== undefined);
    const isWhole = isKnown && this.#weight[i]! > 0 && mine.length === present;
    const corners =
      isWhole && present > 1 ? mine.map((v) => nodes.list[v]!.x) : [candidates.points[i]!];
    if (isWhole && distanceToSimplex(candidates.points[i]!, corners) < 1e-6) {
      for (let j = 0; j < face.length; j++) if (face[j] === face[i]) this.#proved[j] = 0;
    }
    this.approach(candidates.points[i]!);
    this.#weight[i] = 0;
    this.#bonus[i] = 0;
  }

  /** Evidence will come at this composition. */
  approach(at: Mix): void {
    shorten(this.#map.candidates, { corners: [at], margin: 1 }, this.#proved, () => {});
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
