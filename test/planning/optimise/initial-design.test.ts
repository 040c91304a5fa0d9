import { expect, test } from "vitest";
import { createPrng } from "../../../src/core/prng.ts";
import { chooseDesign, type DesignKind } from "../../../src/planning/optimise/initial-design.ts";

const SIDE = 20;
const COUNT = SIDE * SIDE;
const values = Float64Array.from({ length: 2 * COUNT }, (_, k) =>
  k < COUNT ? (k % SIDE) / (SIDE - 1) : Math.floor((k - COUNT) / SIDE) / (SIDE - 1),
);
const inputs = { count: COUNT, columns: 2, values };

/** Rows of a design of 12 that is asked for in portions, what was taken before being no candidate any more. */
function designed(kind: DesignKind, portions: readonly number[]): number[] {
  const rows: number[] = [];
  for (const count of portions) {
    const eligible = new Uint8Array(COUNT).fill(1);
    for (const row of rows) eligible[row] = 0;
    rows.push(
      ...chooseDesign({
        ...{ kind, inputs, simplex: [], eligible, count, used: rows.length, total: 12 },
        twinOf: Int32Array.from({ length: COUNT }, (_, k) => k),
        prng: createPrng("7/design"),
      }),
    );
  }
  return rows;
}

test.each<DesignKind>(["sobol", "latin-hypercube", "random"])(
  "%s: portions join to one design",
  (kind) => {
    const whole = designed(kind, [12]);
    expect(new Set(whole).size).toBe(12);
    expect(designed(kind, [1, 3, 5, 3])).toEqual(whole);
    expect(designed(kind, Array(12).fill(1))).toEqual(whole);
  },
);

test("random points are spread over the rows, not neighbours of each other", () => {
  const rows = designed("random", Array(12).fill(1)).sort((a, b) => a - b);
  const steps = rows.slice(1).map((row, k) => row - (rows[k] ?? 0));
  expect(Math.max(...rows) - Math.min(...rows)).toBeGreaterThan(COUNT / 2);
  expect(steps.filter((step) => step === 1).length).toBeLessThan(3);
});
