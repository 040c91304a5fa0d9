import { LabError } from "../../core/errors.ts";

/** Atoms in a box, flat. Structurally the same as a frame of the domain, which the pure models do not import. */
export interface AtomBox {
  readonly atoms: number;
  /** 3 numbers an atom, A; atoms may lie outside the box. */
  readonly positions: Float64Array;
  /** Lattice vectors a, b, c as rows, 9 numbers, A. */
  readonly cell: Float64Array;
  readonly origin: readonly [number, number, number];
  readonly periodic: readonly [boolean, boolean, boolean];
  /** Number of each atom's species in the list that the settings carry. */
  readonly species: Int32Array;
}

/** Rows of the inverse: fractional coordinate k of r is the product with row k. */
export function inverseCell(cell: Float64Array): Float64Array {
  const [ax, ay, az, bx, by, bz, cx, cy, cz] = cell as unknown as number[] & { length: 9 };
  const volume = cellVolume(cell);
  if (!(Math.abs(volume) > 1e-9) || !Number.isFinite(volume))
    throw new LabError("TL-7005", "The three lattice vectors of a frame span no volume");
  const s = 1 / volume;
  return Float64Array.of(
    (by! * cz! - bz! * cy!) * s,
    (bz! * cx! - bx! * cz!) * s,
    (bx! * cy! - by! * cx!) * s,
    (cy! * az! - cz! * ay!) * s,
    (cz! * ax! - cx! * az!) * s,
    (cx! * ay! - cy! * ax!) * s,
    (ay! * bz! - az! * by!) * s,
    (az! * bx! - ax! * bz!) * s,
    (ax! * by! - ay! * bx!) * s,
  );
}

/** Signed volume a . (b x c), A^3. */
function cellVolume(cell: Float64Array): number {
  const [ax, ay, az, bx, by, bz, cx, cy, cz] = cell as unknown as number[] & { length: 9 };
  return (
    ax! * (by! * cz! - bz! * cy!) + ay! * (bz! * cx! - bx! * cz!) + az! * (bx! * cy! - by! * cx!)
  );
}

/** Distances between opposite faces, A: 1 / |row of the inverse|. */
export function perpendicularWidths(inverse: Float64Array): [number, number, number] {
  const width = (k: number): number =>
    1 / Math.hypot(inverse[3 * k]!, inverse[3 * k + 1]!, inverse[3 * k + 2]!);
  return [width(0), width(1), width(2)];
}
