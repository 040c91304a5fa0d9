import type { MapResult } from "../../evidence/map-result.ts";
import type { MapGrid, PhaseEvidence } from "../../map-model.ts";
import { SectionCandidates } from "../candidates.ts";
import { type NeighbourWeights, neighbourWeights } from "../noise/neighbour-weights.ts";
import type { ReadyResult } from "../result.ts";

/** One section of a stack: the candidates of one level of the further axis. */
export interface Level {
  /** Raw value of the further axis, such as a temperature in K. */
  readonly value: number;
  readonly section: SectionCandidates;
  /** Candidates of the whole grid, by position in the section. */
  readonly candidates: readonly number[];
}

/** A result with the level that it belongs to; `result.candidate` counts in that level's section, `candidate` in the grid. */
export interface LevelResult extends MapResult {
  readonly level: number;
  readonly result: ReadyResult;
}

/** Position among the axes of the one axis that is no mole fraction; -1 where there is not exactly one. */
export function furtherAxis(grid: MapGrid): number {
  const others = grid.axes.flatMap((_, k) => (grid.components.includes(k) ? [] : [k]));
  return grid.components.length === 3 && others.length === 1 ? others[0]! : -1;
}

/** The candidates of a stack of ternary sections, level by level in ascending order of the further axis. */
export class StackCandidates {
  readonly levels: readonly Level[];
  /** Level of each candidate, and its position in the section there. */
  readonly levelOf: Int32Array;
  readonly placeOf: Int32Array;
  /** Typical distance of neighbours within a section, equilateral plane. */
  readonly step: number;
  readonly #axis: number;
  readonly #graphs: (NeighbourWeights | undefined)[] = [];

  constructor(grid: MapGrid) {
    this.#axis = furtherAxis(grid);
    const width = grid.axes.length;
    const valueAt = (i: number): number => grid.values[i * width + this.#axis]!;
    const members = new Map<number, number[]>();
    for (let i = 0; i < grid.count; i++) {
      const value = valueAt(i);
      const list = members.get(value);
      if (list === undefined) members.set(value, [i]);
      else list.push(i);
    }
    this.levelOf = new Int32Array(grid.count);
    this.placeOf = new Int32Array(grid.count);
    this.levels = [...members]
      .sort(([a], [b]) => a - b)
      .map(([value, candidates], level) => {
        candidates.forEach((candidate, place) => {
          this.levelOf[candidate] = level;
          this.placeOf[candidate] = place;
        });
        return { value, section: new SectionCandidates(sectionOf(grid, candidates)), candidates };
      });
    this.step = Math.min(...this.levels.map(({ section }) => section.step));
  }

  /** Neighbours within one level. */
  graph(level: number): NeighbourWeights {
    const { points } = this.levels[level]!.section;
    const graph = this.#graphs[level] ?? neighbourWeights(points, this.step);
    this.#graphs[level] = graph;
    return graph;
  }

  /** The level that a row of raw axis values is nearest to. */
  levelAt(row: ArrayLike<number>): number {
    const value = row[this.#axis]!;
    return this.levels.reduce(
      (best, level, k) =>
        Math.abs(level.value - value) < Math.abs(this.levels[best]!.value - value) ? k : best,
      0,
    );
  }

  /** Brings evidence into the form of its level's section. */
  ready(evidence: PhaseEvidence): LevelResult {
    const level =
      evidence.at === undefined ? this.levelOf[evidence.candidate]! : this.levelAt(evidence.at);
    const isHere = evidence.candidate >= 0 && this.levelOf[evidence.candidate] === level;
    const asked = isHere ? this.placeOf[evidence.candidate]! : -1;
    const { section, candidates } = this.levels[level]!;
    const result = section.ready({ ...evidence, candidate: asked });
    const { label, outOfEquilibrium, offLever } = result;
    const candidate = candidates[result.candidate] ?? -1;
    return { candidate, label, outOfEquilibrium, offLever, level, result };
  }

  /** The candidate within half a grid step of a row, at the level nearest to it; -1 where there is none. */
  candidateAt(row: Float64Array): number {
    const { section, candidates } = this.levels[this.levelAt(row)]!;
    return candidates[section.candidateAt(row)] ?? -1;
  }
}

function sectionOf(grid: MapGrid, candidates: readonly number[]): MapGrid {
  const width = grid.axes.length;
  const values = new Float64Array(candidates.length * width);
  candidates.forEach((candidate, k) => {
    values.set(grid.values.subarray(candidate * width, (candidate + 1) * width), k * width);
  });
  return { ...grid, count: candidates.length, values };
}
