import { expect, test } from "vitest";
import { createPrng } from "../../src/core/prng.ts";
import { latticeAbove } from "../../src/numeric/lattice-neighbours.ts";
import {
  findNeighbours,
  medianSpacing,
  squaredDistance,
} from "../../src/numeric/neighbour-graph.ts";

const CLOUDS: readonly [string, number, (k: number, random: () => number) => number][] = [
  ["a plane", 2, (_, random) => 12 * random()],
  ["space", 3, (_, random) => 6 * random()],
  ["a lattice, whose distances tie with the radius", 3, (_, random) => Math.floor(6 * random())],
  ["far points, whose cells share buckets", 2, (k, random) => (k % 50 === 7 ? 1e6 : 9) * random()],
];

test.each(CLOUDS)("pairs within a radius in %s are those of all pairs, ascending", (_, d, of) => {
  const prng = createPrng("neighbours");
  const points = Float64Array.from({ length: 300 * d }, (__, k) => of(k, () => prng.next()));
  const radius = 1.2;
  const graph = findNeighbours(points, d, radius);
  for (let i = 0; i < 300; i++) {
    const expected: number[] = [];
    for (let j = 0; j < 300; j++)
      if (j !== i && squaredDistance(points, d, i, j) <= radius * radius * (1 + 1e-9))
        expected.push(j);
    const row = [...graph.neighbour.subarray(graph.start[i], graph.start[i + 1])];
    expect(row).toEqual(expected);
    for (let e = graph.start[i]!; e < graph.start[i + 1]!; e++)
      expect(graph.distance2[e]).toBe(squaredDistance(points, d, i, graph.neighbour[e]!));
  }
});

const LATTICES: readonly [string, boolean, (a: number, b: number, c: number) => number[]][] = [
  ["a triangular lattice with levels", true, (a, b, c) => [a + b / 2, (b * Math.sqrt(3)) / 2, c]],
  ["a sheared cube, rounded as in a table", true, (a, b, c) => [a + 1e-4 * Math.sin(a * b), b, c]],
  [
    "a lattice with a diagonal at the radius, where rounding decides",
    false,
    (a, b, c) => [0.85 * a, 0.85 * b, c],
  ],
  [
    "a lattice with one point off its place",
    false,
    (a, b, c) => [a, b, a + b + c === 21 ? c + 0.3 : c],
  ],
  [
    "a lattice of which every third place is empty",
    true,
    (a, b, c) => [((a + b + c) % 3 === 0 ? 40 : 0) + a, b, c],
  ],
];

test.each(LATTICES)("pairs on %s are those of all pairs, ascending", (_, isLookedUp, at) => {
  const d = 3;
  const points: number[] = [];
  for (let a = 0; a < 14; a++)
    for (let b = 0; b < 13; b++) for (let c = 0; c < 12; c++) points.push(...at(a, b, c));
  const all = Float64Array.from(points);
  expect(latticeAbove(all, d, 1.2) !== undefined).toBe(isLookedUp);
  const graph = findNeighbours(all, d, 1.2);
  for (let i = 0; i < graph.count; i += 7) {
    const expected: number[] = [];
    for (let j = 0; j < graph.count; j++)
      if (j !== i && squaredDistance(all, d, i, j) <= 1.44 * (1 + 1e-9)) expected.push(j);
    expect([...graph.neighbour.subarray(graph.start[i], graph.start[i + 1])]).toEqual(expected);
    for (let e = graph.start[i]!; e < graph.start[i + 1]!; e++)
      expect(graph.distance2[e]).toBe(squaredDistance(all, d, i, graph.neighbour[e]!));
  }
});

test("a point 2^32 steps away from a hole in a lattice has no neighbours around the hole", () => {
  const points: number[] = [];
  for (let a = 0; a < 50; a++)
    for (let b = 0; b < 50; b++) points.push(a === 20 && b === 20 ? 2 ** 32 + 20 : a, b);
  const { start } = findNeighbours(Float64Array.from(points), 2, 1.2);
  const far = 20 * 50 + 20;
  expect(start[far + 1]! - start[far]!).toBe(0);
});

test("the median spacing is that of all pairs, wherever the nearest point stands in the list", () => {
  const prng = createPrng("spacing");
  for (const dimension of [1, 2, 3]) {
    const count = 57;
    const points = Float64Array.from({ length: count * dimension }, () => prng.integer(40) / 7);
    const nearest = Array.from({ length: count }, (_, i) =>
      Math.min(
        ...Array.from({ length: count }, (_, j) => {
          let sum = 0;
          for (let k = 0; k < dimension; k++)
            sum += (points[i * dimension + k]! - points[j * dimension + k]!) ** 2;
          return sum > 1e-18 ? Math.sqrt(sum) : Number.POSITIVE_INFINITY;
        }),
      ),
    ).sort((a, b) => a - b);
    expect(medianSpacing(points, dimension)).toBe(nearest[count >> 1]);
  }
});
