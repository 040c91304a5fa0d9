import { nearestWithin, typicalStep } from "../grid-step.ts";
import type { MapGrid, PhaseEvidence } from "../map-model.ts";
import { distanceBetween, type Fractions, snapComposition } from "./barycentric.ts";
import { type ReadyResult, readyResult } from "./result.ts";

/** The candidates of one isothermal section as the geometry needs them. */
export class SectionCandidates {
  readonly points: readonly Fractions[];
  /** Typical distance of neighbours, equilateral plane of side 1. */
  readonly step: number;
  readonly #grid: MapGrid;

  constructor(grid: MapGrid) {
    this.#grid = grid;
    const width = grid.axes.length;
    this.points = Array.from({ length: grid.count }, (_, i) =>
      this.fractions(grid.values.subarray(i * width, (i + 1) * width)),
    );
    this.step = typicalStep(this.points, distanceBetween);
  }

  /**
   * Brings evidence into the model's form. A sample whose measured composition is off its candidate by more than half a
   * grid step counts for the candidate that it is nearest to, or for none.
   */
  ready(evidence: PhaseEvidence): ReadyResult {
    const asked = this.points[evidence.candidate];
    const at = evidence.at === undefined ? asked : this.fractions(evidence.at);
    if (at === undefined) throw new Error("Bug in Tieline: evidence without a place.");
    const isThere = asked !== undefined && distanceBetween(asked, at) <= this.step / 2;
    return readyResult({
      candidate: isThere ? evidence.candidate : this.#nearest(at),
      at,
      phases: evidence.phases,
      ends: evidence.phases.map(
        (phase) => evidence.ends?.find((end) => end.phase === phase)?.composition,
      ),
    });
  }

  /** The candidate within half a grid step of a row of raw axis values, -1 where there is none. */
  candidateAt(row: Float64Array): number {
    return this.#nearest(this.fractions(row));
  }

  /** Snapped composition of a row of raw axis values. */
  fractions(row: Float64Array): Fractions {
    return snapComposition(this.#grid.components.map((k) => row[k]! / this.#grid.wholeAmount));
  }

  #nearest(at: Fractions): number {
    return nearestWithin(this.points, { at, reach: this.step / 2 }, distanceBetween);
  }
}
