import { expect, test } from "vitest";
import { createGraphMap } from "../../../src/models/phase-diagram/graph/graph-map.ts";
import { GRAPH_DEFAULTS } from "../../../src/models/phase-diagram/graph/graph-state.ts";
import { orderRows } from "../../../src/models/phase-diagram/order-grid.ts";

const SIDE = 12;
const TRIANGLE: readonly (readonly [number, number, number])[] = Array.from(
  { length: SIDE + 1 },
  (_, i) => Array.from({ length: SIDE + 1 - i }, (_, j) => [i, j, SIDE - i - j] as const),
).flat();

/** The same section in other columns; `whole` is what its fractions sum to. */
const COLUMNS = {
  "three fractions": {
    axes: ["A", "B", "C"],
    of: ([a, b, c]: readonly number[]) => [a! / SIDE, b! / SIDE, c! / SIDE],
  },
  "two fractions": { axes: ["A", "B"], of: ([a, b]: readonly number[]) => [a! / SIDE, b! / SIDE] },
  "two in percent": {
    axes: ["A", "B"],
    of: ([a, b]: readonly number[]) => [(100 * a!) / SIDE, (100 * b!) / SIDE],
  },
  "Cartesian coordinates": {
    axes: ["x", "y"],
    of: ([, b, c]: readonly number[]) => [(b! + c! / 2) / SIDE, ((Math.sqrt(3) / 2) * c!) / SIDE],
  },
} as const;

const RESULTS = [3, 11, 20, 37, 45, 58, 66, 74, 81, 90];

function mapIn(columns: keyof typeof COLUMNS) {
  const { axes, of } = COLUMNS[columns];
  const grid = orderRows(axes, Float64Array.from(TRIANGLE.flatMap((point) => of(point))));
  const map = createGraphMap(grid, { ...GRAPH_DEFAULTS, usesPhaseRule: false });
  for (const [id, row] of RESULTS.entries()) {
    const phases = [["alpha", "beta", "gamma"][id % 3]!];
    map.observe({ id, candidate: grid.candidateOf[row]!, phases, confidence: 1, known: false });
  }
  return { grid, map };
}

test.each(Object.keys(COLUMNS) as (keyof typeof COLUMNS)[])(
  "a ternary section is the same map in %s: six neighbours each",
  (columns) => {
    const { grid, map } = mapIn(columns);
    const reference = mapIn("three fractions");
    const expected = reference.map.predict().probabilities;
    for (const [k, column] of map.predict().probabilities.entries()) {
      for (const row of TRIANGLE.keys()) {
        const other = expected[k]![reference.grid.candidateOf[row]!]!;
        expect(column[grid.candidateOf[row]!]).toBeCloseTo(other, 8);
      }
    }
    expect(grid.scaling.steps).toEqual([1, 1]);
  },
);

test("two fractions over temperature are a stack of sections", () => {
  const rows = [600, 700, 800].flatMap((t) => TRIANGLE.map(([a, b]) => [a / SIDE, b / SIDE, t]));
  const grid = orderRows(["A", "B", "T"], Float64Array.from(rows.flat()));
  const place = (i: number): Float64Array => grid.points.subarray(3 * i, 3 * i + 3);
  const apart = (p: readonly number[], q: readonly number[]): number => {
    const at = (row: readonly number[]) =>
      place(grid.candidateOf[rows.findIndex((other) => other.every((x, k) => x === row[k]))]!);
    const [u, v] = [at(p), at(q)];
    return Math.hypot(...u.map((x, k) => x - v[k]!));
  };
  const from = [3 / SIDE, 4 / SIDE, 700];
  const sides = [
    apart(from, [4 / SIDE, 4 / SIDE, 700]),
    apart(from, [3 / SIDE, 5 / SIDE, 700]),
    apart(from, [4 / SIDE, 3 / SIDE, 700]),
  ];
  for (const side of sides) expect(side).toBeCloseTo(sides[0]!, 9);
});

test("two process variables that fill a box stay a box", () => {
  const rows = Array.from({ length: 11 }, (_, i) =>
    Array.from({ length: 11 }, (_, j) => [i / 10, j / 10]),
  ).flat();
  const { scaling, points } = orderRows(["p", "q"], Float64Array.from(rows.flat()));
  expect(scaling.dimension).toBe(2);
  const corner = (i: number): number[] => [...points.subarray(2 * i, 2 * i + 2)];
  const [a, b, c] = [corner(0), corner(1), corner(11)];
  expect(
    Math.abs((b![0]! - a![0]!) * (c![0]! - a![0]!) + (b![1]! - a![1]!) * (c![1]! - a![1]!)),
  ).toBeLessThan(1e-9);
});
