import { expect, test } from "vitest";
import { createPrng } from "../../src/core/prng.ts";
import { dot } from "../../src/numeric/dot.ts";
import { gramMatrix } from "../../src/numeric/gram-matrix.ts";

test("products of all pairs are those of the plain sums, to the bit, for even and odd numbers of vectors", () => {
  const prng = createPrng("gram");
  for (const [count, length] of [
    [1, 7],
    [2, 1],
    [5, 33],
    [8, 100],
    [17, 12],
  ] as const) {
    const vectors = Float64Array.from({ length: count * length }, () => prng.normal());
    const own = (a: number) => vectors.subarray(a * length, (a + 1) * length);
    const found = gramMatrix(vectors, count, length);
    const plain = found.map((_, k) => dot(own(Math.floor(k / count)), own(k % count)));
    expect(found).toEqual(plain);
  }
});
