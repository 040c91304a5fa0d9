import { LabelTable } from "../evidence/label-table.ts";
import { largestScore } from "../largest-score.ts";
import type { BinaryCandidates } from "./binary-grid.ts";
import type { BinaryMap } from "./binary-map.ts";
import type { BinaryResult } from "./binary-result.ts";
import type { Support } from "./isotherm.ts";

/**
 * What a hit is worth per grid step of distance from what is proved, by what the map rests on: where it only reads off
 * between phases, or follows a field beyond its tie-lines, something changes for certain; between two tie-lines of one
 * field hardly anything does.
 */
const WORTH: Readonly<Record<Support, number>> = {
  guess: 1,
  extended: 1,
  single: 0.12,
  between: 0.07,
  measured: 0.07,
};
/** The same where the nearest evidence above or below has another label, as near as what the map goes by. */
const WORTH_DOUBTED = 0.4;
/** Evidence speaks of what is above and below it: a sample within so many steps of mole fraction a level ... */
const CONE_steps = 0.3;
/** ... a tie-line where that far inside its ends, and one step more. */
const INSIDE_steps = 1;
/** Distances to nothing at all, grid steps, so that scores stay finite. */
const DISTANCE_MAX = 1000;

/** Distance of every candidate to what is proved, in grid steps (one isotherm counts as one step): samples and tie-lines. */
export class BinaryDistances {
  readonly steps: Float64Array;
  /** Largest distance on each isotherm. */
  readonly #largest: Float64Array;
  readonly #candidates: BinaryCandidates;

  constructor(candidates: BinaryCandidates, from?: BinaryDistances) {
    const { count, levels } = candidates;
    this.#candidates = candidates;
    this.steps = from?.steps.slice() ?? new Float64Array(count).fill(DISTANCE_MAX);
    this.#largest =
      from === undefined
        ? new Float64Array(levels.length).fill(DISTANCE_MAX)
        : from.#largest.slice();
  }

  /** A tie-line from `left` to `right`, or a sample where they are the same. O(candidates), less where all is nearer already. */
  add(left: number, right: number, height: number): void {
    const { x, members, step } = this.#candidates;
    members.forEach((list, level) => {
      const up = level - height;
      if (Math.abs(up) >= this.#largest[level]!) return;
      let largest = 0;
      for (let k = 0; k < list.length; k++) {
        const i = list[k]!;
        const across = Math.max(left - x[i]!, x[i]! - right, 0) / step;
        const distance = Math.min(this.steps[i]!, Math.sqrt(across * across + up * up));
        this.steps[i] = distance;
        if (distance > largest) largest = distance;
      }
      this.#largest[level] = largest;
    });
  }
}

/** What the gaps of a map are measured in. */
export interface BinaryGapSource {
  readonly candidates: BinaryCandidates;
  readonly map: BinaryMap;
  readonly distances: BinaryDistances;
  readonly results: readonly BinaryResult[];
  /** Candidates with a result. */
  readonly measured: ReadonlySet<number>;
}

/** How much a measurement at each candidate may still change the map: weighted distance to what is proved, grid steps. */
export class BinaryGaps {
  readonly #source: BinaryGapSource;
  readonly #distances: BinaryDistances;
  readonly #worth: Float64Array;
  readonly #against: Float64Array;

  constructor(source: BinaryGapSource, from?: BinaryGaps) {
    const { candidates, map, distances, measured } = source;
    this.#source = source;
    this.#distances = new BinaryDistances(
      candidates,
      from === undefined ? distances : from.#distances,
    );
    this.#against = from === undefined ? distancesAgainst(source) : from.#against;
    this.#worth =
      from === undefined
        ? Float64Array.from(candidates.x, (_, i) =>
            measured.has(i) ? 0 : WORTH[map.supportOf(i) ?? "guess"],
          )
        : from.#worth.slice();
  }

  /** The same gaps, to be changed by {@link believe} on their own. */
  fork(): BinaryGaps {
    return new BinaryGaps(this.#source, this);
  }

  at(i: number): number {
    const worth = this.#worth[i]!;
    const distance = this.#distances.steps[i]!;
    if (worth === 0 || distance === 0) return 0;
    const doubt = Math.min(1, distance / this.#against[i]!);
    return distance * Math.max(worth, WORTH_DOUBTED * doubt);
  }

  largest(): number {
    let most = 0;
    for (let i = 0; i < this.#worth.length; i++) most = Math.max(most, this.at(i));
    return most;
  }

  /** Takes candidate i as measured: where two phases are predicted, their tie-line is proved. */
  believe(i: number): void {
    const { candidates, map } = this.#source;
    const reading = map.readings[i];
    const isPair = reading !== undefined && reading.phases.length === 2;
    const { left, right } = isPair
      ? reading.stretch
      : { left: candidates.x[i]!, right: candidates.x[i]! };
    this.#distances.add(left, right, candidates.levelOf[i]!);
    this.#worth[i] = 0;
  }

  /** Takes a place that is no candidate as measured. */
  approach(x: number, height: number): void {
    this.#distances.add(x, x, height);
  }

  /** The candidate of the largest score among those allowed, ties by the larger key; -1 where none is left. */
  best(
    among: Int32Array | undefined,
    isAllowed: (i: number) => boolean,
    tieKey: (i: number) => number,
  ): number {
    const at = (k: number): number => among?.[k] ?? k;
    const place = largestScore({
      count: among?.length ?? this.#worth.length,
      scoreOf: (k) => this.at(at(k)),
      isAllowed: (k) => this.#worth[at(k)] !== 0 && isAllowed(at(k)),
      tieKey: (k) => tieKey(at(k)),
    });
    return place < 0 ? place : at(place);
  }
}

/**
 * Distance of every candidate to the nearest evidence above or below it that has another label than the map, grid steps.
 * A sample speaks of a narrow cone, a tie-line of what lies well inside its ends. O(candidates x results).
 */
function distancesAgainst({ candidates, map, results }: BinaryGapSource): Float64Array {
  const { x, members, step, count } = candidates;
  const table = new LabelTable();
  const predicted = Int32Array.from(map.readings, (reading) => table.of(reading?.label ?? ""));
  const out = new Float64Array(count).fill(DISTANCE_MAX);
  for (const { x: at, height, tie, label } of results) {
    const said = table.of(label);
    const [left, right] = tie === undefined ? [at, at] : [tie[0].x, tie[1].x];
    members.forEach((list, level) => {
      const up = Math.abs(level - height);
      const margin = (tie === undefined ? up * CONE_steps : -INSIDE_steps - up * CONE_steps) * step;
      for (let k = firstFrom(x, list, left - margin); k < list.length; k++) {
        const i = list[k]!;
        if (x[i]! > right + margin) break;
        if (said === predicted[i] || up >= out[i]!) continue;
        const across = Math.max(left - x[i]!, x[i]! - right, 0) / step;
        out[i] = Math.min(out[i]!, Math.sqrt(across * across + up * up));
      }
    });
  }
  return out;
}

/** Place in the list of the first candidate at `from` or beyond. */
function firstFrom(x: Float64Array, list: Int32Array, from: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[list[middle]!]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
