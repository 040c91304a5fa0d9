import { LabError } from "../../../core/errors.ts";
import {
  type HalfMatrix,
  type HalfSolution,
  incompletePivots,
  solveHalf,
} from "../../../numeric/eisenstat-solver.ts";
import { solveHalfTogether } from "../../../numeric/four-solver.ts";
import { dissectionOrder } from "../../../numeric/nested-dissection.ts";
import { type Factor, factorise } from "../../../numeric/sparse-cholesky.ts";
import type { SparseMatrix } from "../../../numeric/sparse-matrix.ts";
import { eliminateNetwork } from "../../../numeric/star-mesh.ts";
import { type CoarseLevel, coarsen, solveTwoLevel } from "../../../numeric/two-level-solver.ts";
import type { KernelGraph } from "./kernel-graph.ts";

/**
 * The inverse of A = D - W + diag(absorbers) on the free nodes; absorbed nodes (infinite strength) and frozen ones have the
 * identity's rows.
 */
export interface GreenOperator {
  /** A^-1 b. */
  solve(b: Float64Array): Float64Array;
  /** The same for several, each as alone. */
  solveAll(sides: readonly Float64Array[]): Float64Array[];
  /**
   * Adds an absorber of `strength` (> 0, maybe infinite) at a free node and returns its response r: a field that is
   * pulled at the node towards a value y changes by r_i (y - f_node).
   * r = A^-1 e_k lambda / (1 + lambda (A^-1)_kk).
   */
  absorb(node: number, strength: number): Float64Array;
  /** Number of absorbers added since the operator was built: a new one gets slower with it. */
  readonly added: number;
}

export interface Absorbers {
  /** Strength at each node: 0 free, Infinity clamped. */
  readonly strength: Float64Array;
  /** 1 for nodes that no absorber reaches: left out of the system. */
  readonly frozen: Uint8Array;
}

/** Factors larger than this (entries) would cost more than iterating. */
const FACTOR_ENTRIES_max = 6e6;
const RESIDUAL_max = 1e-10;
const ITERATIONS_max = 20_000;
const LIMITS = { tolerance: RESIDUAL_max, iterations_max: ITERATIONS_max };
/** From so many neighbours a node on (each pair counted once), a kernel is wide: smooth over its width, rough within. */
const WIDE_neighbours = 40;
/** Width of an aggregate beside the reach of the kernel, at which a Gaussian has fallen to 1e-9: its standard deviation. */
const AGGREGATE_reaches = 1 / 6.4;
/** Absorbers after which the coarse level is made anew: until then it does not know of them. */
const CHANGES_max = 30;

/** Eliminates where every pair is joined; factorises where the factor is small (flat grids), iterates elsewhere (space, very fine grids). */
export function createGreenOperator(graph: KernelGraph, absorbers: Absorbers): GreenOperator {
  if (graph.reach === Number.POSITIVE_INFINITY) return network(graph, absorbers);
  const order = isFactorCheap(graph)
    ? dissectionOrder(graph.points, graph.dimension, graph.reach)
    : undefined;
  const factor = order && factorise(systemMatrix(graph, absorbers), order);
  return factor === undefined ? iterative(graph, halfMatrix(graph, absorbers)) : direct(factor);
}

/** Every pair joined, by weights of any size: eliminated without a subtraction, anew with each absorber. */
function network(graph: KernelGraph, absorbers: Absorbers): GreenOperator {
  const { count, start, column, value } = graph.weights;
  const strength = absorbers.strength.slice();
  let added = 0;
  const isFree = (i: number): boolean =>
    absorbers.frozen[i] !== 1 && strength[i] !== Number.POSITIVE_INFINITY;
  const eliminate = (): ((b: Float64Array) => Float64Array) => {
    const weights = new Float64Array(count * count);
    // A node that is left out stands alone with the identity's row.
    const ground = new Float64Array(count).fill(1);
    for (let i = 0; i < count; i++) {
      if (!isFree(i)) continue;
      ground[i] = strength[i]!;
      for (let e = start[i]!; e < start[i + 1]!; e++) {
        const j = column[e]!;
        if (isFree(j)) weights[i * count + j] = value[e]!;
        else if (absorbers.frozen[j] !== 1) ground[i]! += value[e]!;
      }
    }
    return eliminateNetwork(weights, ground);
  };
  let solve = eliminate();
  return {
    solve: (b) => solve(b),
    solveAll: (sides) => sides.map((b) => solve(b)),
    absorb: (node, by) => {
      const unit = new Float64Array(count);
      unit[node] = 1;
      const c = solve(unit);
      const s = scaleOf(by, c[node]!);
      strength[node] = by;
      added++;
      solve = eliminate();
      return c.map((x) => x * s);
    },
    get added() {
      return added;
    },
  };
}

/** Rough size of the factor: N log N in the plane, N^(4/3) in space, times the width of the neighbourhood. */
function isFactorCheap(graph: KernelGraph): boolean {
  const n = graph.weights.count;
  const perRow = graph.weights.column.length / Math.max(1, n);
  const growth = graph.dimension <= 2 ? Math.log2(n + 2) : n ** (1 / 3) * 2;
  return Math.min(n / 2, perRow * growth) * n <= FACTOR_ENTRIES_max;
}

function systemMatrix(graph: KernelGraph, absorbers: Absorbers): SparseMatrix {
  const { count, start, column, value } = graph.weights;
  const isOut = (i: number): boolean =>
    absorbers.frozen[i] === 1 || absorbers.strength[i] === Number.POSITIVE_INFINITY;
  const out = {
    count,
    start: new Int32Array(count + 1),
    column: new Int32Array(column.length + count),
    value: new Float64Array(column.length + count),
  };
  let used = 0;
  for (let i = 0; i < count; i++) {
    out.column[used] = i;
    out.value[used] = isOut(i) ? 1 : graph.degree[i]! + absorbers.strength[i]!;
    used++;
    for (let e = start[i]!; e < start[i + 1]! && !isOut(i); e++) {
      if (isOut(column[e]!)) continue;
      out.column[used] = column[e]!;
      out.value[used] = -value[e]!;
      used++;
    }
    out.start[i + 1] = used;
  }
  return { ...out, column: out.column.subarray(0, used), value: out.value.subarray(0, used) };
}

/**
 * Keeps the factor of the first matrix; each absorber added since is a symmetric rank-one change, kept as a column:
 * A'^-1 = A^-1 - sum_j s_j c_j c_j^T (Sherman-Morrison, one after the other). Cost of a solve: the factor and O(N) a column.
 */
function direct(factor: Factor): GreenOperator {
  const columns: { readonly c: Float64Array; readonly s: number }[] = [];
  const correct = (x: Float64Array, b: Float64Array): Float64Array => {
    for (const { c, s } of columns) {
      let sum = 0;
      for (let i = 0; i < b.length; i++) sum += c[i]! * b[i]!;
      const amount = s * sum;
      if (amount !== 0) for (let i = 0; i < x.length; i++) x[i]! -= amount * c[i]!;
    }
    return x;
  };
  const correctUnit = (x: Float64Array, node: number): Float64Array => {
    for (const { c, s } of columns) {
      const amount = s * c[node]!;
      if (amount !== 0) for (let i = 0; i < x.length; i++) x[i]! -= amount * c[i]!;
    }
    return x;
  };
  return {
    solve: (b) => correct(factor.solve(b), b),
    solveAll: (sides) => sides.map((b) => correct(factor.solve(b), b)),
    absorb: (node, strength) => {
      const unit = new Float64Array(factor.count);
      unit[node] = 1;
      const c = correctUnit(factor.solve(unit), node);
      const s = scaleOf(strength, c[node]!);
      columns.push({ c, s });
      return c.map((x) => x * s);
    },
    get added() {
      return columns.length;
    },
  };
}

function scaleOf(strength: number, self: number): number {
  return strength === Number.POSITIVE_INFINITY ? 1 / self : strength / (1 + strength * self);
}

/** The same matrix as {@link systemMatrix}, diagonal and upper half. */
function halfMatrix(graph: KernelGraph, absorbers: Absorbers): HalfMatrix {
  const { count, start, column, value } = graph.weights;
  const isOut = (i: number): boolean =>
    absorbers.frozen[i] === 1 || absorbers.strength[i] === Number.POSITIVE_INFINITY;
  const half = {
    count,
    start: new Int32Array(count + 1),
    column: new Int32Array(column.length >> 1),
    value: new Float64Array(column.length >> 1),
    diagonal: new Float64Array(count),
  };
  let used = 0;
  for (let i = 0; i < count; i++) {
    const out = isOut(i);
    half.diagonal[i] = out ? 1 : graph.degree[i]! + absorbers.strength[i]!;
    for (let e = start[i]!; e < start[i + 1]!; e++) {
      if (column[e]! < i) continue;
      half.column[used] = column[e]!;
      half.value[used] = out || isOut(column[e]!) ? 0 : -value[e]!;
      used++;
    }
    half.start[i + 1] = used;
  }
  return half;
}

interface Solver {
  solve(b: Float64Array): HalfSolution;
  solveAll(sides: readonly Float64Array[]): HalfSolution[];
  /** The matrix has changed in one row. */
  follow(): void;
}

function oneLevel(matrix: HalfMatrix): Solver {
  let pivot = incompletePivots(matrix);
  return {
    solve: (b) => solveHalf(matrix, pivot, b, RESIDUAL_max, ITERATIONS_max),
    solveAll: (sides) => solveHalfTogether(matrix, pivot, sides, LIMITS),
    follow: () => {
      pivot = incompletePivots(matrix);
    },
  };
}

/** `undefined` where the coarse level is not positive definite. */
function twoLevel(
  { points, dimension, reach }: KernelGraph,
  matrix: HalfMatrix,
): Solver | undefined {
  const width = reach * AGGREGATE_reaches;
  const level = (): CoarseLevel | undefined => coarsen(matrix, { points, dimension, width });
  let coarse = level();
  if (coarse === undefined) return undefined;
  let changes = 0;
  const solve = (b: Float64Array): HalfSolution => solveTwoLevel(matrix, coarse!, b, LIMITS);
  return {
    solve,
    solveAll: (sides) => sides.map(solve),
    follow: () => {
      changes++;
      if (changes % CHANGES_max === 0) coarse = level() ?? coarse;
    },
  };
}

/** Changes the matrix in place with each absorber and solves by preconditioned conjugate gradients. */
function iterative(graph: KernelGraph, matrix: HalfMatrix): GreenOperator {
  const isWide = matrix.column.length > WIDE_neighbours * matrix.count;
  const solver = (isWide ? twoLevel(graph, matrix) : undefined) ?? oneLevel(matrix);
  let added = 0;
  const accepted = ({ x, iterations, residual }: HalfSolution): Float64Array => {
    if (!(residual <= 1e-6)) {
      throw new LabError("TL-5002", "the linear system of the phase map did not converge", {
        context: { iterations, residual },
      });
    }
    return x;
  };
  const solve = (b: Float64Array): Float64Array => accepted(solver.solve(b));
  return {
    solve,
    solveAll: (sides) => solver.solveAll(sides).map(accepted),
    absorb: (node, strength) => {
      const unit = new Float64Array(matrix.count);
      unit[node] = 1;
      const c = solve(unit);
      const s = scaleOf(strength, c[node]!);
      if (strength === Number.POSITIVE_INFINITY) isolate(graph, matrix, node);
      else matrix.diagonal[node] = matrix.diagonal[node]! + strength;
      solver.follow();
      added++;
      for (let i = 0; i < c.length; i++) c[i] = c[i]! * s;
      return c;
    },
    get added() {
      return added;
    },
  };
}

/** Gives a node the identity's row and column: its value is fixed from now on. */
function isolate(graph: KernelGraph, matrix: HalfMatrix, node: number): void {
  const { start, column } = graph.weights;
  for (let e = start[node]!; e < start[node + 1]!; e++) {
    const j = column[e]!;
    const row = Math.min(node, j);
    const other = Math.max(node, j);
    for (let f = matrix.start[row]!; f < matrix.start[row + 1]!; f++) {
      if (matrix.column[f] === other) matrix.value[f] = 0;
    }
  }
  matrix.diagonal[node] = 1;
}
