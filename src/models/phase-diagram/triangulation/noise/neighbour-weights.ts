import type { Fractions } from "../barycentric.ts";

/** Width of the kernel and its cut-off, in grid steps. */
const WIDTH_steps = 0.8;
const CUTOFF_steps = 2.6;

/** Sparse symmetric weights between neighbouring candidates, by rows: `columns[start[i] .. start[i+1]]`. */
export interface NeighbourWeights {
  readonly start: Int32Array;
  readonly columns: Int32Array;
  readonly weights: Float64Array;
  /** Sum of each row. */
  readonly degree: Float64Array;
}

/** Gaussian weights exp(-d^2 / (2 (0.8 h)^2)) within 2.6 h, by hashing candidates into cells of that size. */
export function neighbourWeights(points: readonly Fractions[], step: number): NeighbourWeights {
  const n = points.length;
  const reach = CUTOFF_steps * step;
  const cells = new Map<number, number[]>();
  const cellOf = (u: number, v: number): number => u * 1_000_003 + v;
  const at = points.map((p) => [Math.floor(p[1] / reach), Math.floor(p[2] / reach)] as const);
  at.forEach(([u, v], i) => {
    const key = cellOf(u, v);
    const members = cells.get(key);
    if (members === undefined) cells.set(key, [i]);
    else members.push(i);
  });
  const start = new Int32Array(n + 1);
  const columns: number[] = [];
  const weights: number[] = [];
  const degree = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const [u, v] = at[i]!;
    const p = points[i]!;
    for (let du = -2; du <= 2; du++) {
      for (let dv = -2; dv <= 2; dv++) {
        for (const j of cells.get(cellOf(u + du, v + dv)) ?? []) {
          const b = points[j]![1] - p[1];
          const c = points[j]![2] - p[2];
          const squared = b * b + b * c + c * c;
          if (j === i || squared > reach * reach) continue;
          const weight = Math.exp(-squared / (2 * (WIDTH_steps * step) ** 2));
          columns.push(j);
          weights.push(weight);
          degree[i]! += weight;
        }
      }
    }
    start[i + 1] = columns.length;
  }
  return { start, columns: Int32Array.from(columns), weights: Float64Array.from(weights), degree };
}
