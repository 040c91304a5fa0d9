import { choleskyInPlace, solveLower, solveLowerTransposed } from "./cholesky.ts";
import type { HalfMatrix, HalfSolution } from "./eisenstat-solver.ts";

/** More aggregates than this cost more by their factor than they save. */
const AGGREGATES_max = 900;

/** A coarse image of a matrix: what is smooth over the width of a kernel. */
export interface CoarseLevel {
  /** Aggregate of each node. */
  readonly aggregate: Int32Array;
  readonly count: number;
  /** Cholesky factor of P' A P, count x count. */
  readonly factor: Float64Array;
}

/** Nodes by the cells of a grid of the given width, in the units of the points. */
function aggregateByCells(
  points: Float64Array,
  dimension: number,
  width: number,
): { aggregate: Int32Array; count: number } {
  const numbers = new Map<string, number>();
  const aggregate = Int32Array.from({ length: points.length / dimension }, (_, i) => {
    const cell = Array.from({ length: dimension }, (_, k) =>
      Math.floor(points[i * dimension + k]! / width),
    ).join();
    const known = numbers.get(cell) ?? numbers.size;
    numbers.set(cell, known);
    return known;
  });
  return { aggregate, count: numbers.size };
}

/**
 * The Galerkin image P' A P of a matrix on aggregates of nodes, P piecewise constant; `undefined` where it is not positive definite.
 * It stays a good preconditioner while a few rows of the matrix change.
 *
 * @param width of an aggregate: about that of the kernel, wider where there would be too many
 */
export function coarsen(
  { count: n, start, column, value, diagonal }: HalfMatrix,
  { points, dimension, width }: { points: Float64Array; dimension: number; width: number },
): CoarseLevel | undefined {
  let cells = aggregateByCells(points, dimension, width);
  for (let wider = width * 1.25; cells.count > AGGREGATES_max; wider *= 1.25)
    cells = aggregateByCells(points, dimension, wider);
  const { aggregate, count } = cells;
  const factor = new Float64Array(count * count);
  for (let i = 0; i < n; i++) {
    const a = aggregate[i]!;
    factor[a * count + a]! += diagonal[i]!;
    for (let e = start[i]!; e < start[i + 1]!; e++) {
      const b = aggregate[column[e]!]!;
      factor[a * count + b]! += value[e]!;
      factor[b * count + a]! += value[e]!;
    }
  }
  return choleskyInPlace(factor, count, count) === 0 ? { aggregate, count, factor } : undefined;
}

/**
 * Solves A x = b by conjugate gradients with the preconditioner D^-1 + P (P' A P)^-1 P' (two-level additive Schwarz: M. Dryja, O. B. Widlund,
 * 1987). Meant for wide kernels: what is rough, D^-1 settles at once, what is smooth over a kernel's width, the aggregates do.
 * Stops at a residual of `tolerance` times the first, in the norm of the preconditioner.
 */
export function solveTwoLevel(
  matrix: HalfMatrix,
  coarse: CoarseLevel,
  b: Float64Array,
  { tolerance, iterations_max }: { tolerance: number; iterations_max: number },
): HalfSolution {
  const n = matrix.count;
  const x = new Float64Array(n);
  const r = b.slice();
  const z = new Float64Array(n);
  const q = new Float64Array(n);
  let rho = precondition(matrix, coarse, r, z);
  const p = z.slice();
  const first = rho;
  let iterations = 0;
  while (rho > tolerance * tolerance * first && iterations < iterations_max) {
    iterations++;
    const alpha = rho / multiply(matrix, p, q);
    for (let i = 0; i < n; i++) {
      x[i]! += alpha * p[i]!;
      r[i]! -= alpha * q[i]!;
    }
    const following = precondition(matrix, coarse, r, z);
    const beta = following / rho;
    rho = following;
    for (let i = 0; i < n; i++) p[i] = z[i]! + beta * p[i]!;
  }
  return { x, iterations, residual: first > 0 ? Math.sqrt(rho / first) : 0 };
}

/** q = A p; returns p.q. */
function multiply(matrix: HalfMatrix, p: Float64Array, q: Float64Array): number {
  const { count, start, column, value, diagonal } = matrix;
  for (let i = 0; i < count; i++) q[i] = diagonal[i]! * p[i]!;
  for (let i = 0; i < count; i++) {
    const own = p[i]!;
    let sum = 0;
    const end = start[i + 1]!;
    for (let e = start[i]!; e < end; e++) {
      const v = value[e]!;
      const j = column[e]!;
      sum += v * p[j]!;
      q[j]! += v * own;
    }
    q[i]! += sum;
  }
  let product = 0;
  for (let i = 0; i < count; i++) product += p[i]! * q[i]!;
  return product;
}

/** z = M^-1 r; returns r.z. */
function precondition(
  { count: n, diagonal }: HalfMatrix,
  { aggregate, count, factor }: CoarseLevel,
  r: Float64Array,
  z: Float64Array,
): number {
  const sums = new Float64Array(count);
  for (let i = 0; i < n; i++) sums[aggregate[i]!]! += r[i]!;
  solveLower(factor, count, count, sums);
  solveLowerTransposed(factor, count, count, sums);
  let product = 0;
  for (let i = 0; i < n; i++) {
    z[i] = r[i]! / diagonal[i]! + sums[aggregate[i]!]!;
    product += r[i]! * z[i]!;
  }
  return product;
}
