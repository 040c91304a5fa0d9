/** Mean and scale of each column of the training rows; a column that never varies has scale 0 and is dropped. */
export interface Standardisation {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** Below this share of its mean a column's spread is rounding, not structure. */
const CONSTANT = 1e-12;

/** Column means and population standard deviations of `rows` x `columns`, row-major. */
export function fitStandardisation(
  x: Float64Array,
  rows: number,
  columns: number,
): Standardisation {
  const mean = new Float64Array(columns);
  const scale = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < columns; c++) mean[c]! += x[i * columns + c]! / rows;
  }
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < columns; c++) {
      const difference = x[i * columns + c]! - mean[c]!;
      scale[c]! += (difference * difference) / rows;
    }
  }
  for (let c = 0; c < columns; c++) {
    const deviation = Math.sqrt(scale[c]!);
    scale[c] = deviation > CONSTANT * Math.abs(mean[c]!) ? deviation : 0;
  }
  return { mean, scale };
}

/** (x - mean) / scale, dropped columns 0. */
export function standardise(
  x: Float64Array,
  rows: number,
  { mean, scale }: Standardisation,
): Float64Array {
  const columns = mean.length;
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < columns; c++) {
      const s = scale[c]!;
      out[i * columns + c] = s > 0 ? (x[i * columns + c]! - mean[c]!) / s : 0;
    }
  }
  return out;
}
