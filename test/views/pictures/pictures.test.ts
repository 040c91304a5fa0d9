import { describe, expect, test } from "vitest";
import type { MapCells } from "../../../src/views/map-data.ts";
import { compositionAt, findTernaryPlane, placeIn } from "../../../src/views/map-plane.ts";
import { drawBars } from "../../../src/views/pictures/bar-chart.ts";
import { findLattice } from "../../../src/views/pictures/cell-lattice.ts";
import { drawChart } from "../../../src/views/pictures/chart.ts";
import { labelStyles, PHASE_COLOURS, rgbOf } from "../../../src/views/pictures/palette.ts";
import { createScale, niceTicks } from "../../../src/views/pictures/scale.ts";
import { escapeXml } from "../../../src/views/pictures/svg.ts";
import { DARK, LIGHT } from "../../../src/views/pictures/theme.ts";

describe("the composition triangle", () => {
  const columns = { A: [1, 0, 0, 0.5], B: [0, 1, 0, 0.25], C: [0, 0, 1, 0.25], T: [1, 2, 3, 4] };
  const plane = findTernaryPlane(columns);

  test("is found by columns that sum to a constant, and only there", () => {
    expect(plane).toEqual({ kind: "ternary", corners: ["A", "B", "C"], total: 1 });
    expect(findTernaryPlane({ x: [1, 2, 3], y: [1, 5, 2], z: [0, 1, 9] })).toBeUndefined();
  });

  test("placing a composition and reading it back agree", () => {
    if (plane === undefined) throw new Error("no plane");
    const place = placeIn(plane, { A: 0.2, B: 0.5, C: 0.3 });
    if (place === undefined) throw new Error("no place");
    compositionAt(plane, place).forEach((value, k) => {
      expect(value).toBeCloseTo([0.2, 0.5, 0.3][k] ?? 0, 12);
    });
    expect(placeIn(plane, { A: 0.2, B: 0.5 })).toEqual(place);
  });
});

test("a ternary grid of m divisions has 3 m (m + 1) / 2 touching pairs of cells", () => {
  const m = 10;
  const points: [number, number][] = [];
  for (let a = 0; a <= m; a++) {
    for (let c = 0; c <= m - a; c++) points.push([a / m / 2 + c / m, (a / m) * (Math.sqrt(3) / 2)]);
  }
  const cells: MapCells = {
    count: points.length,
    x: Float64Array.from(points, (p) => p[0]),
    y: Float64Array.from(points, (p) => p[1]),
    label: new Int16Array(points.length),
    certainty: new Float64Array(points.length),
    row: Int32Array.from(points, (_, k) => k),
  };
  const plane = { kind: "ternary", corners: ["A", "B", "C"], total: 1 } as const;
  expect(findLattice(plane, cells)?.edges).toHaveLength((3 * m * (m + 1)) / 2);
});

test("a phase keeps its colour when others are discovered", () => {
  const [early] = labelStyles(["fcc"], ["fcc"]);
  const [later] = labelStyles(["fcc", "fcc+hcp"], ["fcc", "hcp"]);
  expect(later?.colours).toEqual(early?.colours);
});

test("ink is readable on every phase colour's pale ground and on both themes", () => {
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = rgbOf(colour).map((value) => {
      const s = value / 255;
      return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (const { ink, quiet, background } of [LIGHT, DARK]) {
    const contrast = (a: string): number => {
      const [low = 0, high = 0] = [luminance(a), luminance(background)].sort((x, y) => x - y);
      return (high + 0.05) / (low + 0.05);
    };
    expect(contrast(ink)).toBeGreaterThan(7);
    expect(contrast(quiet)).toBeGreaterThan(4.5);
  }
  expect(new Set(PHASE_COLOURS).size).toBe(PHASE_COLOURS.length);
});

describe("scales and charts", () => {
  test("ticks are round numbers inside the range, also for a range without width", () => {
    expect(niceTicks(0, 1, 5)).toHaveLength(6);
    const flat = createScale({ min: 3, max: 3, from_px: 0, to_px: 100 });
    expect(flat.at(3)).toBeCloseTo(50);
  });

  test("values that are no numbers never reach the picture", () => {
    const series = {
      name: "a<b",
      colour: "#000000",
      kind: "line" as const,
      x: [1, 2, 3],
      y: [1, Number.NaN, 3],
      band: { low: [0, Number.NaN, 2], high: [2, Number.NaN, 4] },
    };
    const options = { title: "t", description: "d", xName: "x", yName: "y", theme: LIGHT };
    const svg = drawChart([series], { ...options, width: 300, height: 200 });
    expect(svg).not.toContain("NaN");
    expect(svg).toContain(escapeXml("a<b"));
    const bars = drawBars([{ name: "J1", value: -2, error: 0.5 }], {
      ...options,
      width: 300,
      colour: "#000000",
    });
    expect(bars).toContain("-2 ± 0.5");
  });
});
