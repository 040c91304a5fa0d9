import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createPrng } from "../../src/core/prng.ts";
import type { Parameters } from "../../src/domain/candidate.ts";
import type { ObjectiveSetting } from "../../src/domain/goal-settings.ts";

/** A pool of candidates with every outcome known. */
export interface BenchmarkPool {
  readonly name: string;
  readonly rows: readonly Parameters[];
  readonly outcomes: ReadonlyMap<string, Float64Array>;
  readonly objectives: readonly ObjectiveSetting[];
  /** Reference point of the hypervolume in the user's units. */
  readonly reference?: readonly number[];
}

/** Branin's function on a 101 x 101 grid, standardised inputs; minimise. */
export function braninPool(): BenchmarkPool {
  const rows = grid([101, 101]).map(([i = 0, j = 0]) => ({ x1: i / 100, x2: j / 100 }));
  const y = rows.map(({ x1, x2 }) => {
    const [a, b] = [15 * x1 - 5, 15 * x2];
    const bowl = b - (5.1 * a * a) / (4 * Math.PI ** 2) + (5 * a) / Math.PI - 6;
    return bowl ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) + 10;
  });
  return single("branin", rows, y, "min");
}

const HARTMANN_A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const HARTMANN_P = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
];
const HARTMANN_C = [1, 1.2, 3, 3.2];

/** Hartmann's function in six dimensions at 10 000 uniform points; maximise. */
export function hartmannPool(seed = "hartmann"): BenchmarkPool {
  const prng = createPrng(seed);
  const names = ["x1", "x2", "x3", "x4", "x5", "x6"];
  const points = Array.from({ length: 10000 }, () => names.map(() => prng.next()));
  const y = points.map((x) =>
    HARTMANN_C.reduce((sum, c, k) => {
      const r2 = x.reduce(
        (s, v, d) => s + (HARTMANN_A[k]?.[d] ?? 0) * (v - 1e-4 * (HARTMANN_P[k]?.[d] ?? 0)) ** 2,
        0,
      );
      return sum + c * Math.exp(-r2);
    }, 0),
  );
  const rows = points.map((x) => Object.fromEntries(names.map((n, d) => [n, x[d] ?? 0])));
  return single("hartmann6", rows, y, "max");
}

/** The table of the design page (numpy's default_rng(0)), where the shared data are there: the one that the peers were measured on. */
export function sharedHartmannPool(): BenchmarkPool | undefined {
  const file = resolve(import.meta.dirname, "../../../shared/data/optimise/hartmann6.csv");
  if (!existsSync(file)) return undefined;
  const [header = "", ...lines] = readFileSync(file, "utf8").trim().split(/\r?\n/);
  const names = header.split(",");
  const cells = lines.map((line) => line.split(",").map(Number));
  const inputs = names.slice(0, -1);
  const rows = cells.map((row) => Object.fromEntries(inputs.map((n, k) => [n, row[k] ?? 0])));
  return single(
    "hartmann6 of the design page",
    rows,
    cells.map((row) => row[inputs.length] ?? 0),
    "max",
  );
}

/** VLMOP2 on a 101 x 101 grid of [-2, 2]^2; minimise both. */
export function vlmop2Pool(): BenchmarkPool {
  const rows = grid([101, 101]).map(([i = 0, j = 0]) => ({
    x1: -2 + 0.04 * i,
    x2: -2 + 0.04 * j,
  }));
  const f = (sign: number) => (x: { x1: number; x2: number }) =>
    1 - Math.exp(-((x.x1 + sign * Math.SQRT1_2) ** 2) - (x.x2 + sign * Math.SQRT1_2) ** 2);
  return several("vlmop2", rows, rows.map(f(-1)), rows.map(f(1)), [1, 1]);
}

/** Kursawe's functions at 10 000 uniform points of [-5, 5]^3; minimise both, reference (-4, 25). */
export function kursawePool(seed = "kursawe"): BenchmarkPool {
  const prng = createPrng(seed);
  const points = Array.from({ length: 10000 }, () => [0, 1, 2].map(() => 10 * prng.next() - 5));
  const f1 = points.map(([a = 0, b = 0, c = 0]) => {
    const term = (p: number, q: number): number => -10 * Math.exp(-0.2 * Math.hypot(p, q));
    return term(a, b) + term(b, c);
  });
  const f2 = points.map((x) =>
    x.reduce((sum, v) => sum + Math.abs(v) ** 0.8 + 5 * Math.sin(v ** 3), 0),
  );
  const rows = points.map(([x1 = 0, x2 = 0, x3 = 0]) => ({ x1, x2, x3 }));
  return several("kursawe", rows, f1, f2, [-4, 25]);
}

/**
 * A grain boundary's translations: 37 x 18 x 27 = 17 982 rigid shifts of two crystals against each other, like COMBO's Cu Sigma 5
 * table. Two square-like lattices, rotated against each other by 36.87 degrees, attract by a Morse potential; overlap is capped, as
 * relaxation does. Minimise the energy per area.
 */
export function grainBoundaryPool(): BenchmarkPool {
  const [nx, ny, nz] = [37, 18, 27];
  const rows = grid([nx, ny, nz]).map(([i = 0, j = 0, k = 0]) => ({
    dx: (5 ** 0.5 * i) / nx,
    dy: j / ny,
    dz: 0.35 + (0.9 * k) / (nz - 1),
  }));
  const lower = latticeLayers(-0.3217505543966422);
  const upper = latticeLayers(0.3217505543966422);
  const y = rows.map(({ dx, dy, dz }) => boundaryEnergy(lower, upper, dx, dy, dz));
  return single("grain-boundary", rows, y, "min");
}

/** Two layers of a face-centred lattice (edge 1) turned about the normal: x, y, depth. */
function latticeLayers(angle: number): number[][] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const atoms: number[][] = [];
  for (let depth = 0; depth < 2; depth++) {
    for (let i = -6; i <= 6; i++) {
      for (let j = -6; j <= 6; j++) {
        const [x, y] = [(i + j) / 2 + depth / 2, (i - j) / 2];
        atoms.push([c * x - s * y, s * x + c * y, depth / 2]);
      }
    }
  }
  return atoms;
}

function boundaryEnergy(
  lower: readonly number[][],
  upper: readonly number[][],
  dx: number,
  dy: number,
  dz: number,
): number {
  let energy = 0;
  for (const [x = 0, y = 0, depth = 0] of lower) {
    if (Math.hypot(x, y) > 1.6) continue;
    for (const [u = 0, v = 0, height = 0] of upper) {
      const r = Math.hypot(u + dx - x, v + dy - y, depth + height + dz);
      if (r > 1.8) continue;
      const e = Math.exp(-4.5 * (r - 0.72));
      energy += Math.min(1.5, e * e - 2 * e);
    }
  }
  return energy / (Math.PI * 1.6 ** 2);
}

function single(
  name: string,
  rows: readonly Parameters[],
  y: readonly number[],
  direction: "min" | "max",
): BenchmarkPool {
  return {
    name,
    rows,
    outcomes: new Map([["y", Float64Array.from(y)]]),
    objectives: [{ name: "y", direction }],
  };
}

function several(
  name: string,
  rows: readonly Parameters[],
  f1: readonly number[],
  f2: readonly number[],
  reference: readonly [number, number],
): BenchmarkPool {
  return {
    name,
    rows,
    outcomes: new Map([
      ["f1", Float64Array.from(f1)],
      ["f2", Float64Array.from(f2)],
    ]),
    objectives: [
      { name: "f1", direction: "min", reference: reference[0] },
      { name: "f2", direction: "min", reference: reference[1] },
    ],
    reference,
  };
}

/** Every combination of indices, first slowest. */
export function grid(sizes: readonly number[]): number[][] {
  return sizes.reduce<number[][]>(
    (points, size) =>
      points.flatMap((point) => Array.from({ length: size }, (_, k) => [...point, k])),
    [[]],
  );
}
