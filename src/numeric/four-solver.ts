import type { HalfMatrix, HalfSolution } from "./eisenstat-solver.ts";
import { type FourPasses, plainPasses, TOGETHER } from "./four-passes.ts";
import { compiledPasses } from "./wasm/four-kernel.ts";

/**
 * The same as `solveHalf` for several right-hand sides, to the bit: four share each pass over the matrix, so that its entries are
 * fetched once and four chains of dependent operations overlap. Each stops by itself. In WebAssembly where there is SIMD.
 */
export function solveHalfTogether(
  matrix: HalfMatrix,
  pivot: Float64Array,
  sides: readonly Float64Array[],
  limits: Limits,
  create: CreatePasses = compiledPasses,
): HalfSolution[] {
  const solutions: HalfSolution[] = [];
  for (let k = 0; k < sides.length; k += TOGETHER) {
    const passes = create(matrix, pivot) ?? plainPasses(matrix, pivot);
    solutions.push(...solveFour(passes, pivot, sides.slice(k, k + TOGETHER), limits));
  }
  return solutions;
}

type CreatePasses = (matrix: HalfMatrix, pivot: Float64Array) => FourPasses | undefined;

interface Limits {
  readonly tolerance: number;
  readonly iterations_max: number;
}

function solveFour(
  passes: FourPasses,
  pivot: Float64Array,
  sides: readonly Float64Array[],
  { tolerance, iterations_max }: Limits,
): HalfSolution[] {
  const { r } = passes;
  const n = pivot.length;
  for (const [k, side] of sides.entries()) for (let i = 0; i < n; i++) r[4 * i + k] = side[i]!;
  passes.begin();
  const rho = new Float64Array(TOGETHER);
  for (let at = 0; at < 4 * n; at++) rho[at & 3]! += pivot[at >> 2]! * r[at]! * r[at]!;
  const first = rho.slice();
  const iterations = new Int32Array(TOGETHER);
  const isOpen = (k: number): boolean =>
    rho[k]! > tolerance * tolerance * first[k]! && iterations[k]! < iterations_max;
  const [alpha, beta] = [new Float64Array(TOGETHER), new Float64Array(TOGETHER)];
  for (;;) {
    const open = [0, 1, 2, 3].map(isOpen);
    if (!open.includes(true)) break;
    const product = passes.multiply(beta);
    // One that has ended stays what it is: it moves by nothing.
    for (let k = 0; k < TOGETHER; k++) alpha[k] = open[k] ? rho[k]! / product[k]! : 0;
    const following = passes.advance(alpha);
    for (let k = 0; k < TOGETHER; k++) {
      beta[k] = open[k] ? following[k]! / rho[k]! : 0;
      if (!open[k]) continue;
      iterations[k]! += 1;
      rho[k] = following[k]!;
    }
  }
  const x = passes.finish();
  return sides.map((_, k) => ({
    x: columnOf(x, k),
    iterations: iterations[k]!,
    residual: first[k]! > 0 ? Math.sqrt(rho[k]! / first[k]!) : 0,
  }));
}

function columnOf(fours: Float64Array, k: number): Float64Array {
  const x = new Float64Array(fours.length / TOGETHER);
  for (let i = 0; i < x.length; i++) x[i] = fours[TOGETHER * i + k]!;
  return x;
}
