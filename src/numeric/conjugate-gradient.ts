import { multiply, type SparseMatrix } from "./sparse-matrix.ts";

/** z = M^-1 r for a symmetric positive definite M that resembles A. */
export type Preconditioner = (residual: Float64Array, out: Float64Array) => void;

export interface ConjugateGradientResult {
  readonly x: Float64Array;
  readonly iterations: number;
  /** |b - A x| / |b| reached, by the recurrence. */
  readonly residual: number;
  readonly converged: boolean;
}

/**
 * Solves A x = b, A symmetric positive definite, by preconditioned conjugate gradients (M. R. Hestenes, E. Stiefel, J. Res. NBS
 * 49, 409 (1952)) until |r| <= tolerance |b|.
 */
export function conjugateGradient(
  matrix: SparseMatrix,
  b: Float64Array,
  precondition: Preconditioner,
  tolerance = 1e-10,
  iterations_max = 2000,
): ConjugateGradientResult {
  const n = matrix.count;
  const x = new Float64Array(n);
  const r = b.slice();
  const z = new Float64Array(n);
  const q = new Float64Array(n);
  const scale = Math.sqrt(dot(b, b));
  if (scale === 0) return { x, iterations: 0, residual: 0, converged: true };
  precondition(r, z);
  const p = z.slice();
  let rho = dot(r, z);
  for (let iteration = 1; iteration <= iterations_max; iteration++) {
    multiply(matrix, p, q);
    const alpha = rho / dot(p, q);
    for (let i = 0; i < n; i++) {
      x[i]! += alpha * p[i]!;
      r[i]! -= alpha * q[i]!;
    }
    const residual = Math.sqrt(dot(r, r)) / scale;
    if (residual <= tolerance || !Number.isFinite(residual)) {
      return { x, iterations: iteration, residual, converged: residual <= tolerance };
    }
    precondition(r, z);
    const following = dot(r, z);
    const beta = following / rho;
    rho = following;
    for (let i = 0; i < n; i++) p[i] = z[i]! + beta * p[i]!;
  }
  return {
    x,
    iterations: iterations_max,
    residual: Math.sqrt(dot(r, r)) / scale,
    converged: false,
  };
}

/** M = the diagonal of A. */
export function jacobiPreconditioner(diagonal: Float64Array): Preconditioner {
  return (residual, out) => {
    for (let i = 0; i < residual.length; i++) out[i] = residual[i]! / diagonal[i]!;
  };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
