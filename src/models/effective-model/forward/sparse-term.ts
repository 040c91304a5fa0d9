import type { ProductSector, ProductSpace } from "./product-basis.ts";
import { levelOf, raisingFactor } from "./product-basis.ts";
import type { TermBond } from "./spin-cluster.ts";

/** A real symmetric sparse matrix by rows (compressed), both triangles stored. */
export interface SparseRows {
  readonly order: number;
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/**
 * The operator - sum_b weight_b [xy (SxSx + SySy) + z SzSz]_b on one magnetisation sector.
 *
 * @param weights coupling of each bond, meV
 * @param positions position of each product state within its sector
 */
export function buildSparseTerm(options: {
  readonly space: ProductSpace;
  readonly sector: ProductSector;
  readonly positions: Int32Array;
  readonly bonds: readonly TermBond[];
  readonly weights: ArrayLike<number>;
}): SparseRows {
  const { space, sector, positions, bonds, weights } = options;
  const order = sector.states.length;
  const starts = new Int32Array(order + 1);
  // a row holds its diagonal and at most two flips a bond
  const rowEntries_max = 1 + 2 * bonds.length;
  const columns = new Int32Array(order * rowEntries_max);
  const values = new Float64Array(order * rowEntries_max);
  let used = 0;
  for (let row = 0; row < order; row++) {
    const state = sector.states[row]!;
    const diagonalAt = used++;
    columns[diagonalAt] = row;
    let diagonal = 0;
    bonds.forEach((bond, b) => {
      const si = space.siteSpins[bond.i]!;
      const sj = space.siteSpins[bond.j]!;
      const mi = levelOf(space, state, bond.i) - si;
      const mj = levelOf(space, state, bond.j) - sj;
      diagonal -= weights[b]! * bond.z * mi * mj;
      const flip = -0.5 * weights[b]! * bond.xy;
      if (flip === 0) return;
      const up = raisingFactor(si, mi) * raisingFactor(sj, mj - 1);
      const down = raisingFactor(si, mi - 1) * raisingFactor(sj, mj);
      const step = space.strides[bond.i]! - space.strides[bond.j]!;
      if (up !== 0) {
        columns[used] = positions[state + step]!;
        values[used++] = flip * up;
      }
      if (down !== 0) {
        columns[used] = positions[state - step]!;
        values[used++] = flip * down;
      }
    });
    values[diagonalAt] = diagonal;
    starts[row + 1] = used;
  }
  return { order, starts, columns: columns.slice(0, used), values: values.slice(0, used) };
}

/** Several operators on the same sector, entry beside entry: `values` at coupling 1 and the term of each. */
export interface JoinedTerms extends SparseRows {
  readonly termOf: Uint16Array;
}

/** The rows of all terms, one behind the other in each row. */
export function joinTerms(terms: readonly SparseRows[]): JoinedTerms {
  const order = terms[0]?.order ?? 0;
  const total = terms.reduce((sum, { columns }) => sum + columns.length, 0);
  const starts = new Int32Array(order + 1);
  const columns = new Int32Array(total);
  const values = new Float64Array(total);
  const termOf = new Uint16Array(total);
  let used = 0;
  for (let row = 0; row < order; row++) {
    for (let t = 0; t < terms.length; t++) {
      const term = terms[t]!;
      for (let k = term.starts[row]!; k < term.starts[row + 1]!; k++) {
        columns[used] = term.columns[k]!;
        values[used] = term.values[k]!;
        termOf[used++] = t;
      }
    }
    starts[row + 1] = used;
  }
  return { order, starts, columns, values, termOf };
}

/** sum_t J_t A_t. */
export function weighTerms(joined: JoinedTerms, couplings: ArrayLike<number>): SparseRows {
  const { termOf, values: one } = joined;
  const values = new Float64Array(one.length);
  for (let k = 0; k < one.length; k++) values[k] = couplings[termOf[k]!]! * one[k]!;
  return { ...joined, values };
}

/** out = A x. */
export function multiplySparse(matrix: SparseRows, x: Float64Array, out: Float64Array): void {
  const { starts, columns, values } = matrix;
  for (let row = 0; row < matrix.order; row++) {
    let sum = 0;
    const end = starts[row + 1]!;
    for (let k = starts[row]!; k < end; k++) sum += values[k]! * x[columns[k]!]!;
    out[row] = sum;
  }
}
