import {
  choleskyInPlace,
  inverseFromFactor,
  solveLower,
  solveLowerTransposed,
} from "../../numeric/dense-kernel.ts";
import { dot } from "../../numeric/dot.ts";
import { correlationsWithSlopes, type KernelKind } from "./kernel.ts";

/** Results of a process: squared distances of each pair by group of columns (rows of the lower triangle), and values. */
export interface EvidenceProblem {
  readonly count: number;
  readonly kind: KernelKind;
  readonly distances: readonly Float64Array[];
  readonly y: Float64Array;
}

/**
 * The two costly parts of the evidence of a Gaussian process, A = s^2 C + diag = L L' with C the kernel at r2 = sum_d D_d / w_d^2:
 * the factor, then at the same hyperparameters its slopes. Cost count^3 / 2 together.
 */
export interface Evidence {
  /** `undefined` where A cannot be factored. The diagonal of A holds s^2, jitter and noise. */
  factor(
    inverseSquares: Float64Array,
    s2: number,
    diagonal: Float64Array,
  ): EvidenceFactor | undefined;
  /** z = L^-1 (y - m). After {@link factor}, once. */
  slopes(z: Float64Array): EvidenceSlopes;
}

export interface EvidenceFactor {
  /** L_ii */
  readonly pivots: Float64Array;
  /** L^-1 y and L^-1 1. */
  readonly z: Float64Array;
  readonly ones: Float64Array;
}

/** With W = A^-1 - alpha alpha', alpha = A^-1 (y - m). */
export interface EvidenceSlopes {
  /** For each group sum_{j < i} W_ij s^2 c'_ij D_d,ij; c' the factor of D_d / w_d^2 in the derivative of C by ln w_d. */
  readonly widths: Float64Array;
  /** sum_ij W_ij s^2 C_ij */
  readonly signal: number;
  /** W_ii */
  readonly diagonal: Float64Array;
}

/** Pair by pair. Memory (groups + 2) count^2 / 2 + 2 count^2 numbers. */
export function createPlainEvidence({ count: n, kind, distances, y }: EvidenceProblem): Evidence {
  const a = new Float64Array(n * n);
  const slopes = new Float64Array((n * (n - 1)) / 2);
  const covariances = new Float64Array(slopes.length);
  let variance = 0;
  return {
    factor: (inverseSquares, s2, diagonal) => {
      variance = s2;
      covariances.fill(0);
      for (const [d, own] of distances.entries())
        for (let p = 0; p < own.length; p++) covariances[p]! += own[p]! * inverseSquares[d]!;
      correlationsWithSlopes(kind, covariances, slopes);
      for (let i = 0, p = 0; i < n; i++) {
        for (let j = 0; j < i; j++, p++) {
          covariances[p]! *= s2;
          slopes[p]! *= s2;
          a[i * n + j] = covariances[p]!;
        }
        a[i * n + i] = diagonal[i]!;
      }
      if (choleskyInPlace(a, n, n) !== 0) return undefined;
      const z = y.slice();
      const ones = new Float64Array(n).fill(1);
      solveLower(a, n, n, z);
      solveLower(a, n, n, ones);
      return { pivots: z.map((_, i) => a[i * n + i]!), z, ones };
    },
    slopes: (z) => {
      const alpha = z.slice();
      solveLowerTransposed(a, n, n, alpha);
      const inverse = inverseFromFactor(a, n, n);
      const diagonal = alpha.map((v, i) => inverse[i * n + i]! - v * v);
      let signal = 0;
      for (let i = 0, p = 0; i < n; i++) {
        const [row, own] = [i * n, alpha[i]!];
        for (let j = 0; j < i; j++, p++) {
          const w = inverse[row + j]! - own * alpha[j]!;
          signal += 2 * w * covariances[p]!;
          slopes[p] = w * slopes[p]!;
        }
        signal += diagonal[i]! * variance;
      }
      return { widths: Float64Array.from(distances, (one) => dot(slopes, one)), signal, diagonal };
    },
  };
}
