import { expect, test } from "vitest";
import { createPrng } from "../../../../src/core/prng.ts";
import { bringNearer } from "../../../../src/models/phase-diagram/graph/bring-nearer.ts";

test.each([1, 2, 3, 4])(
  "each point has its way to the nearest place, in %s dimensions",
  (dimension) => {
    const prng = createPrng(`nearer ${dimension}`);
    const place = () => Float64Array.from({ length: dimension }, () => prng.next());
    const points = Array.from({ length: 40 }, place);
    const flat = Float64Array.from(points.flatMap((p) => [...p]));
    const [first, later] = [[place()], Array.from({ length: 5 }, place)];
    const found = new Float64Array(points.length).fill(Number.POSITIVE_INFINITY);
    bringNearer(found, flat, dimension, []);
    expect(found.every((d2) => d2 === Number.POSITIVE_INFINITY)).toBe(true);
    bringNearer(found, flat, dimension, first);
    bringNearer(found, flat, dimension, later);
    for (const [i, p] of points.entries()) {
      const ways = [...first, ...later].map((q) => Math.hypot(...p.map((v, k) => v - q[k]!)));
      expect(Math.sqrt(found[i]!)).toBeCloseTo(Math.min(...ways), 12);
    }
  },
);
