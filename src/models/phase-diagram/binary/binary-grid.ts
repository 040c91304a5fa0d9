import type { MapGrid, PhaseEvidence } from "../map-model.ts";

/** Which axes of a grid are a binary's mole fraction and its temperature (or other further axis). */
export interface BinaryAxes {
  /** Position of the axis that holds the mole fraction x. */
  readonly fraction: number;
  /** Position of the further axis. */
  readonly level: number;
}

/** The two axes of a binary diagram; undefined where the candidates are something else. */
export function binaryAxes(grid: MapGrid): BinaryAxes | undefined {
  const { axes, components, fractionAxis } = grid;
  if (components.length === 2 && axes.length === 3) {
    const level = axes.findIndex((_, k) => !components.includes(k));
    return { fraction: components[1]!, level };
  }
  if (fractionAxis === undefined || axes.length !== 2) return undefined;
  return { fraction: fractionAxis, level: 1 - fractionAxis };
}

/** The candidates of a binary diagram, isotherm by isotherm. */
export class BinaryCandidates {
  readonly count: number;
  /** Mole fraction of each candidate, 0..1. */
  readonly x: Float64Array;
  /** Isotherm of each candidate, counted from the lowest. */
  readonly levelOf: Int32Array;
  /** Values of the further axis, ascending. */
  readonly levels: readonly number[];
  /** Candidates of each isotherm, by mole fraction. */
  readonly members: readonly Int32Array[];
  /** Median distance of neighbouring mole fractions. */
  readonly step: number;
  readonly #axes: BinaryAxes;
  readonly #whole: number;

  constructor(grid: MapGrid, axes: BinaryAxes) {
    const width = grid.axes.length;
    this.#axes = axes;
    this.#whole = grid.wholeAmount;
    this.count = grid.count;
    this.x = new Float64Array(grid.count);
    this.levelOf = new Int32Array(grid.count);
    const raw = new Float64Array(grid.count);
    for (let i = 0; i < grid.count; i++) {
      this.x[i] = grid.values[i * width + axes.fraction]! / this.#whole;
      raw[i] = grid.values[i * width + axes.level]!;
    }
    this.levels = [...new Set(raw)].sort((a, b) => a - b);
    const index = new Map(this.levels.map((value, k) => [value, k]));
    const members: number[][] = this.levels.map(() => []);
    raw.forEach((value, i) => {
      this.levelOf[i] = index.get(value)!;
      members[this.levelOf[i]!]!.push(i);
    });
    this.members = members.map((list) =>
      Int32Array.from(list).sort((a, b) => this.x[a]! - this.x[b]!),
    );
    this.step = medianStep([...new Set(this.x)].sort((a, b) => a - b));
  }

  /** Where evidence was measured: mole fraction and value of the further axis. */
  placeOf({ at, candidate }: PhaseEvidence): { x: number; value: number } {
    if (at === undefined)
      return { x: this.x[candidate]!, value: this.levels[this.levelOf[candidate]!]! };
    return { x: at[this.#axes.fraction]! / this.#whole, value: at[this.#axes.level]! };
  }

  /**
   * The candidate that a sample lies at: the one asked for, where it was measured within half a step of it, else the
   * nearest. What is known beforehand lies at none: it stays a place of its own.
   */
  candidateOf({ at, candidate, known }: PhaseEvidence): number {
    return at === undefined || known ? candidate : this.candidateAt(at);
  }

  /** The candidate within half a step, in mole fraction and in level, of a row of raw axis values; -1 where there is none. */
  candidateAt(row: ArrayLike<number>): number {
    const { x, value } = this.placeOfRow(row);
    const height = this.heightOf(value);
    const members = this.members[Math.round(height)] ?? [];
    const apart = (i: number): number => Math.abs(this.x[i]! - x);
    let best = -1;
    for (const i of members) if (best < 0 || apart(i) < apart(best)) best = i;
    return best >= 0 && apart(best) <= this.step / 2 ? best : -1;
  }

  /** Mole fraction and value of a row of raw axis values. */
  placeOfRow(row: ArrayLike<number>): { x: number; value: number } {
    return { x: row[this.#axes.fraction]! / this.#whole, value: row[this.#axes.level]! };
  }

  /** Height of a value of the further axis, in levels: 0 at the lowest, 1 at the next; steps of the outer levels go on outside. */
  heightOf(value: number): number {
    const { levels } = this;
    const last = levels.length - 1;
    if (last < 1) return 0;
    let k = 0;
    while (k < last - 1 && levels[k + 1]! <= value) k++;
    return k + (value - levels[k]!) / (levels[k + 1]! - levels[k]!);
  }
}

function medianStep(sorted: readonly number[]): number {
  const gaps = sorted
    .slice(1)
    .map((x, k) => x - sorted[k]!)
    .sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? 1;
}
