import { TieKeys } from "../evidence/tie-keys.ts";
import type {
  LabelOrigin,
  MapGeometry,
  MapGrid,
  MapModel,
  MapPrediction,
  MapStatus,
  PhaseEvidence,
  RankedPoint,
  RankRequest,
} from "../map-model.ts";
import { spreadCertainty } from "../spread-certainty.ts";
import { BinaryDistances, type BinaryGapSource, BinaryGaps } from "./binary-gaps.ts";
import { type BinaryAxes, BinaryCandidates } from "./binary-grid.ts";
import { BinaryMap, labelsOf } from "./binary-map.ts";
import { type BinaryResult, readyBinaryResult } from "./binary-result.ts";
import { binaryStatus, explainBinaryGap, warningsOf } from "./binary-status.ts";
import { learnBinaryNoise } from "./composition-curves.ts";
import { type Doubt, doubtsOf, standing } from "./doubts.ts";
import { SAME_HEIGHT_levels } from "./tracks.ts";

/** Certainty of a measured label, and 1 - RATE (1 - exp(-gap / REACH))^2 at a weighted gap of so many grid steps: fitted. */
const MEASURED = 0.999;
const RATE = 0.43;
const REACH_steps = 2.5;
/** A sample is measured at most so often to settle a conflict. */
const REPEATS_MAX = 3;

export interface BinaryOptions {
  /** Standard deviation of measured phase compositions, mole fraction; learnt where absent. */
  readonly noise?: number | undefined;
  /** Every point of a batch has the same value of the further axis: one furnace setting; the best one is chosen. */
  readonly sharesLevel?: boolean | undefined;
}

/**
 * Maps a binary phase diagram over temperature (or any further axis) by its tie-lines. Each two-phase field is followed
 * through its tie-lines by monotone cubic boundaries; an isotherm is its fields from left to right, what was measured nearest
 * counting first; where a phase between two fields has no room left, an invariant reaction ends it.
 *
 * @param grid N candidates with one mole fraction (or two that sum to the whole) and one further axis
 * @returns an engine; after a result the map is read anew, O(levels x results + N)
 */
export function createBinaryModel(
  grid: MapGrid,
  axes: BinaryAxes,
  options: BinaryOptions = {},
): MapModel {
  return new BinaryModel(grid, axes, options);
}

interface State extends BinaryGapSource {
  readonly noise: number;
  readonly doubts: readonly Doubt[];
  readonly gaps: BinaryGaps;
}

class BinaryModel implements MapModel {
  readonly #candidates: BinaryCandidates;
  readonly #options: BinaryOptions;
  readonly #results = new Map<number, BinaryResult>();
  readonly #ties: TieKeys;
  #owners = 0;
  #state: State | undefined;
  #prediction: MapPrediction | undefined;

  constructor(grid: MapGrid, axes: BinaryAxes, options: BinaryOptions) {
    this.#options = options;
    this.#candidates = new BinaryCandidates(grid, axes);
    const { x, levelOf, levels } = this.#candidates;
    this.#ties = new TieKeys(Array.from(x, (v, i) => [v, levels[levelOf[i]!]!, 0] as const));
  }

  observe(evidence: PhaseEvidence): void {
    this.forget(evidence.id);
    const owner = this.#owners++;
    this.#results.set(owner, readyBinaryResult(evidence, owner, this.#candidates));
    this.#state = undefined;
  }

  forget(id: number): void {
    for (const [owner, result] of this.#results) {
      if (result.id !== id) continue;
      this.#results.delete(owner);
      this.#state = undefined;
    }
  }

  predict(): MapPrediction {
    const { map, gaps, results, measured } = this.#current();
    if (this.#prediction !== undefined) return this.#prediction;
    const { labels, label } = labelsOf(map, results);
    const certainty = Float64Array.from(label, (k, i) => {
      if (k < 0) return 0;
      return measured.has(i) ? MEASURED : 1 - RATE * (1 - Math.exp(-gaps.at(i) / REACH_steps)) ** 2;
    });
    const probabilities = spreadCertainty(labels.length, label, certainty);
    this.#prediction = { labels, label, certainty, probabilities };
    return this.#prediction;
  }

  rank(request: RankRequest): readonly RankedPoint[] {
    const { measured, gaps, map } = this.#current();
    const shares = this.#options.sharesLevel ?? false;
    const asked = new Set([...request.excluded, ...request.pending]);
    const wished = shares ? [] : this.#repeats(request.count, asked);
    const taken = new Set([...asked, ...measured]);
    const start = gaps.fork();
    for (const candidate of request.pending) start.believe(candidate);
    for (const row of request.pendingElsewhere) {
      const { x, value } = this.#candidates.placeOfRow(row);
      start.approach(x, this.#candidates.heightOf(value));
    }
    const key = this.#ties.of(request.seed);
    const pick = (among?: Int32Array): RankedPoint[] => {
      const own = start.fork();
      const out: RankedPoint[] = [];
      const chosen = new Set(taken);
      while (out.length < request.count - wished.length) {
        const i = own.best(among, (c) => !chosen.has(c), key);
        if (i < 0) break;
        const score = own.at(i);
        out.push({ candidate: i, score, why: explainBinaryGap(map, i, score) });
        chosen.add(i);
        own.believe(i);
      }
      return out;
    };
    if (!shares) return [...wished, ...pick()];
    const worth = (points: readonly RankedPoint[]): number =>
      points.reduce((sum, { score }) => sum + score, 0);
    return this.#candidates.members
      .map((among) => pick(among))
      .reduce((p, q) => (worth(q) > worth(p) ? q : p), []);
  }

  /** Doubted samples that were not measured too often yet. */
  #repeats(count: number, taken: ReadonlySet<number>): RankedPoint[] {
    const { doubts, gaps } = this.#current();
    const score = gaps.largest() + 1;
    const places = new Map<number, RankedPoint>();
    for (const { result, expected } of doubts) {
      const { candidate, label } = result;
      const times = [...this.#results.values()].filter((r) => r.candidate === candidate).length;
      if (candidate < 0 || taken.has(candidate) || times >= REPEATS_MAX) continue;
      const why = `Repeat: ${label} found here contradicts ${expected} around it.`;
      places.set(candidate, { candidate, score, why });
    }
    return [...places.values()].slice(0, count);
  }

  status(): MapStatus {
    const { noise, doubts, gaps, results } = this.#current();
    const all = [...this.#results.values()];
    return binaryStatus({
      prediction: this.predict(),
      gap_steps: gaps.largest(),
      noise,
      doubts,
      results,
      observations: all.filter(({ known }) => !known).length,
      warnings: warningsOf(all, doubts),
    });
  }

  geometry(): MapGeometry {
    const { results } = this.#current();
    return {
      tieLines: results.flatMap(({ tie, id, value }) => {
        if (tie === undefined) return [];
        const [a, b] = tie;
        const ends = [
          [1 - a.x, a.x],
          [1 - b.x, b.x],
        ] as const;
        return [{ phases: [a.phase, b.phase] as const, ends, from: id, level: value }];
      }),
      triangles: [],
    };
  }

  originOf(candidate: number): LabelOrigin {
    const { map, results, measured } = this.#current();
    const { levelOf } = this.#candidates;
    const idsOf = (owners: readonly number[]): number[] =>
      [...new Set(owners)].flatMap((owner) => this.#results.get(owner)?.id ?? []);
    if (measured.has(candidate)) {
      const own = results.filter((result) => result.candidate === candidate);
      return { origin: "measured", evidence: own.map(({ id }) => id) };
    }
    const reading = map.readings[candidate];
    if (reading === undefined) return { origin: "between", evidence: [] };
    const { stretch, phases } = reading;
    const isOnTie = stretch.support === "measured" && phases.length === 2;
    const here = stretch.owners.filter((owner) => {
      const height = this.#results.get(owner)?.height ?? Number.NaN;
      return Math.abs(height - levelOf[candidate]!) < SAME_HEIGHT_levels;
    });
    if (isOnTie && here.length > 0) return { origin: "tie-line", evidence: idsOf(here) };
    return { origin: "between", evidence: idsOf(stretch.owners) };
  }

  #current(): State {
    if (this.#state !== undefined) return this.#state;
    const candidates = this.#candidates;
    const results = standing([...this.#results.values()]);
    const exact = new BinaryMap(candidates, results, 0);
    const noise = this.#options.noise ?? learnBinaryNoise(exact.tracks, results);
    const map = noise > 0 ? new BinaryMap(candidates, results, noise) : exact;
    const distances = new BinaryDistances(candidates);
    for (const { x, height, tie } of results)
      distances.add(tie?.[0].x ?? x, tie?.[1].x ?? x, height);
    const measured = new Set(results.map(({ candidate }) => candidate));
    const source = { candidates, map, distances, results, measured };
    this.#prediction = undefined;
    this.#state = {
      ...source,
      noise,
      doubts: doubtsOf(map, results),
      gaps: new BinaryGaps(source),
    };
    return this.#state;
  }
}
