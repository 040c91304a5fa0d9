import { type CovarianceRequest, visitStrips, whitenedRows } from "./dense-kernel.ts";
import { denseKernel, reserve, viewAt } from "./wasm/instance.ts";

/** Candidates whose columns are read at once: with 200 rows 400 kB, which stays in the second-level cache. */
const STRIP = 256;

/** A factor L of the points' own matrix and z = L^-1 (y - m). */
export interface Factor {
  readonly l: Float64Array;
  readonly ld: number;
  readonly z: Float64Array;
}

export interface SolvedStrip {
  /** Candidates `start` to `start + size` of the pool. */
  readonly start: number;
  readonly size: number;
  /** Column k of V = L^-1 K stands from k * rows. Holds until the visit ends, as all of it. */
  readonly columns: Float64Array;
  readonly rows: number;
  readonly means: Float64Array;
  readonly variances: Float64Array;
}

/**
 * Columns of V = L^-1 K(points, pool) and what they make of each candidate, row by row: mean + sum_i z_i V_i, variance - V_i^2, not below
 * `variance_min`. Cost M^2 / 2 a candidate. WebAssembly and plain code differ by rounding.
 */
export function visitSolved(
  request: CovarianceRequest,
  { l, ld, z }: Factor,
  { mean, variance_min }: { readonly mean: number; readonly variance_min: number },
  visit: (strip: SolvedStrip) => void,
): void {
  const kernel = denseKernel();
  const { pool, points, s2 } = request;
  const n = points.length;
  if (kernel === undefined) {
    const rows = whitenedRows(request, l, ld);
    for (let k = 0; k < pool.count; k++) {
      const columns = Float64Array.from(rows, (row) => row[k]!);
      let [own, variance] = [mean, s2];
      for (let i = 0; i < n; i++) {
        own += z[i]! * columns[i]!;
        variance = Math.max(variance_min, variance - columns[i]! * columns[i]!);
      }
      const [means, variances] = [Float64Array.of(own), Float64Array.of(variance)];
      visit({ start: k, size: 1, columns, rows: n, means, variances });
    }
    return;
  }
  const rows = (n + 3) & ~3;
  const lengths = [rows, STRIP * rows, STRIP, STRIP];
  const solve = { l, ld, rows: n };
  visitStrips(request, { solve, lengths, width: STRIP }, ({ at, width, start, size, places }) => {
    const [zAt = 0, out = 0, meanAt = 0, varianceAt = 0] = places;
    viewAt(kernel, zAt, rows).fill(0, n).set(z.subarray(0, n));
    const means = viewAt(kernel, meanAt, STRIP).fill(mean);
    const variances = viewAt(kernel, varianceAt, STRIP).fill(s2);
    const even = (size + 1) & ~1;
    kernel.turnColumns(rows, even, width, at, zAt, variance_min, out, meanAt, varianceAt);
    visit({ start, size, columns: viewAt(kernel, out, size * rows), rows, means, variances });
  });
}

/**
 * A look at every candidate: its mean, to rounding, by the weights A^-1 (y - m), and the variance that the first `rows` points alone leave,
 * which no further point raises. Cost M + rows^2 / 2 a candidate. `undefined` without WebAssembly.
 */
export function glanceAtPool(
  request: CovarianceRequest,
  { l, ld }: Omit<Factor, "z">,
  weights: Float64Array,
  rows: number,
): { readonly sums: Float64Array; readonly variances: Float64Array } | undefined {
  const kernel = denseKernel();
  if (kernel === undefined) return undefined;
  const { pool, points, s2 } = request;
  const n = points.length;
  const sums = new Float64Array(pool.count);
  const variances = new Float64Array(pool.count);
  visitStrips(
    request,
    {
      solve: { l, ld, rows },
      width: STRIP,
      lengths: [n, STRIP],
      before: ({ at, width, start, size, places: [weightAt = 0, out = 0] }) => {
        viewAt(kernel, weightAt, n).set(weights);
        const view = viewAt(kernel, out, STRIP).fill(0);
        kernel.weighRows(n, (size + 3) & ~3, width, at, weightAt, out);
        sums.set(view.subarray(0, size), start);
      },
    },
    ({ at, width, start, size, places: [, out = 0] }) => {
      const view = viewAt(kernel, out, STRIP).fill(0);
      kernel.addSquares(rows, (size + 3) & ~3, width, at, out);
      for (let k = 0; k < size; k++) variances[start + k] = s2 - view[k]!;
    },
  );
  return { sums, variances };
}

/**
 * row_k -= sum_j l_j V_kj over the first l.length numbers of each column (`room` numbers apart), four a sum: the bits of `reduced` in the
 * plain code. Cost 2 l.length a candidate.
 */
export function reduceByColumns(
  row: Float64Array,
  columns: Float64Array,
  room: number,
  l: Float64Array,
): boolean {
  const kernel = denseKernel();
  if (kernel === undefined) return false;
  const [at = 0, lAt = 0, rowAt = 0] = reserve(kernel, [STRIP * room, l.length, STRIP]);
  viewAt(kernel, lAt, l.length).set(l);
  const strip = viewAt(kernel, at, STRIP * room);
  const part = viewAt(kernel, rowAt, STRIP);
  for (let start = 0; start < row.length; start += STRIP) {
    const size = Math.min(STRIP, row.length - start);
    strip.set(columns.subarray(start * room, (start + size) * room));
    part.set(row.subarray(start, start + size));
    kernel.reduceColumns(l.length, (size + 1) & ~1, room, at, lAt, rowAt);
    row.set(part.subarray(0, size), start);
  }
  return true;
}
