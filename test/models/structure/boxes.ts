import { createPrng } from "../../../src/core/prng.ts";
import type { AtomBox } from "../../../src/models/structure/atom-box.ts";

/** Diamond silicon, n x n x n cubic cells, each coordinate displaced by a normal deviate, A. */
export function diamondBox(n: number, displacement_A = 0.1, seed = "diamond"): AtomBox {
  const a = 5.431;
  const prng = createPrng(seed);
  const sites = [
    [0, 0, 0],
    [0, 0.5, 0.5],
    [0.5, 0, 0.5],
    [0.5, 0.5, 0],
  ].flatMap(([x = 0, y = 0, z = 0]) => [
    [x, y, z],
    [x + 0.25, y + 0.25, z + 0.25],
  ]);
  const positions: number[] = [];
  for (let x = 0; x < n; x++)
    for (let y = 0; y < n; y++)
      for (let z = 0; z < n; z++)
        for (const [u = 0, v = 0, w = 0] of sites)
          positions.push(
            (x + u) * a + displacement_A * prng.normal(),
            (y + v) * a + displacement_A * prng.normal(),
            (z + w) * a + displacement_A * prng.normal(),
          );
  const atoms = positions.length / 3;
  return {
    atoms,
    positions: Float64Array.from(positions),
    cell: Float64Array.of(n * a, 0, 0, 0, n * a, 0, 0, 0, n * a),
    origin: [0, 0, 0],
    periodic: [true, true, true],
    species: new Int32Array(atoms),
  };
}

/** Atoms at random in a box, some outside it, with `speciesCount` species. */
export function randomBox(
  atoms: number,
  cell: readonly number[],
  speciesCount: number,
  seed: string,
  periodic: readonly [boolean, boolean, boolean] = [true, true, true],
): AtomBox {
  const prng = createPrng(seed);
  const at = (k: number): number => cell[k] ?? 0;
  const positions = new Float64Array(3 * atoms);
  for (let i = 0; i < atoms; i++) {
    const f = [0, 1, 2].map((k) => prng.next() * (periodic[k] ? 1.6 : 1) - (periodic[k] ? 0.3 : 0));
    for (let k = 0; k < 3; k++)
      positions[3 * i + k] =
        1 + (f[0] ?? 0) * at(k) + (f[1] ?? 0) * at(3 + k) + (f[2] ?? 0) * at(6 + k);
  }
  return {
    atoms,
    positions,
    cell: Float64Array.from(cell),
    origin: [1, 1, 1],
    periodic,
    species: Int32Array.from({ length: atoms }, () => prng.integer(speciesCount)),
  };
}
