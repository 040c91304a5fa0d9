import { describe, expect, test } from "vitest";
import { createGridLevels } from "../../../../src/models/phase-diagram/graph/grid-levels.ts";
import { orderGrid } from "../../../../src/planning/phase-diagram/map-grid.ts";

function triangle(divisions: number): Record<string, number>[] {
  const rows: Record<string, number>[] = [];
  for (let i = 0; i <= divisions; i++) {
    for (let j = 0; j <= divisions - i; j++) {
      rows.push({ A: i / divisions, B: j / divisions, C: (divisions - i - j) / divisions });
    }
  }
  return rows;
}

describe("a grid that is refined near boundaries", () => {
  const grid = orderGrid(triangle(20), ["A", "B", "C"]);
  const a = Float64Array.from({ length: grid.count }, (_, i) => grid.values[3 * i]!);
  const isMultiple = (i: number, part: number): boolean =>
    [0, 1, 2].every(
      (k) =>
        Math.abs((grid.values[3 * i + k]! / part) % 1) < 1e-6 ||
        Math.abs(((grid.values[3 * i + k]! / part) % 1) - 1) < 1e-6,
    );
  const levels = createGridLevels(grid, 4);
  const everywhere = new Uint8Array(grid.count).fill(1);
  const opened = (label: Int32Array, free: Uint8Array): number[] =>
    [...levels.open(label, free).entries()].flatMap(([i, isOpen]) => (isOpen === 1 ? [i] : []));

  test("starts on the coarse points only", () => {
    const open = opened(new Int32Array(grid.count).fill(-1), everywhere);
    expect(open).toHaveLength(21);
    expect(open.every((i) => isMultiple(i, 0.2))).toBe(true);
  });

  test("goes to half the step, then to a quarter, near the boundary only", () => {
    const label = Int32Array.from(a, (x) => (x > 0.47 ? 1 : 0));
    const withoutCoarse = everywhere.map((_, i) => (isMultiple(i, 0.2) ? 0 : 1));
    const second = opened(label, withoutCoarse);
    expect(second.length).toBeGreaterThan(5);
    expect(second.every((i) => isMultiple(i, 0.1) && Math.abs(a[i]! - 0.475) <= 0.25)).toBe(true);
    const withoutHalf = everywhere.map((_, i) => (isMultiple(i, 0.1) ? 0 : 1));
    const third = opened(label, withoutHalf);
    expect(third.length).toBeGreaterThan(second.length);
    expect(third.every((i) => Math.abs(a[i]! - 0.475) <= 0.13)).toBe(true);
  });

  test("falls back to whatever is free, and refuses a table that is no grid", () => {
    const one = new Uint8Array(grid.count);
    const inner = a.findIndex((_, i) => !isMultiple(i, 0.1));
    one[inner] = 1;
    expect(opened(new Int32Array(grid.count), one)).toEqual([inner]);
    const scattered = orderGrid([{ x: 0 }, { x: 0.31 }, { x: 0.5 }, { x: 1 }], []);
    expect(() => createGridLevels(scattered, 2)).toThrow(/regular grid/);
  });
});
