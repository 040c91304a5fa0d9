import type { ScaledGrid } from "../map-model.ts";

/** Candidates and results off the grid in the coordinates of the published tools. */
export interface PublishedPlaces {
  /** (N + extra) x dimension, z-scores. */
  readonly points: Float64Array;
  readonly dimension: number;
}

/**
 * The coordinates in which PDC, NIMO and AIPHAD measure distances: three mole fractions a, b, c go to the triangle
 * (a/2 + c, sqrt(3) a/2), four to the tetrahedron (a/2 + b/2 + d, sqrt(3) (a/3 + b) / 2, sqrt(6) a/3), all other columns stay what
 * they are; then each coordinate is z-scored over the candidates (mean 0, population standard deviation 1). Fractions are
 * taken in the order of their names: where candidates are scattered, z-scores of a triangle depend on it.
 *
 * @param extra raw axis values of places off the grid
 */
export function publishedPlaces(grid: ScaledGrid, extra: readonly Float64Array[]): PublishedPlaces {
  const { count, values, axes } = grid;
  const width = axes.length;
  const rows = [
    ...Array.from({ length: count }, (_, i) => values.subarray(i * width, (i + 1) * width)),
    ...extra,
  ].map((row) => unfold(row, grid));
  const dimension = rows[0]?.length ?? 0;
  const points = new Float64Array(rows.length * dimension);
  for (let k = 0; k < dimension; k++) {
    let mean = 0;
    for (let i = 0; i < count; i++) mean += rows[i]![k]! / count;
    let variance = 0;
    for (let i = 0; i < count; i++) variance += (rows[i]![k]! - mean) ** 2 / count;
    const deviation = variance > 1e-24 ? Math.sqrt(variance) : 1;
    for (const [i, row] of rows.entries()) points[i * dimension + k] = (row[k]! - mean) / deviation;
  }
  return { points, dimension };
}

function unfold(row: ArrayLike<number>, { axes, components, wholeAmount }: ScaledGrid): number[] {
  const all = axes.map((_, k) => row[k]!);
  if (components.length !== 3 && components.length !== 4) return all;
  const parts = components.map((k) => row[k]! / wholeAmount);
  const rest = all.filter((_, k) => !components.includes(k));
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  if (components.length === 3) return [a / 2 + c, (Math.sqrt(3) / 2) * a, ...rest];
  const height = (Math.sqrt(6) / 3) * a;
  return [a / 2 + b / 2 + d, (Math.sqrt(3) / 2) * (a / 3 + b), height, ...rest];
}
