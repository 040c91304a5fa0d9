import { CORRELATION_NUMBER } from "../../numeric/dense-kernel.ts";
import { dot } from "../../numeric/dot.ts";
import { DENSE_KERNEL_BASE64 } from "../../numeric/wasm/dense-kernel-binary.ts";
import { createInstance, type DenseKernel, reserve, viewAt } from "../../numeric/wasm/instance.ts";
import type { Evidence, EvidenceFactor, EvidenceProblem } from "./evidence.ts";

/** Pivot of the rows that carry values and ones: its share of the inverse is below 1e-90. */
const CARRIER_pivot = 1e100;

/** Rows after which sums of the inverse are cut. */
const INVERSE_cut = 32;
/** More distances than these (numbers; memory that is kept) are left to the plain code. */
const DISTANCES_max = 4e6;

/** This thread's kernel, and the problem whose distances lie in its memory. */
interface Desk {
  readonly kernel: DenseKernel | undefined;
  holder?: object;
}

let desk: Desk | undefined;

/**
 * {@link Evidence} in WebAssembly: about half of the time of the plain code, equal to it to rounding; `undefined` where the runtime has no SIMD,
 * or the problem is too large. Values and ones are two more rows of A, so that the factorisation solves for them. One memory for all
 * problems, (groups + 4) count^2 numbers: distances are copied in again where another problem was asked since.
 */
export function createCompiledEvidence(problem: EvidenceProblem): Evidence | undefined {
  desk ??= { kernel: createInstance<DenseKernel>(DENSE_KERNEL_BASE64) };
  const { kernel } = desk;
  if (kernel === undefined) return undefined;
  const { count: n, kind, y } = problem;
  const groups = problem.distances.length;
  const m = (n + 2 + 3) & ~3;
  const square = m * m;
  if (groups * square > DISTANCES_max) return undefined;
  const lengths = [groups * square, square, square, square, square, m * 128 + 8192, m, m, groups];
  const places = reserve(kernel, lengths);
  const [d = 0, a = 0, s = 0, t = 0, c = 0, work = 0, zAt = 0, alphaAt = 0, sums = 0] = places;
  const row = (i: number): Float64Array => viewAt(kernel, a + 8 * i * m, m);
  let variance = 0;
  let noise = new Float64Array(0);

  const load = (): void => {
    if (desk?.holder === problem) return;
    reserve(kernel, lengths);
    loadDistances(viewAt(kernel, d, groups * square), problem, m);
    desk!.holder = problem;
  };
  const factor = (
    inverseSquares: Float64Array,
    s2: number,
    diagonal: Float64Array,
  ): EvidenceFactor | undefined => {
    load();
    [variance, noise] = [s2, diagonal.map((value) => value - s2)];
    viewAt(kernel, sums, groups).set(inverseSquares);
    kernel.fillEvidence(n, m, groups, CORRELATION_NUMBER[kind], s2, d, sums, a, s);
    for (let i = 0; i < m; i++) {
      if (i >= n) row(i).fill(0);
      row(i)[i] = i < n ? diagonal[i]! : i < m - 2 ? 1 : CARRIER_pivot;
    }
    row(m - 2).set(y);
    row(m - 1).fill(1, 0, n);
    if (kernel.cholesky(m, a, work) !== 0) return undefined;
    const matrix = viewAt(kernel, a, square);
    const pivots = y.map((_, i) => matrix[i * m + i]!);
    return { pivots, z: row(m - 2).slice(0, n), ones: row(m - 1).slice(0, n) };
  };
  return {
    factor,
    slopes: (z) => {
      viewAt(kernel, t, square).fill(0);
      const inverse = viewAt(kernel, c, square).fill(0);
      kernel.inverse(m, a, t, c, work, INVERSE_cut);
      viewAt(kernel, zAt, n).set(z);
      kernel.slopeEvidence(n, m, groups, d, s, t, c, zAt, alphaAt, sums);
      const diagonal = viewAt(kernel, alphaAt, n).map((v, i) => inverse[i * m + i]! - v * v);
      const widths = viewAt(kernel, sums, groups).map((sum) => sum * variance);
      // sum_ij W_ij A_ij = n - (y - m)' alpha; what the diagonal has beyond s^2 is not the signal's.
      return { widths, diagonal, signal: n - dot(z, z) - dot(diagonal, noise) };
    },
  };
}

/** Rows of the lower triangle to square matrices, zero elsewhere. */
function loadDistances(view: Float64Array, { count, distances }: EvidenceProblem, m: number): void {
  view.fill(0);
  for (const [g, pairs] of distances.entries())
    for (let i = 1, p = 0; i < count; p += i, i++)
      view.set(pairs.subarray(p, p + i), (g * m + i) * m);
}
