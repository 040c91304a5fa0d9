import { expect, test } from "vitest";
import { kthSmallest } from "../../src/numeric/kth-smallest.ts";
import { fc } from "../support/properties.ts";

test("every order statistic is what sorting gives, with ties and in any order", () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (list) => {
      const sorted = Float64Array.from(list).sort();
      const found = sorted.map((_, k) => kthSmallest(Float64Array.from(list), k));
      return found.every((x, k) => x === sorted[k]);
    }),
    { numRuns: 300 },
  );
});

test("rising, falling and equal values take no more than a few passes", () => {
  const n = 200_000;
  for (const make of [(k: number) => k, (k: number) => -k, () => 1]) {
    const values = Float64Array.from({ length: n }, (_, k) => make(k));
    expect(kthSmallest(values, n >> 2)).toBe(values.slice().sort()[n >> 2]);
  }
});
