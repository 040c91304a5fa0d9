import { Conductor } from "../conductor.ts";
import type { Conflict } from "../evidence/conflicts.ts";
import type { Standing } from "../evidence/ledger.ts";
import { TieKeys } from "../evidence/tie-keys.ts";
import type { MapGrid, MapModel, PhaseEvidence } from "../map-model.ts";
import type { MapReader, MapReading } from "../map-reader.ts";
import { HullCandidates, type HullResult } from "./hull-evidence.ts";
import { HullMap } from "./hull-map.ts";
import { HullReading } from "./hull-reading.ts";
import { learnLeverNoise } from "./lever-noise.ts";

/**
 * Maps an isothermal section of any number of components by the lower hull of pseudo-energies: a regular triangulation of all phase
 * compositions seen, fitted so that every measured tie-line, triangle and tetrahedron is one of its faces. The phase rule holds
 * by construction; proposals go where a measurement can still change the map; inside known tetrahedra nothing is proposed.
 *
 * @param grid N candidates whose axes are all mole fractions, three or more
 * @returns an engine; a batch of results costs a fit and a reading of the hull, O(N simplices)
 */
export function createHullModel(grid: MapGrid, options: HullModelOptions = {}): MapModel {
  return new Conductor(new HullReader(grid, options));
}

export interface HullModelOptions {
  /** Standard deviation per component of measured phase compositions, mole fraction; absent: learnt from the results. */
  readonly noise?: number | undefined;
}

class HullReader implements MapReader<HullResult> {
  readonly name = "pseudo-energy-hull";
  readonly toldNoise_molFraction: number | undefined;
  readonly #candidates: HullCandidates;
  readonly #ties: TieKeys;
  /** The last map that was read: continued where results only came on top. */
  #before: HullMap | undefined;

  constructor(grid: MapGrid, options: HullModelOptions) {
    this.toldNoise_molFraction = options.noise;
    this.#candidates = new HullCandidates(grid);
    this.#ties = new TieKeys(this.#candidates.points);
  }

  ready(evidence: PhaseEvidence): HullResult {
    return this.#candidates.ready(evidence);
  }

  candidateAt(row: Float64Array): number {
    return this.#candidates.candidateAt(row);
  }

  tieKey(seed: string): (candidate: number) => number {
    return this.#ties.of(seed);
  }

  read(standing: Standing<HullResult>): MapReading {
    const results = latestOfEach(standing.results);
    const noise = this.toldNoise_molFraction ?? learnLeverNoise([...standing.results.values()]);
    this.#before = new HullMap(this.#candidates, results, { noise, before: this.#before });
    return new HullReading(this.#before, conflictsOf(this.#before));
  }
}

/** One result a sample: repeats of an equilibrium would be fitted as several. */
function latestOfEach(results: ReadonlyMap<number, HullResult>): Map<number, HullResult> {
  const out = new Map(results);
  const latest = new Map<number, number>();
  for (const [owner, { candidate }] of results) {
    if (candidate < 0) continue;
    const before = latest.get(candidate);
    if (before !== undefined) out.delete(before);
    latest.set(candidate, owner);
  }
  return out;
}

/** Results that cannot stand beside the others, or that contradict a known simplex around them. */
function conflictsOf({ refused, insideOf, measuredBy, results }: HullMap): Conflict[] {
  const found = new Map<number, Conflict>();
  for (const owner of refused) found.set(owner, { kind: "refused", owner, against: [] });
  insideOf.forEach((inside, i) => {
    const owner = measuredBy[i]!;
    if (inside < 0 || owner < 0 || inside === owner) return;
    if (results.get(owner)!.label !== results.get(inside)!.label)
      found.set(owner, { kind: "inside-simplex", owner, against: [inside] });
  });
  return [...found.values()];
}
