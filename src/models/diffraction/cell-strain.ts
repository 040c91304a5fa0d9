import { cellVolume_A3, invertMetric } from "./crystal.ts";

/**
 * Ways in which a cell can stretch without losing its symmetry: changes of the metric, dG (row-major 3 x 3), the first
 * one isotropic (dG = 2 G: all lengths by the same share), the others orthogonal to it and of the same size.
 */
export type StrainModes = readonly Float64Array[];

const SAME_METRIC = 2e-3;
const PAIRS = [
  [0, 0],
  [1, 1],
  [2, 2],
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

/**
 * The modes that the lattice's own symmetry allows (1 cubic, 2 tetragonal or hexagonal, 3 orthorhombic, ...), at most
 * `modes_max`. The symmetry is found from the metric: every integer matrix M with entries -1, 0, 1 and M^T G M = G.
 * A cell given without reduction may show fewer operations, and so more modes than needed; never too few.
 */
export function strainModes(metric: Float64Array, modes_max: number): StrainModes {
  const inverse = invertMetric(metric);
  const isotropic = metric.map((v) => 2 * v);
  const size = Math.sqrt(inner(isotropic, isotropic, inverse));
  const modes: Float64Array[] = [isotropic];
  const operations = latticeOperations(metric);
  for (const [i, j] of PAIRS) {
    if (modes.length >= modes_max) break;
    const trial = new Float64Array(9);
    const value = 2 * Math.sqrt(metric[4 * i]! * metric[4 * j]!);
    trial[3 * i + j] = value;
    trial[3 * j + i] = value;
    const mean = average(trial, operations);
    for (const mode of modes) {
      const share = inner(mean, mode, inverse) / inner(mode, mode, inverse);
      for (let k = 0; k < 9; k++) mean[k] = mean[k]! - share * mode[k]!;
    }
    const length = Math.sqrt(inner(mean, mean, inverse));
    if (length > 0.05 * size) modes.push(mean.map((v) => (v * size) / length));
  }
  return modes;
}

/** d ln(d_hkl) / d strain of each mode: d^2/2 u^T dG u with u = G^-1 h. */
export function strainResponse(
  modes: StrainModes,
  inverse: Float64Array,
  hkl: readonly [number, number, number],
): number[] {
  const u = [0, 1, 2].map(
    (k) => inverse[3 * k]! * hkl[0] + inverse[3 * k + 1]! * hkl[1] + inverse[3 * k + 2]! * hkl[2],
  );
  const inverseD2 = u[0]! * hkl[0] + u[1]! * hkl[1] + u[2]! * hkl[2];
  return modes.map((mode) => {
    let sum = 0;
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) sum += u[i]! * mode[3 * i + j]! * u[j]!;
    return sum / (2 * inverseD2);
  });
}

function latticeOperations(metric: Float64Array): number[][] {
  const columns: number[][] = [];
  for (let code = 0; code < 27; code++) {
    columns.push([(code % 3) - 1, (Math.floor(code / 3) % 3) - 1, Math.floor(code / 9) - 1]);
  }
  const dot = (p: number[], q: number[]): number => {
    let sum = 0;
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) sum += p[i]! * metric[3 * i + j]! * q[j]!;
    return sum;
  };
  const scale = Math.cbrt(cellVolume_A3(metric)) ** 2;
  const fits = (found: number, wanted: number): boolean =>
    Math.abs(found - wanted) < SAME_METRIC * Math.max(scale, Math.abs(wanted));
  const images = [0, 1, 2].map((k) => columns.filter((c) => fits(dot(c, c), metric[4 * k]!)));
  const operations: number[][] = [];
  for (const p of images[0]!) {
    for (const q of images[1]!) {
      if (!fits(dot(p, q), metric[1]!)) continue;
      for (const r of images[2]!) {
        if (!fits(dot(p, r), metric[2]!) || !fits(dot(q, r), metric[5]!)) continue;
        operations.push([p[0]!, q[0]!, r[0]!, p[1]!, q[1]!, r[1]!, p[2]!, q[2]!, r[2]!]);
      }
    }
  }
  return operations;
}

/** Mean of M^T dG M over the operations. */
function average(change: Float64Array, operations: readonly number[][]): Float64Array {
  const out = new Float64Array(9);
  for (const m of operations) {
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        let sum = 0;
        for (let k = 0; k < 3; k++)
          for (let l = 0; l < 3; l++) sum += m[3 * k + i]! * change[3 * k + l]! * m[3 * l + j]!;
        out[3 * i + j] = out[3 * i + j]! + sum / operations.length;
      }
    }
  }
  return out;
}

/** tr(G^-1 A G^-1 B): the product of two changes that does not depend on the choice of axes. */
function inner(a: Float64Array, b: Float64Array, inverse: Float64Array): number {
  const p = multiply(inverse, a);
  const q = multiply(inverse, b);
  let sum = 0;
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) sum += p[3 * i + j]! * q[3 * j + i]!;
  return sum;
}

function multiply(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(9);
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      for (let k = 0; k < 3; k++) out[3 * i + j] = out[3 * i + j]! + a[3 * i + k]! * b[3 * k + j]!;
  return out;
}
