import { LEVER_MAX, type MapResult } from "../evidence/map-result.ts";
import { coexistingPhases, labelOf } from "../evidence/phase-names.ts";
import { nearestWithin, typicalStep } from "../grid-step.ts";
import type { MapGrid, PhaseEvidence } from "../map-model.ts";
import {
  absentIn,
  distanceBetween,
  distanceToSimplex,
  type Mix,
  sharesOf,
  snapMix,
} from "./simplex-geometry.ts";

/** One result as the hull takes it. */
export interface HullResult extends MapResult {
  readonly at: Mix;
  readonly phases: readonly string[];
  /** One composition a phase; empty where not all were measured, or where they teach nothing. */
  readonly ends: readonly Mix[];
}

/** The candidates of one isothermal section of any number of components. */
export class HullCandidates {
  readonly points: readonly Mix[];
  /** Bit k: component k is absent. */
  readonly absent: Int32Array;
  readonly components: number;
  /** Typical distance of neighbours, regular simplex of side 1. */
  readonly step: number;
  readonly #grid: MapGrid;

  constructor(grid: MapGrid) {
    this.#grid = grid;
    this.components = grid.components.length;
    const width = grid.axes.length;
    this.points = Array.from({ length: grid.count }, (_, i) =>
      this.mix(grid.values.subarray(i * width, (i + 1) * width)),
    );
    this.absent = Int32Array.from(this.points, absentIn);
    this.step = typicalStep(this.points, distanceBetween);
  }

  /** Brings evidence into the form of the hull. */
  ready(evidence: PhaseEvidence): HullResult {
    const asked = this.points[evidence.candidate];
    const at = evidence.at === undefined ? asked : this.mix(evidence.at);
    if (at === undefined) throw new Error("Bug in Tieline: evidence without a place.");
    const isThere = asked !== undefined && distanceBetween(asked, at) <= this.step / 2;
    const absent = absentIn(at);
    const { phases } = evidence;
    const measured = phases.map((phase) => {
      const end = evidence.ends?.find((item) => item.phase === phase)?.composition;
      return phases.length === 1 ? at : end && snapMix(end, absent);
    });
    const ends = measured.filter((end): end is Mix => end !== undefined);
    const present = at.filter((v) => v > 0).length;
    const outOfEquilibrium = new Set(phases).size > present;
    const isComplete = ends.length === phases.length && !outOfEquilibrium;
    const offLever = isComplete && distanceToSimplex(at, ends) > LEVER_MAX;
    const isUsable = isComplete && !offLever && sharesOf(at, ends) !== undefined;
    return {
      candidate: isThere ? evidence.candidate : this.#nearest(at),
      at,
      phases,
      label: labelOf(coexistingPhases(phases)),
      ends: isUsable ? ends : [],
      outOfEquilibrium,
      offLever,
    };
  }

  /** The candidate within half a grid step of a row of raw axis values, -1 where there is none. */
  candidateAt(row: Float64Array): number {
    return this.#nearest(this.mix(row));
  }

  /** Snapped composition of a row of raw axis values. */
  mix(row: Float64Array): Mix {
    return snapMix(this.#grid.components.map((k) => row[k]! / this.#grid.wholeAmount));
  }

  #nearest(at: Mix): number {
    return nearestWithin(this.points, { at, reach: this.step / 2 }, distanceBetween);
  }
}
