import { Conductor } from "../conductor.ts";
import type { Standing } from "../evidence/ledger.ts";
import { TieKeys } from "../evidence/tie-keys.ts";
import type { MapGrid, MapModel, PhaseEvidence } from "../map-model.ts";
import type { MapReader, MapReading } from "../map-reader.ts";
import { type BinaryAxes, BinaryCandidates } from "./binary-grid.ts";
import { BinaryMap } from "./binary-map.ts";
import { BinaryReading } from "./binary-reading.ts";
import { type BinaryResult, readyBinaryResult } from "./binary-result.ts";
import { learnBinaryNoise } from "./composition-curves.ts";

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
  return new Conductor(new BinaryReader(grid, axes, options));
}

class BinaryReader implements MapReader<BinaryResult> {
  readonly name = "binary-fields";
  readonly toldNoise_molFraction: number | undefined;
  readonly levels: readonly ReadonlySet<number>[] | undefined;
  readonly #candidates: BinaryCandidates;
  readonly #ties: TieKeys;

  constructor(grid: MapGrid, axes: BinaryAxes, options: BinaryOptions) {
    this.toldNoise_molFraction = options.noise;
    this.#candidates = new BinaryCandidates(grid, axes);
    const { x, levelOf, levels, members } = this.#candidates;
    if (options.sharesLevel === true) this.levels = members.map((list) => new Set(list));
    this.#ties = new TieKeys(Array.from(x, (v, i) => [v, levels[levelOf[i]!]!, 0]));
  }

  ready(evidence: PhaseEvidence, owner: number): BinaryResult {
    return readyBinaryResult(evidence, owner, this.#candidates);
  }

  candidateAt(row: Float64Array): number {
    return this.#candidates.candidateAt(row);
  }

  tieKey(seed: string): (candidate: number) => number {
    return this.#ties.of(seed);
  }

  read(standing: Standing<BinaryResult>): MapReading {
    const candidates = this.#candidates;
    const results = [...standing.results.values()].filter((result) => !result.outOfEquilibrium);
    const exact = new BinaryMap(candidates, results, 0);
    const noise = this.toldNoise_molFraction ?? learnBinaryNoise(exact.tracks, results);
    const map = noise > 0 ? new BinaryMap(candidates, results, noise) : exact;
    return new BinaryReading(candidates, map, { results, noise });
  }
}
