/** Memory that is used again: valid until the next `take`, and not cleared. */
export class Scratch {
  #held = new Float64Array(0);

  /** At least `length` numbers. */
  take(length: number): Float64Array {
    // Half as much again, so that a problem that grows row by row seldom moves.
    if (this.#held.length < length) this.#held = new Float64Array(Math.ceil(1.5 * length));
    return this.#held;
  }
}
