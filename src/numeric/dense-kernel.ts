import * as plain from "./cholesky.ts";
import { type DenseKernel, denseKernel, reserve, viewAt } from "./wasm/instance.ts";

export { solveLower, solveLowerTransposed } from "./cholesky.ts";

/** Below this size the copies cost more than WebAssembly saves (measured: docs/decisions/0030). */
const KERNEL_ROWS_min = 24;
/** Rows after which sums of an inverse are cut; another number would change the last bits of what is learnt from few results. */
const INVERSE_cut = 128;
/** Columns that are solved at once: with 200 rows 400 kB, which stays in the second-level cache. */
const STRIP = 256;

/** Correlations as `models/optimise/kernel.ts` defines them, by number. */
export const CORRELATION_NUMBER = { "squared-exponential": 0, "matern-5/2": 1 } as const;
export type CorrelationName = keyof typeof CORRELATION_NUMBER;

const padded = (n: number): number => (n + 3) & ~3;

/** As `cholesky.ts`, in WebAssembly where that is faster: a = L L' in place of the lower triangle. 0, or 1 + the failing row. */
export function choleskyInPlace(a: Float64Array, n: number, ld: number): number {
  const kernel = n < KERNEL_ROWS_min ? undefined : denseKernel();
  if (kernel === undefined) return plain.choleskyInPlace(a, n, ld);
  const m = padded(n);
  const [at = 0, work = 0] = reserve(kernel, [m * m, m * 32]);
  const view = viewAt(kernel, at, m * m);
  loadLower(view, m, a, n, ld);
  const failed = kernel.cholesky(m, at, work);
  if (failed !== 0) return failed;
  for (let i = 0; i < n; i++) a.set(view.subarray(i * m, i * m + i + 1), i * ld);
  return 0;
}

/** As `cholesky.ts`: the inverse of L L', full. */
export function inverseFromFactor(l: Float64Array, n: number, ld: number): Float64Array {
  const kernel = n < KERNEL_ROWS_min ? undefined : denseKernel();
  if (kernel === undefined) return plain.inverseFromFactor(l, n, ld);
  const m = padded(n);
  const [at = 0, t = 0, c = 0, work = 0] = reserve(kernel, [m * m, m * m, m * m, m * 128 + 8192]);
  loadLower(viewAt(kernel, at, m * m), m, l, n, ld);
  viewAt(kernel, t, m * m).fill(0);
  const result = viewAt(kernel, c, m * m).fill(0);
  kernel.inverse(m, at, t, c, work, INVERSE_cut);
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = result[i * m + j]!;
      out[i * n + j] = value;
      out[j * n + i] = value;
    }
  }
  return out;
}

/** Scaled points in columns (`values[c * count + n]`). */
export interface ScaledPool {
  readonly values: Float64Array;
  readonly count: number;
  readonly columns: number;
}

export interface CovarianceRequest {
  readonly kind: CorrelationName;
  /** Signal variance: covariance = s2 * correlation. */
  readonly s2: number;
  readonly pool: ScaledPool;
  /** Scaled points, one array a row. */
  readonly points: readonly Float64Array[];
}

/** Covariances of each point with every pool point: one array of `pool.count` numbers a point. */
export function covarianceRows(request: CovarianceRequest): Float64Array[] {
  return buildRows(request, undefined, 0);
}

/** V = L^-1 K(points, pool), row by row; L is the factor of the points' own matrix (leading dimension ld). Cost count M^2 / 2. */
export function whitenedRows(
  request: CovarianceRequest,
  l: Float64Array,
  ld: number,
): Float64Array[] {
  return buildRows(request, l, ld);
}

function buildRows(
  request: CovarianceRequest,
  l: Float64Array | undefined,
  ld: number,
): Float64Array[] {
  const { pool, points, kind, s2 } = request;
  const rows = points.map(() => new Float64Array(pool.count));
  if (denseKernel() === undefined) {
    points.forEach((point, i) => {
      plain.covarianceRow(kind, pool.values, pool.count, point, s2, rows[i]!);
    });
    if (l !== undefined) plain.solveLowerRows(l, ld, rows, pool.count);
    return rows;
  }
  const solve = l === undefined ? undefined : { l, ld, rows: points.length };
  visitStrips(request, { solve }, ({ at, width, start, size }) => {
    const view = viewAt(denseKernel()!, at, rows.length * width);
    for (let i = 0; i < rows.length; i++)
      rows[i]!.set(view.subarray(i * width, i * width + size), start);
  });
  return rows;
}

/** A strip of candidates in the kernel's memory: row i of candidate `start + k` is number i * width + k from `at`. */
export interface Strip {
  readonly at: number;
  readonly width: number;
  readonly start: number;
  readonly size: number;
  /** Addresses of what the visitor asked for. */
  readonly places: readonly number[];
}

export interface StripOptions {
  /** Solves the first `rows` rows by the factor of the points' own matrix; absent: covariances stay as they are. */
  readonly solve?: { l: Float64Array; ld: number; rows: number } | undefined;
  /** Called before the strip is solved. */
  readonly before?: ((strip: Strip) => void) | undefined;
  /** Lengths of arrays that the visitors need beside it. */
  readonly lengths?: readonly number[] | undefined;
  readonly width?: number | undefined;
}

/** In WebAssembly: covariances of a strip with all points, then those solved. */
export function visitStrips(
  { pool, points, kind, s2 }: CovarianceRequest,
  { solve, before, lengths = [], width = solve === undefined ? 4096 : STRIP }: StripOptions,
  visit: (strip: Strip) => void,
): void {
  const kernel = denseKernel()!;
  const n = points.length;
  const m = padded(n);
  const solved = solve === undefined ? 0 : padded(solve.rows);
  const [lAt = 0, at = 0, work = 0, poolAt = 0, xAt = 0, ...places] = reserve(kernel, [
    solved * solved,
    m * width,
    (m + width) * 32,
    pool.columns * width,
    pool.columns,
    ...lengths,
  ]);
  if (solve !== undefined)
    loadLower(viewAt(kernel, lAt, solved * solved), solved, solve.l, solve.rows, solve.ld);
  viewAt(kernel, at, m * width).fill(0);
  for (let start = 0; start < pool.count; start += width) {
    const size = Math.min(width, pool.count - start);
    loadStrip(viewAt(kernel, poolAt, pool.columns * width), pool, start, size, width);
    const x = viewAt(kernel, xAt, pool.columns);
    for (let i = 0; i < n; i++) {
      x.set(points[i]!);
      kernel.covariance(
        CORRELATION_NUMBER[kind],
        padded(size),
        width,
        pool.columns,
        poolAt,
        xAt,
        s2,
        at + i * width * 8,
      );
    }
    const strip = { at, width, start, size, places };
    before?.(strip);
    if (solve !== undefined) kernel.solveStrip(solved, solved, lAt, padded(size), width, at, work);
    visit(strip);
  }
}

/** R R' of rows of equal length: n x n, full. Cost n^2 / 2 a column. */
export function gramOfRows(rows: readonly Float64Array[]): Float64Array {
  const n = rows.length;
  const count = rows[0]?.length ?? 0;
  const out = new Float64Array(n * n);
  const kernel = denseKernel();
  if (kernel === undefined) {
    plain.gram(rows, out);
    return out;
  }
  const m = padded(n);
  const [rAt = 0, gAt = 0, work = 0] = reserve(kernel, [m * STRIP, m * m, m * STRIP]);
  const g = viewAt(kernel, gAt, m * m).fill(0);
  const r = viewAt(kernel, rAt, m * STRIP).fill(0);
  for (let start = 0; start < count; start += STRIP) {
    const size = Math.min(STRIP, count - start);
    if (size < STRIP) r.fill(0);
    for (let i = 0; i < n; i++) r.set(rows[i]!.subarray(start, start + size), i * STRIP);
    kernel.addGram(m, STRIP, STRIP, rAt, gAt, work);
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      out[i * n + j] = g[i * m + j]!;
      out[j * n + i] = g[i * m + j]!;
    }
  }
  return out;
}

/** Copies a lower triangle and pads it with the identity. */
function loadLower(view: Float64Array, m: number, l: Float64Array, n: number, ld: number): void {
  for (let i = 0; i < n; i++) {
    view.set(l.subarray(i * ld, i * ld + i + 1), i * m);
    view.fill(0, i * m + i + 1, (i + 1) * m);
  }
  view.fill(0, n * m, m * m);
  for (let i = n; i < m; i++) view[i * m + i] = 1;
}

function loadStrip(
  view: Float64Array,
  pool: ScaledPool,
  start: number,
  size: number,
  width: number,
): void {
  for (let c = 0; c < pool.columns; c++) {
    const from = c * pool.count + start;
    view.set(pool.values.subarray(from, from + size), c * width);
    view.fill(0, c * width + size, (c + 1) * width);
  }
}

/** True where the compiled kernel is in use; for reports. */
export function isAccelerated(): boolean {
  const kernel: DenseKernel | undefined = denseKernel();
  return kernel !== undefined;
}
