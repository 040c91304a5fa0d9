import type { Conflict } from "../evidence/conflicts.ts";
import type { MapGeometry, MapPrediction, RankedPoint } from "../map-model.ts";
import type { Origin } from "./exact-map.ts";

/** What a choice of points has to respect. */
export interface Choice {
  readonly count: number;
  /** Candidates in flight: taken as measured. */
  readonly pending: readonly number[];
  /** Candidates that were measured lately, oldest first. */
  readonly lately: readonly number[];
  readonly isAllowed: (candidate: number) => boolean;
  /** Orders tied candidates. */
  readonly tieKey: (candidate: number) => number;
}

/** One map of all results that stand: exact (clean compositions) or noisy. Owners are positions of results. */
export interface SectionEngine {
  readonly prediction: MapPrediction;
  readonly conflicts: readonly Conflict[];
  /** Largest weighted gap in grid steps: the measure of progress. */
  readonly gap_steps: number;
  choose(choice: Choice): RankedPoint[];
  geometry(): MapGeometry;
  originOf(candidate: number): { readonly origin: Origin; readonly owners: readonly number[] };
}
