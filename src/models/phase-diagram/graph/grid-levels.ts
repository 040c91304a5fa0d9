import { LabError } from "../../../core/errors.ts";
import { findNeighbours, type NeighbourGraph } from "../../../numeric/neighbour-graph.ts";
import type { ScaledGrid } from "../map-model.ts";

/** Opens a fine grid step by step: coarse points everywhere, finer ones only where the map changes. */
export interface GridLevels {
  /**
   * 1 for each candidate that may be asked for now.
   *
   * @param label most probable label of each candidate, -1 where none
   * @param free 1 for candidates that are not measured, in flight or excluded
   */
  open(label: Int32Array, free: Uint8Array): Uint8Array;
}

/** A value this far from a multiple of the step is off the grid, steps. */
const OFF_GRID_steps = 1e-3;

/**
 * Levels of a regular grid: every `coarsest`-th value of each axis, then finer by the smallest factor that divides (10, 5, 1; 8, 4, 2, 1).
 * A point of a finer level opens within one step of the level above from the boundaries of the present map, once no point of
 * that level is left to measure around it. So boundaries are followed from 5 % to 1 % and below without looking into
 * the fields.
 *
 * @throws TL-5003 where the candidates are no regular grid
 */
export function createGridLevels(grid: ScaledGrid, coarsest: number): GridLevels {
  const index = gridIndices(grid);
  const factors = factorsFrom(coarsest);
  const width = grid.axes.length;
  const levelOf = new Uint8Array(grid.count).fill(factors.length - 1);
  for (let i = 0; i < grid.count; i++) {
    const mine = index.subarray(i * width, (i + 1) * width);
    levelOf[i] = factors.findIndex((factor) => mine.every((k) => k % factor === 0));
  }
  const { steps } = grid.scaling;
  const inSteps = grid.points.map((x, k) => x / (steps[k % steps.length] ?? 1));
  const graph = findNeighbours(inSteps, grid.dimension, 1.05);
  return {
    open: (label, free) => {
      const toBoundary = walkFrom(graph, boundaryOf(graph, label), factors[0] ?? 1);
      const open = Uint8Array.from(free, (isFree, i) => (levelOf[i] === 0 ? isFree : 0));
      for (let level = 1; level < factors.length; level++) {
        const above = factors[level - 1] ?? 1;
        const reach = factors[Math.max(0, level - 2)] ?? 1;
        const waiting = open.map((isOpen, i) => (toBoundary[i]! <= reach ? isOpen : 0));
        const toWaiting = walkFrom(graph, waiting, above);
        for (let i = 0; i < grid.count; i++) {
          if (levelOf[i] !== level || free[i] !== 1) continue;
          if (toBoundary[i]! <= above && toWaiting[i]! > above) open[i] = 1;
        }
      }
      return open.includes(1) ? open : free;
    },
  };
}

/** Position of each candidate along each axis, in steps of that axis from its least value. */
function gridIndices(grid: ScaledGrid): Int32Array {
  const width = grid.axes.length;
  const index = new Int32Array(grid.count * width);
  for (let axis = 0; axis < width; axis++) {
    const values = Float64Array.from(
      { length: grid.count },
      (_, i) => grid.values[i * width + axis]!,
    );
    const levels = [...new Set(values)].sort((a, b) => a - b);
    const gaps = levels.slice(1).map((x, k) => x - levels[k]!);
    const span = levels.at(-1)! - levels[0]!;
    // Values that differ by rounding only are one value.
    const step = gaps
      .filter((gap) => gap > 1e-6 * span)
      .reduce((a, b) => Math.min(a, b), span || 1);
    for (let i = 0; i < grid.count; i++) {
      const place = (values[i]! - levels[0]!) / step;
      index[i * width + axis] = Math.round(place);
      if (Math.abs(place - Math.round(place)) > OFF_GRID_steps) {
        throw new LabError(
          "TL-5003",
          `refining needs a regular grid; ${grid.axes[axis]} = ${values[i]} is off the steps of ${step}`,
          { exitCode: 2 },
        );
      }
    }
  }
  return index;
}

/** Each level's factor: the largest proper divisor of the one above, down to 1. */
function factorsFrom(coarsest: number): number[] {
  const factors = [coarsest];
  for (let factor = coarsest; factor > 1; ) {
    let divisor = 2;
    while (factor % divisor !== 0) divisor++;
    factor /= divisor;
    factors.push(factor);
  }
  return factors;
}

/** 1 for candidates with a neighbour of another label. */
function boundaryOf(graph: NeighbourGraph, label: Int32Array): Uint8Array {
  const boundary = new Uint8Array(graph.count);
  for (let i = 0; i < graph.count; i++) {
    for (let e = graph.start[i]!; e < graph.start[i + 1]!; e++) {
      if (label[graph.neighbour[e]!] !== label[i]) boundary[i] = 1;
    }
  }
  return boundary;
}

/** Steps from the nearest marked candidate, at most `steps_max`; more than that elsewhere. */
function walkFrom(graph: NeighbourGraph, marked: Uint8Array, steps_max: number): Int32Array {
  const far = steps_max + 1;
  const distance = Int32Array.from(marked, (isMarked) => (isMarked === 1 ? 0 : far));
  let front: number[] = [];
  for (let i = 0; i < graph.count; i++) if (marked[i] === 1) front.push(i);
  for (let step = 1; step <= steps_max && front.length > 0; step++) {
    const following: number[] = [];
    for (const i of front) {
      for (let e = graph.start[i]!; e < graph.start[i + 1]!; e++) {
        const j = graph.neighbour[e]!;
        if (distance[j]! <= step) continue;
        distance[j] = step;
        following.push(j);
      }
    }
    front = following;
  }
  return distance;
}
