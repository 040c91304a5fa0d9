import { dot } from "../../numeric/dot.ts";

/** A column that others explain to this share of its length says nothing of its own. */
const OWN_MIN = 1e-3;

/** An orthonormal basis that grows (modified Gram-Schmidt). */
export class Subspace {
  readonly basis: Float64Array[] = [];

  add(column: Float64Array): void {
    const whole = Math.sqrt(dot(column, column));
    this.free(column);
    const own = Math.sqrt(dot(column, column));
    if (own > OWN_MIN * whole) this.basis.push(column.map((v) => v / own));
  }

  /** Takes from the column, in place, what the basis holds of it. */
  free(column: Float64Array): void {
    for (const unit of this.basis) {
      const part = dot(column, unit);
      for (let i = 0; i < column.length; i++) column[i] = column[i]! - part * unit[i]!;
    }
  }
}
