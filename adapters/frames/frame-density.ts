import { LabError } from "../../src/core/errors.ts";
import type { Frame } from "../../src/domain/frame.ts";

/** Diamond has 0.18 atoms in a cubic A, hydrogen at 400 GPa about 0.7. Lengths in nm make any solid 20 and more. */
const ATOMS_PER_A3_max = 2;
/** Half an atom beyond the outermost ones of an open direction. */
const MARGIN_A = 1.5;

/** Throws TL-7006 where a frame is denser than matter can be: its lengths are surely not in A. */
export function refuseDense(path: string, frame: Frame): void {
  const density = frame.atoms / volumeOf(frame);
  if (density <= ATOMS_PER_A3_max) return;
  throw new LabError(
    "TL-7006",
    `${path} frame ${frame.index} holds ${density.toPrecision(2)} atoms in a cubic angstrom, far denser than matter is: ` +
      "its lengths are in another unit than A",
    { context: { file: path, frame: frame.index } },
  );
}

/** Volume of the cell; along an open direction that of the atoms with a margin. Infinite where a vector is missing. */
function volumeOf({ cell, periodic }: Frame): number {
  const rows = [0, 1, 2].map((k) => {
    const vector = [...cell.subarray(3 * k, 3 * k + 3)];
    const length = Math.hypot(...vector);
    const stretch = periodic[k] || length === 0 ? 1 : (length + MARGIN_A) / length;
    return vector.map((value) => value * stretch);
  });
  const [a = [], b = [], c = []] = rows;
  const volume =
    a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) +
    a[1]! * (b[2]! * c[0]! - b[0]! * c[2]!) +
    a[2]! * (b[0]! * c[1]! - b[1]! * c[0]!);
  return Math.abs(volume) > 0 ? Math.abs(volume) : Number.POSITIVE_INFINITY;
}
