import { expect, test } from "vitest";
import { divideDoubt } from "../../../src/models/phase-diagram/divide-doubt.ts";
import { spreadCertainty } from "../../../src/models/phase-diagram/spread-certainty.ts";

/** Eleven candidates on a line: A to the left, A+B in the middle, B to the right; C is known and drawn nowhere. */
const labels = ["A", "A+B", "B", "C"];
const label = Int32Array.from([0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2]);
const certainty = Float64Array.from(label, (_, i) => 0.5 + i / 40);
const grid = { count: 11, dimension: 1, points: Float64Array.from(label, (_, i) => i) };
const even = spreadCertainty(labels, label, certainty).probabilities;

test("doubt goes to the fields next to a point, none to a label that is far away or drawn nowhere", () => {
  const columns = divideDoubt({ labels, label, certainty, probabilities: even }, grid);
  const of = (name: string, i: number): number => columns[labels.indexOf(name)]![i]!;
  // Beside the boundary A / A+B all doubt is of it; the corner of B is four fields away.
  expect(of("A+B", 3)).toBeCloseTo(1 - certainty[3]!, 12);
  expect(of("B", 3)).toBe(0);
  expect(columns[3]!.every((p) => p === 0)).toBe(true);
  // In the middle of A+B both neighbours are as near.
  expect(of("A", 5)).toBeCloseTo(of("B", 5), 12);
  for (let i = 0; i < grid.count; i++) {
    expect(columns[label[i]!]![i]).toBe(certainty[i]);
    expect(columns.reduce((sum, column) => sum + column[i]!, 0)).toBeCloseTo(1, 12);
  }
});

test("what an engine has told of the other labels stays", () => {
  const told = even.map((column) => column.slice());
  told[1]![0] = 0.4;
  told[2]![0] = 0.1;
  told[3]![0] = 0;
  const columns = divideDoubt({ labels, label, certainty, probabilities: told }, grid);
  expect(columns.map((column) => column[0])).toEqual([0.5, 0.4, 0.1, 0]);
});
