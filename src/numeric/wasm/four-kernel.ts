import type { HalfMatrix } from "../eisenstat-solver.ts";
import { FOUR_KERNEL_BASE64 } from "./four-kernel-binary.ts";
import { createInstance, type KernelMemory, reserve } from "./instance.ts";

/** Right-hand sides that go through the matrix together: what one waits for, another uses. */
export const TOGETHER = 4;

/** The functions of four-kernel.assembly; every pointer is a byte address in `memory`. */
interface FourKernel extends KernelMemory {
  begin(...args: Addresses<7>): void;
  turnAndDivide(...args: Addresses<9>): void;
  multiply(...args: Addresses<10>): void;
  advance(...args: Addresses<8>): void;
  settle(...args: Addresses<8>): void;
  residual(...args: Addresses<8>): void;
}

/** The number of rows and addresses, in the order of four-kernel.assembly. */
type Addresses<N extends number, T extends number[] = []> = T["length"] extends N
  ? T
  : Addresses<N, [...T, number]>;

/** Bytes of a row of four in single precision. */
const ROW_bytes = 4 * TOGETHER;

/** The passes over a half matrix that conjugate gradients on (P + L)^-1 A (P + U)^-1 need, for four vectors at once. */
export interface FourPasses {
  /** Where row i of the matrix stands: entry k of it at 4 place[i] + k. */
  readonly place: Int32Array;
  readonly x: Float64Array;
  /** r becomes (P + L)^-1 (b - A x), b being 0 but where `sides` says; returns r' P r of each. */
  begin(sides: SparseSides): Float64Array;
  /** p = P r + beta p; q = (P + L)^-1 A (P + U)^-1 p; returns p.q of each. p is 0 before the first call. */
  multiply(beta: Float64Array): Float64Array;
  /** sum += alpha p, r -= alpha q; returns the new r' P r of each. */
  advance(alpha: Float64Array): Float64Array;
  /** x += (P + U)^-1 sum; sum becomes 0. */
  settle(): void;
}

/** Entries of up to four right-hand sides that are not 0, each at 4 times the place of its row plus its number. */
export interface SparseSides {
  readonly at: Int32Array;
  readonly value: Float64Array;
}

/**
 * The passes in WebAssembly with SIMD, in a memory of their own that goes with them. Rounds are made in single precision, x and
 * residuals are in double. `undefined` where the runtime has no SIMD.
 */
export function compiledPasses(matrix: HalfMatrix, pivot: Float64Array): FourPasses | undefined {
  const { count: n, start, column, value, diagonal } = matrix;
  const kernel = createInstance<FourKernel>(FOUR_KERNEL_BASE64);
  if (kernel === undefined) return undefined;
  const entries = column.length;
  const halves = [n + 1, entries, entries, n].map((length) => Math.ceil(length / 2));
  // A right-hand side in double precision takes the places of q and t, which stand side by side.
  const vectors = [2 * n, 2 * n, 2 * n, 2 * n, 2 * n, 4 * n];
  const [small, out, starts, columns, values, pivots, exact, diagonals, r, p, sum, q, t, x] =
    reserve(kernel, [2, TOGETHER, ...halves, entries, n, ...vectors]) as Addresses<14>;
  const { buffer } = kernel.memory;
  const doubles = (at: number, length: number) => new Float64Array(buffer, at, length);
  const order = orderByWaves(matrix);
  const place = new Int32Array(n);
  for (let k = 0; k < n; k++) place[order[k]!] = k;
  const starting = new Int32Array(buffer, starts, n + 1);
  const offsets = new Int32Array(buffer, columns, entries);
  const single = new Float32Array(buffer, values, entries);
  const singlePivot = new Float32Array(buffer, pivots, n);
  const double = doubles(exact, entries);
  const doubleDiagonal = doubles(diagonals, n);
  let used = 0;
  for (let k = 0; k < n; k++) {
    const i = order[k]!;
    singlePivot[k] = pivot[i]!;
    doubleDiagonal[k] = diagonal[i]!;
    const end = start[i + 1]!;
    for (let e = start[i]!; e < end; e++) {
      offsets[used] = ROW_bytes * place[column[e]!]!;
      double[used] = value[e]!;
      used++;
    }
    starting[k + 1] = used;
  }
  single.set(double);
  const [factors, results] = [new Float32Array(buffer, small, TOGETHER), doubles(out, TOGETHER)];
  const b = doubles(q, TOGETHER * n);
  return {
    place,
    x: doubles(x, TOGETHER * n),
    begin: (sides) => {
      b.fill(0);
      for (let e = 0; e < sides.at.length; e++) b[sides.at[e]!] = sides.value[e]!;
      kernel.residual(n, starts, columns, exact, diagonals, x, q, r);
      kernel.begin(n, starts, columns, values, pivots, r, out);
      return results;
    },
    multiply: (beta) => {
      factors.set(beta);
      kernel.turnAndDivide(n, starts, columns, values, pivots, small, r, p, t);
      kernel.multiply(n, starts, columns, values, pivots, diagonals, p, t, q, out);
      return results;
    },
    advance: (alpha) => {
      factors.set(alpha);
      kernel.advance(n, pivots, small, p, q, r, sum, out);
      return results;
    },
    settle: () => kernel.settle(n, starts, columns, values, pivots, sum, t, x),
  };
}

/**
 * Rows in the order of waves: each comes after all that are joined to it from above, and those of one wave do not know each other, so that none
 * waits for the one before it. Passes in this order do what those in the order of the rows do.
 */
function orderByWaves({ count: n, start, column }: HalfMatrix): Int32Array {
  const wave = new Int32Array(n);
  let last = 0;
  for (let i = 0; i < n; i++) {
    const next = wave[i]! + 1;
    const end = start[i + 1]!;
    for (let e = start[i]!; e < end; e++) {
      const j = column[e]!;
      if (wave[j]! < next) wave[j] = next;
    }
    if (next > last) last = next;
  }
  const first = new Int32Array(last + 1);
  for (let i = 0; i < n; i++) first[wave[i]! + 1]! += 1;
  for (let k = 0; k < last; k++) first[k + 1]! += first[k]!;
  const order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[first[wave[i]!]!++] = i;
  return order;
}
