import { hash32 } from "../../../core/prng.ts";

/**
 * Orders tied candidates by the seed and their composition, never by their row: shuffling the rows of a file must not
 * change a proposal.
 */
export class TieKeys {
  readonly #base: Uint32Array;

  constructor(points: readonly ArrayLike<number>[]) {
    this.#base = Uint32Array.from(points, (p) => hash32(Array.from(p, (x) => x.toFixed(7)).join()));
  }

  /** The order of one random stream. */
  of(seed: string): (i: number) => number {
    const salt = hash32(seed);
    return (i) => {
      let z = (this.#base[i]! ^ salt) >>> 0;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) >>> 0;
    };
  }
}
