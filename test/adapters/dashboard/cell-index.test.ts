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
