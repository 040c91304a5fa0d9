import { expect, test } from "vitest";
import { compositionByCell } from "../../../src/models/diffraction/vegard.ts";

const SOLUTION = [
  { at: { Fe: 2, Ti: 1 } },
  { at: { Fe: 0.6, Ti: 0.4 }, strain: 0.01 },
  { at: { Fe: 0.75, Ti: 0.2, Mg: 0.05 }, strain: -0.01 },
];

test.each([
  ["at the reference", 0, { Fe: 2 / 3, Ti: 1 / 3 }],
  ["half way to a larger cell", 0.005, { Fe: 0.6333, Ti: 0.3667 }],
  [
    "half way to a smaller cell, of three components",
    -0.005,
    { Fe: 0.7083, Ti: 0.2667, Mg: 0.025 },
  ],
  ["beyond the largest", 0.03, { Fe: 0.6, Ti: 0.4 }],
  ["beyond the smallest", -0.03, { Fe: 0.75, Ti: 0.2, Mg: 0.05 }],
])("a cell tells the composition: %s", (_, strain, expected) => {
  const found = compositionByCell(SOLUTION, strain);
  expect(Object.values(found).reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 12);
  for (const [name, x] of Object.entries(expected)) expect(found[name]).toBeCloseTo(x, 4);
});

test("a compound has its composition whatever its cell; a binary's one mole fraction stays", () => {
  expect(compositionByCell([{ at: { Fe: 1, Ti: 1 } }], 0.02)).toEqual({ Fe: 0.5, Ti: 0.5 });
  const binary = [{ at: { x_Zn: 0.2 } }, { at: { x_Zn: 0.4 }, strain: 0.02 }];
  expect(compositionByCell(binary, 0.005)["x_Zn"]).toBeCloseTo(0.25, 12);
});
