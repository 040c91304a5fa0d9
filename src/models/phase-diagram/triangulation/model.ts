import { Conductor } from "../conductor.ts";
import type { Standing } from "../evidence/ledger.ts";
import { continues } from "../evidence/map-result.ts";
import { TieKeys } from "../evidence/tie-keys.ts";
import type { LabelOrigin, MapGrid, MapModel, PhaseEvidence } from "../map-model.ts";
import type { MapReader, MapReading } from "../map-reader.ts";
import { SectionCandidates } from "./candidates.ts";
import { ExactEngine } from "./exact-engine.ts";
import { KnownSection } from "./known-section.ts";
import { type NeighbourWeights, neighbourWeights } from "./noise/neighbour-weights.ts";
import { learnNoise } from "./noise/noise-level.ts";
import { NoisyEngine } from "./noise/noisy-engine.ts";
import type { ReadyResult } from "./result.ts";
import { suspectOf } from "./suspects.ts";

/**
 * Of the noise that an instrument is said to have, so much is left in its results: fractions below 0 are reported as 0, and what is
 * reported sums to 1. Noise that is learnt from the results is felt noise already.
 */
const FELT_SHARE = 0.85;

export interface TriangulationOptions {
  /** Standard deviation per component of measured phase compositions, mole fraction; absent: learnt from the results. */
  readonly noise?: number | undefined;
}

/** A map model that can also say which measurement a label rests on, and how noisy it takes the compositions to be. */
export interface TriangulationModel extends MapModel {
  originOf(candidate: number): LabelOrigin;
  /** Standard deviation per component, mole fraction; 0 where the compositions count as exact. */
  readonly noise_molFraction: number;
}

/**
 * Maps an isothermal ternary section by a tie-line-constrained triangulation of all phase compositions seen: each simplex
 * reads off its phases. Proposals go where a measurement can still change the map. Noise of the compositions is told or
 * learnt; where there is none the results are believed to the last digit.
 *
 * @param grid N candidates with exactly three components (mole fractions) and no further axis
 * @returns an engine; one exact result costs O(N + triangles), a proposal O(N); with noise a result costs O(labels x N)
 */
export function createTriangulationModel(
  grid: MapGrid,
  options: TriangulationOptions = {},
): TriangulationModel {
  return new Conductor(new SectionReader(grid, options));
}

class SectionReader implements MapReader<ReadyResult> {
  readonly name = "triangulation";
  readonly toldNoise_molFraction: number | undefined;
  readonly #candidates: SectionCandidates;
  readonly #ties: TieKeys;
  /** The last section that nothing spoke against: it is continued where results only came on top. */
  #section: KnownSection | undefined;
  #graph: NeighbourWeights | undefined;

  constructor(grid: MapGrid, options: TriangulationOptions) {
    this.#candidates = new SectionCandidates(grid);
    this.#ties = new TieKeys(this.#candidates.points);
    this.toldNoise_molFraction = options.noise;
  }

  ready(evidence: PhaseEvidence): ReadyResult {
    return this.#candidates.ready(evidence);
  }

  candidateAt(row: Float64Array): number {
    return this.#candidates.candidateAt(row);
  }

  tieKey(seed: string): (candidate: number) => number {
    return this.#ties.of(seed);
  }

  read(standing: Standing<ReadyResult>): MapReading {
    const candidates = this.#candidates;
    const { points, step } = candidates;
    const noise = this.toldNoise_molFraction ?? learnNoise(standing.results);
    if (noise === 0) {
      const { section, suspects } = this.#believe(standing);
      return new ExactEngine(section, candidates, suspects);
    }
    this.#graph ??= neighbourWeights(points, step);
    const felt = this.toldNoise_molFraction === undefined ? noise : FELT_SHARE * noise;
    return new NoisyEngine({ candidates, graph: this.#graph }, standing.results, { noise, felt });
  }

  /** The section of all results, without those that the others speak against. */
  #believe({ results, confirmations, aside }: Standing<ReadyResult>) {
    const suspects = new Set<number>();
    const old = this.#section;
    let section = old !== undefined && continues(old.results, results) ? old : this.#empty();
    this.#section = undefined;
    for (;;) {
      for (const [owner, result] of results)
        if (!section.results.has(owner) && !suspects.has(owner)) section.add(result, owner);
      if (section.conflicts.length === 0 && suspects.size === 0) this.#section = section;
      const suspect = suspectOf(section.conflicts, confirmations, aside + suspects.size);
      if (suspect === undefined) return { section, suspects };
      suspects.add(suspect);
      section = this.#empty();
    }
  }

  #empty(): KnownSection {
    return new KnownSection(this.#candidates.points);
  }
}
