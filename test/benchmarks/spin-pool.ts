import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { type BenchmarkPool, grid } from "./optimise-pools.ts";

const FIELDS = Array.from({ length: 20 }, (_, k) => 0.2 * k);
const TEMPERATURES = [0.3, 1];
const SPINS = 4;
const STATES = 1 << SPINS;
/** Bonds of the ring: nearest neighbours, then diagonals. */
const NEAREST = [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 0],
] as const;
const DIAGONAL = [
  [0, 2],
  [1, 3],
] as const;

/**
 * Estimating a spin Hamiltonian on a grid: the ring of four spins 1/2, H = J1 sum (SxSx + SySy + Delta SzSz) + J2 sum_diagonals S.S - h sum Sz, its magnetisation curves
 * at two temperatures compared with those of (1.03, 0.34, 0.57). f = -log10(1e-5 + mean squared difference); maximise over 21^3 couplings.
 */
export function spinPool(): BenchmarkPool {
  const target = magnetisation(1.03, 0.34, 0.57);
  const rows = grid([21, 21, 21]).map(([i = 0, j = 0, k = 0]) => ({
    J1: 0.1 * i,
    J2: -1 + 0.1 * j,
    Delta: 0.1 * k,
  }));
  const y = rows.map(({ J1, J2, Delta }) => {
    const curve = magnetisation(J1, J2, Delta);
    const mean = curve.reduce((sum, m, k) => sum + (m - (target[k] ?? 0)) ** 2, 0) / curve.length;
    return -Math.log10(1e-5 + mean);
  });
  return {
    name: "spin-3d",
    rows,
    outcomes: new Map([["y", Float64Array.from(y)]]),
    objectives: [{ name: "y", direction: "max" }],
  };
}

/** Magnetisation per spin over all fields and temperatures. Sz is conserved: each sector is diagonalised once, the field shifts it. */
function magnetisation(j1: number, j2: number, delta: number): number[] {
  const levels: { energy: number; sz: number }[] = [];
  for (let up = 0; up <= SPINS; up++) {
    const states = Array.from({ length: STATES }, (_, s) => s).filter((s) => popcount(s) === up);
    const h = Matrix.zeros(states.length, states.length);
    states.forEach((s, row) => {
      for (const [bonds, j, anisotropy] of [
        [NEAREST, j1, delta],
        [DIAGONAL, j2, 1],
      ] as const) {
        for (const [a, b] of bonds) {
          const isParallel = ((s >> a) & 1) === ((s >> b) & 1);
          h.set(row, row, h.get(row, row) + (isParallel ? 1 : -1) * 0.25 * j * anisotropy);
          if (isParallel) continue;
          const column = states.indexOf(s ^ (1 << a) ^ (1 << b));
          h.set(row, column, h.get(row, column) + 0.5 * j);
        }
      }
    });
    const energies = new EigenvalueDecomposition(h, { assumeSymmetric: true }).realEigenvalues;
    for (const energy of energies) levels.push({ energy, sz: up - SPINS / 2 });
  }
  return TEMPERATURES.flatMap((t) =>
    FIELDS.map((field) => {
      const weights = levels.map(({ energy, sz }) => -(energy - field * sz) / t);
      const top = Math.max(...weights);
      const z = weights.reduce((sum, w) => sum + Math.exp(w - top), 0);
      const m = weights.reduce((sum, w, k) => sum + Math.exp(w - top) * (levels[k]?.sz ?? 0), 0);
      return m / z / SPINS;
    }),
  );
}

function popcount(s: number): number {
  let count = 0;
  for (let left = s; left > 0; left >>= 1) count += left & 1;
  return count;
}
