/** Edges in angstrom, angles in degrees. */
export interface UnitCell {
  readonly a_A: number;
  readonly b_A: number;
  readonly c_A: number;
  readonly alpha_deg: number;
  readonly beta_deg: number;
  readonly gamma_deg: number;
}

/** One atom of the cell, in fractions of the edges. */
export interface CellAtom {
  readonly element: string;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly occupancy: number;
}

/** A structure with every atom of its cell written out. */
export interface Crystal {
  readonly cell: UnitCell;
  readonly atoms: readonly CellAtom[];
}

/** Metric tensor G_ij = a_i . a_j in A^2, row-major 3 x 3. */
export function metricTensor(cell: UnitCell): Float64Array {
  const rad = Math.PI / 180;
  const ab = cell.a_A * cell.b_A * Math.cos(cell.gamma_deg * rad);
  const ac = cell.a_A * cell.c_A * Math.cos(cell.beta_deg * rad);
  const bc = cell.b_A * cell.c_A * Math.cos(cell.alpha_deg * rad);
  return Float64Array.of(cell.a_A ** 2, ab, ac, ab, cell.b_A ** 2, bc, ac, bc, cell.c_A ** 2);
}

/** Volume in A^3; NaN where the angles close no cell. */
export function cellVolume_A3(metric: Float64Array): number {
  return Math.sqrt(determinant(metric));
}

/** Inverse of a symmetric 3 x 3 matrix: the reciprocal metric in 1/A^2. */
export function invertMetric(g: Float64Array): Float64Array {
  const [a, b, c, , e, f, , , i] = g as unknown as number[];
  const det = determinant(g);
  const ei = e! * i! - f! * f!;
  const bf = c! * f! - b! * i!;
  const bc = b! * f! - c! * e!;
  const ai = a! * i! - c! * c!;
  const af = b! * c! - a! * f!;
  const ae = a! * e! - b! * b!;
  return Float64Array.of(ei, bf, bc, bf, ai, af, bc, af, ae).map((v) => v / det);
}

function determinant(g: Float64Array): number {
  const [a, b, c, , e, f, , , i] = g as unknown as number[];
  return a! * (e! * i! - f! * f!) - b! * (b! * i! - f! * c!) + c! * (b! * f! - e! * c!);
}
