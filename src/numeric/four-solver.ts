import { type HalfMatrix, type HalfSolution, solveHalf } from "./eisenstat-solver.ts";
import { compiledPasses, type FourPasses, type SparseSides, TOGETHER } from "./wasm/four-kernel.ts";

/** Smaller systems are solved before a kernel is made ready. */
const COUNT_min = 2000;
/** Single precision is trusted until the residual is this part of the last one that was taken in double. */
const TRUSTED = 1e-3;
/** So many rounds are made in single precision at most before its residual is looked at. */
const ROUNDS_max = 200;
/** Where the residual in double precision is not even this part of the one before, the system is too loosely grounded for single. */
const STALLED = 0.5;
/** Sides are made so much larger: their residuals then stay far above the least numbers of single precision. */
const SCALE = 2 ** 20;

/**
 * The same as `solveHalf` for several right-hand sides, to the tolerance: four share each pass over the matrix, and rounds are made in single
 * precision. Whenever the residual has fallen to a thousandth it is taken anew in double precision, from the solution so far, and the
 * rounds go on in their direction (reliable updates: G. L. G. Sleijpen, H. A. van der Vorst, Computing 56, 141 (1996)). Each side
 * stops by itself, at a residual of `tolerance` times the first, taken in double precision. In WebAssembly; small systems, those that single
 * precision does not get on with, and runtimes without SIMD, one side after the other.
 */
export function solveHalfTogether(
  matrix: HalfMatrix,
  pivot: Float64Array,
  sides: readonly Float64Array[],
  limits: Limits,
  count_min = COUNT_min,
): HalfSolution[] {
  const { tolerance, iterations_max } = limits;
  const passes = matrix.count < count_min ? undefined : compiledPasses(matrix, pivot);
  const solutions: HalfSolution[] = [];
  for (let k = 0; k < sides.length; k += TOGETHER) {
    const four = sides.slice(k, k + TOGETHER);
    const found = passes && solveFour(passes, four, limits);
    const alone = (side: Float64Array): HalfSolution =>
      solveHalf(matrix, pivot, side, tolerance, iterations_max);
    solutions.push(...(found ?? four.map(alone)));
  }
  return solutions;
}

interface Limits {
  readonly tolerance: number;
  readonly iterations_max: number;
}

function solveFour(
  passes: FourPasses,
  dense: readonly Float64Array[],
  { tolerance, iterations_max }: Limits,
): HalfSolution[] | undefined {
  const sides = sparseSides(dense, passes.place);
  passes.x.fill(0);
  const rho = passes.begin(sides).slice();
  const first = rho.slice();
  if (!first.every(isWithinReach(dense))) return undefined;
  const iterations = new Int32Array(TOGETHER);
  const alpha = new Float64Array(TOGETHER);
  /** 0 at first: what p holds from other sides is forgotten by it. */
  const beta = new Float64Array(TOGETHER);
  const isOpen = (k: number): boolean =>
    rho[k]! > tolerance * tolerance * first[k]! && iterations[k]! < iterations_max;
  let taken = rho.slice();
  let rounds = 0;
  for (;;) {
    const open = [0, 1, 2, 3].map(isOpen);
    if (!open.includes(true)) break;
    const product = passes.multiply(beta);
    // One that has ended stays what it is: it moves by nothing.
    for (let k = 0; k < TOGETHER; k++) alpha[k] = open[k] ? rho[k]! / product[k]! : 0;
    let following = passes.advance(alpha);
    rounds++;
    const isLate = rounds === ROUNDS_max;
    const isLow = open.map((is, k) => is && following[k]! < TRUSTED * TRUSTED * taken[k]!);
    const isEnd = open.every((is, k) => !is || following[k]! <= tolerance * tolerance * first[k]!);
    if (isLate || isEnd || isLow.includes(true)) {
      rounds = 0;
      passes.settle();
      following = passes.begin(sides);
      const isHigh = (k: number): boolean => following[k]! > STALLED * STALLED * taken[k]!;
      if (open.some((is, k) => is && (isLate || isLow[k]) && isHigh(k))) return undefined;
      taken = following.slice();
    }
    for (let k = 0; k < TOGETHER; k++) {
      beta[k] = open[k] ? following[k]! / rho[k]! : 0;
      if (!open[k]) continue;
      iterations[k]! += 1;
      rho[k] = following[k]!;
    }
  }
  passes.settle();
  return dense.map((_, k) => ({
    x: columnOf(passes, k),
    iterations: iterations[k]!,
    residual: first[k]! > 0 ? Math.sqrt(rho[k]! / first[k]!) : 0,
  }));
}

/** Squares of single precision go up to 3e38, and what is below 1e-18 is nothing there: a side of such numbers is solved in double. */
function isWithinReach(dense: readonly Float64Array[]) {
  return (first: number, k: number): boolean =>
    first === 0 ? dense[k]?.some((x) => x !== 0) !== true : Number.isFinite(first);
}

function sparseSides(dense: readonly Float64Array[], place: Int32Array): SparseSides {
  const at: number[] = [];
  const value: number[] = [];
  for (const [k, side] of dense.entries()) {
    for (let i = 0; i < side.length; i++) {
      if (side[i] === 0) continue;
      at.push(TOGETHER * place[i]! + k);
      value.push(SCALE * side[i]!);
    }
  }
  return { at: Int32Array.from(at), value: Float64Array.from(value) };
}

function columnOf({ x, place }: FourPasses, k: number): Float64Array {
  const column = new Float64Array(place.length);
  for (let i = 0; i < column.length; i++) column[i] = x[TOGETHER * place[i]! + k]! / SCALE;
  return column;
}
