/**
 * Inner products of all pairs of vectors: out_ab = sum_i v_a(i) v_b(i), symmetric, each summed from the front as `dot` does, to the
 * same bits. Two vectors meet two others at once: four sums that need not wait for each other, half the reads.
 *
 * @param vectors count x length, row-major
 * @returns count x count, row-major. O(count^2 length / 2)
 */
export function gramMatrix(vectors: Float64Array, count: number, length: number): Float64Array {
  const out = new Float64Array(count * count);
  const put = (a: number, b: number, value: number): void => {
    out[a * count + b] = value;
    out[b * count + a] = value;
  };
  for (let a = 0; a < count; a += 2) {
    // The last of an odd number meets itself twice.
    const a1 = Math.min(a + 1, count - 1);
    for (let b = 0; b <= a; b += 2) {
      const b1 = Math.min(b + 1, count - 1);
      const [p0, p1, q0, q1] = [a * length, a1 * length, b * length, b1 * length];
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      for (let i = 0; i < length; i++) {
        const x0 = vectors[p0 + i]!;
        const x1 = vectors[p1 + i]!;
        const y0 = vectors[q0 + i]!;
        const y1 = vectors[q1 + i]!;
        s00 += x0 * y0;
        s01 += x0 * y1;
        s10 += x1 * y0;
        s11 += x1 * y1;
      }
      put(a, b, s00);
      put(a, b1, s01);
      put(a1, b, s10);
      put(a1, b1, s11);
    }
  }
  return out;
}
