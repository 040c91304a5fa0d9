import type { HalfMatrix } from "../eisenstat-solver.ts";
import { type FourPasses, TOGETHER } from "../four-passes.ts";
import { FOUR_KERNEL_BASE64 } from "./four-kernel-binary.ts";
import { createInstance, type KernelMemory, reserve } from "./instance.ts";

/** The functions of four-kernel.assembly; every pointer is a byte address in `memory`. */
interface FourKernel extends KernelMemory {
  divideLower(...args: Addresses<6>): void;
  divideUpper(...args: Addresses<7>): void;
  turnAndDivide(...args: Addresses<9>): void;
  multiply(...args: Addresses<10>): void;
  advance(...args: Addresses<8>): void;
}

/** The number of rows and addresses, in the order of four-kernel.assembly. */
type Addresses<N extends number, T extends number[] = []> = T["length"] extends N
  ? T
  : Addresses<N, [...T, number]>;

/** Smaller systems are solved before a kernel is made ready. */
const COUNT_min = 2000;
/** Bytes of a row of four. */
const ROW_bytes = 8 * TOGETHER;

/**
 * The passes in WebAssembly with SIMD, in a memory of their own that goes with them: twice as fast as the plain ones, and the same to the bit.
 * `undefined` for small systems, and where the runtime has no SIMD.
 */
export function compiledPasses(
  matrix: HalfMatrix,
  pivot: Float64Array,
  count_min = COUNT_min,
): FourPasses | undefined {
  const { count: n, start, column, value, diagonal } = matrix;
  if (n < count_min) return undefined;
  const kernel = createInstance<FourKernel>(FOUR_KERNEL_BASE64);
  if (kernel === undefined) return undefined;
  const fours = new Array<number>(5).fill(TOGETHER * n);
  const lengths = [TOGETHER, TOGETHER, (n + 2) / 2, (column.length + 1) / 2, column.length, n, n];
  const [small, out, starts, columns, values, pivots, diagonals, r, p, q, t, sum] = reserve(
    kernel,
    [...lengths.map(Math.ceil), ...fours],
  ) as Addresses<12>;
  const { buffer } = kernel.memory;
  const doubles = (at: number, length: number) => new Float64Array(buffer, at, length);
  new Int32Array(buffer, starts, n + 1).set(start);
  const offsets = new Int32Array(buffer, columns, column.length);
  for (let e = 0; e < offsets.length; e++) offsets[e] = ROW_bytes * column[e]!;
  doubles(values, value.length).set(value);
  doubles(pivots, n).set(pivot);
  doubles(diagonals, n).set(diagonal);
  const [factors, results] = [doubles(small, TOGETHER), doubles(out, TOGETHER)];
  return {
    r: doubles(r, TOGETHER * n),
    begin: () => kernel.divideLower(n, starts, columns, values, pivots, r),
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
    finish: () => {
      kernel.divideUpper(n, starts, columns, values, pivots, sum, t);
      return doubles(t, TOGETHER * n);
    },
  };
}
