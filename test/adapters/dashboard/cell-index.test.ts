import { expect, test } from "vitest";
import { buildCellIndex } from "../../../adapters/dashboard/page/cell-index.ts";
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

test.each([
  ["the triangle", { kind: "ternary", corners: ["A", "B", "C"], total: 1 }, 0, 300],
  ["scattered candidates", { kind: "axes", x: "u", y: "v" }, 60, 300],
  ["more candidates than pixels", { kind: "axes", x: "u", y: "v" }, 4000, 140],
] as const)("on %s each pixel belongs to its nearest cell", (_name, plane, count, width) => {
  // Scattered by the golden ratio, in clusters, two at the same place.
  const scattered = Array.from({ length: count }, (_, k) => Math.max(1, k) * 0.618034);
  const shown =
    plane.kind === "ternary"
      ? columns
      : { u: scattered.map((v) => (v % 1) ** 3), v: scattered.map((v) => (7 * v) % 1) };
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
  expect(seen).toBeGreaterThan(0.17 * index.length);
});
