/** One snapshot of a simulation: atoms in a box. Lengths in A. */
export interface Frame {
  /** Place in its file, from 0. */
  readonly index: number;
  readonly atoms: number;
  /** x, y, z of each atom, flat; as written, atoms may lie outside the box. */
  readonly positions: Float64Array;
  /** Lattice vectors a, b, c, one after another. */
  readonly cell: Float64Array;
  readonly origin: readonly [number, number, number];
  readonly periodic: readonly [boolean, boolean, boolean];
  /** Species as named in the file, in order of appearance: an element, or a type number where the file has only that. */
  readonly speciesNames: readonly string[];
  /** Number of each atom's species in `speciesNames`. */
  readonly species: Int32Array;
  /** Atom identifiers, where the file has them. */
  readonly ids?: Float64Array | undefined;
  /** What the frame says of itself besides: step, temperature_K, phase ... as written. */
  readonly properties: Readonly<Record<string, string>>;
}
