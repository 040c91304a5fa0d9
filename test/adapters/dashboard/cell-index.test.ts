import { expect, test } from "vitest";
import { buildCellIndex } from "../../../adapters/dashboard/page/cell-index.ts";
import { createPrng } from "../../../src/core/prng.ts";
import { gatherMapData } from "../../../src/views/map-data.ts";
import type { MapPlane } from "../../../src/views/map-plane.ts";
import { fitMapFrame } from "../../../src/views/pictures/map-frame.ts";

const STEPS = 10;
const rows = Array.from({ length: STEPS + 1 }, (_, i) =>
  Array.from({ length: STEPS + 1 - i }, (_, j) => [i / STEPS, j / STEPS] as const),
).flat();
const columns = {
  A: rows.map(([a]) => a),
  B: rows.map(([, b]) => b),
  C: rows.map(([a, b]) => 1 - a - b),
};
const WIDTH = 300;

function paint(plane: MapPlane) {
  const data = gatherMapData({ title: "", plane, columns, view: undefined, observations: [] });
  const frame = fitMapFrame(plane, data.cells, { width: WIDTH });
  const index = buildCellIndex({ data, frame, width: WIDTH, height: frame.height, ratio: 1 });
  return { frame, at: (x: number, y: number) => index[Math.round(y) * WIDTH + Math.round(x)] };
}

test("on two axes of a ternary the impossible half belongs to no cell", () => {
  const { frame, at } = paint({ kind: "axes", x: "A", y: "B" });
  const cell = (a: number, b: number) => at(...frame.toPixel([a, b]));
  for (const [a, b] of [
    [0.9, 0.9],
    [0.6, 0.6],
    [1, 0.2],
  ] as const)
    expect(cell(a, b)).toBe(-1);
  for (const [a, b] of rows) expect(rows[cell(a, b) ?? -1]).toEqual([a, b]);
});

test("the triangle is filled", () => {
  const { frame, at } = paint({ kind: "ternary", corners: ["A", "B", "C"], total: 1 });
  expect(at(...frame.toPixel([0.51, 0.41]))).toBeGreaterThanOrEqual(0);
  expect(at(...frame.toPixel([0.02, 0.8]))).toBe(-1);
});

const prng = createPrng("crowded");
/** Scattered by the golden ratio, in clusters, two at the same place. */
const scattered = (count: number) => {
  const places = Array.from({ length: count }, (_, k) => Math.max(1, k) * 0.618034);
  return { u: places.map((v) => (v % 1) ** 3), v: places.map((v) => (7 * v) % 1) };
};
const threeTimes = Object.fromEntries(
  Object.entries(columns).map(([name, values]) => [name, [...values, ...values, ...values]]),
);
const random = Array.from({ length: 1000 }, () => prng.next());
const TRIANGLE = { kind: "ternary", corners: ["A", "B", "C"], total: 1 } as const;
const AXES = { kind: "axes", x: "u", y: "v" } as const;

test.each([
  ["the triangle", TRIANGLE, columns, 300],
  ["a triangle with several candidates at each place", TRIANGLE, threeTimes, 200],
  ["scattered candidates", AXES, scattered(60), 300],
  ["more candidates than pixels", AXES, scattered(4000), 140],
  [
    "candidates that crowd at the edges",
    AXES,
    { u: random.map((x) => Math.cbrt(x)), v: random.map((_, k) => random[(7 * k + 3) % 1000]!) },
    160,
  ],
] as const)("on %s each pixel belongs to its nearest cell", (_name, plane, shown, width) => {
  const data = gatherMapData({
    ...{ title: "", plane, columns: shown, view: undefined, observations: [] },
  });
  const frame = fitMapFrame(plane, data.cells, { width });
  const index = buildCellIndex({ data, frame, width, height: frame.height, ratio: 1 });
  const { cells } = data;
  const places = Array.from(cells.row, (_, k) => frame.toPixel([cells.x[k] ?? 0, cells.y[k] ?? 0]));
  let seen = 0;
  for (let p = 0; p < index.length; p++) {
    const cell = places[index[p] ?? -1];
    if (cell === undefined) continue;
    const [x, y] = [p % width, Math.floor(p / width)];
    const ways = places.map((place) => Math.hypot(place[0] - x, place[1] - y));
    // Places are kept to a quarter of a pixel.
    expect(Math.hypot(cell[0] - x, cell[1] - y)).toBeLessThan(Math.min(...ways) + 0.5);
    seen++;
  }
  expect(seen).toBeGreaterThan(0.16 * index.length);
});

test("of several candidates at a place the first stands", () => {
  const shown = { plane: TRIANGLE, columns: threeTimes };
  const data = gatherMapData({ ...{ title: "", view: undefined, observations: [] }, ...shown });
  const frame = fitMapFrame(TRIANGLE, data.cells, { width: WIDTH });
  const index = buildCellIndex({ data, frame, width: WIDTH, height: frame.height, ratio: 1 });
  expect(new Set(index)).toEqual(new Set([-1, ...rows.keys()]));
});
