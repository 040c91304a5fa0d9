import { denseKernel, reserve, viewAt } from "./wasm/instance.ts";

/** A sum of plane waves at many points. */
export interface FourierSum {
  /** Column-major: column c of point n at `points[c * count + n]`. */
  readonly points: Float64Array;
  readonly count: number;
  readonly columns: number;
  /** Row-major, features x columns. */
  readonly omega: Float64Array;
  readonly phase: Float64Array;
  readonly weight: Float64Array;
}

const BLOCK = 1024;

/** out[n] += sum_i weight_i cos(omega_i x_n + phase_i). Cost count x features cosines, 2 ns each in WebAssembly. */
export function addFourierFeatures(sum: FourierSum, out: Float64Array): void {
  const { points, count, columns, omega, phase, weight } = sum;
  const kernel = denseKernel();
  if (kernel === undefined) {
    addPlainFeatures(sum, out);
    return;
  }
  const features = phase.length;
  const [poolAt = 0, omegaAt = 0, phaseAt = 0, weightAt = 0, outAt = 0] = reserve(kernel, [
    columns * BLOCK,
    features * columns,
    features,
    features,
    BLOCK,
  ]);
  viewAt(kernel, omegaAt, features * columns).set(omega);
  viewAt(kernel, phaseAt, features).set(phase);
  viewAt(kernel, weightAt, features).set(weight);
  const pool = viewAt(kernel, poolAt, columns * BLOCK);
  const result = viewAt(kernel, outAt, BLOCK);
  for (let start = 0; start < count; start += BLOCK) {
    const size = Math.min(BLOCK, count - start);
    pool.fill(0);
    for (let c = 0; c < columns; c++) {
      const from = c * count + start;
      pool.set(points.subarray(from, from + size), c * BLOCK);
    }
    result.fill(0);
    kernel.fourier(
      (size + 7) & ~7,
      BLOCK,
      columns,
      features,
      poolAt,
      omegaAt,
      phaseAt,
      weightAt,
      outAt,
    );
    for (let n = 0; n < size; n++) out[start + n]! += result[n]!;
  }
}

function addPlainFeatures(sum: FourierSum, out: Float64Array): void {
  const { points, count, columns, omega, phase, weight } = sum;
  const angle = new Float64Array(BLOCK);
  for (let start = 0; start < count; start += BLOCK) {
    const size = Math.min(BLOCK, count - start);
    for (let i = 0; i < phase.length; i++) {
      angle.fill(phase[i]!);
      for (let c = 0; c < columns; c++) {
        const w = omega[i * columns + c]!;
        const at = c * count + start;
        for (let n = 0; n < size; n++) angle[n]! += w * points[at + n]!;
      }
      const a = weight[i]!;
      for (let n = 0; n < size; n++) out[start + n]! += a * Math.cos(angle[n]!);
    }
  }
}
