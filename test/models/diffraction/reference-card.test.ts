import { expect, test } from "vitest";
import { makeCard } from "../../../src/models/diffraction/reference-card.ts";

const range = { d_min_A: 1, d_max_A: 4, wavelength_A: 1.540593 };
const card = (lines: readonly (readonly [d_A: number, intensity: number])[]) =>
  makeCard(
    { kind: "lines", name: "Mg", lines: lines.map(([d_A, intensity]) => ({ d_A, intensity })) },
    range,
  );

test("lines of a list that a program names in pieces are whole lines: as jarvis-tools 2026.6.12 lists magnesium", () => {
  const pieces = card([
    [2.77994, 2.235],
    [2.779918, 4.47],
    [2.604981, 7.42],
    [2.452635, 9.34],
    [2.45262, 18.68],
  ]);
  expect([...pieces.intensity].map((one) => one.toFixed(3))).toEqual(["0.239", "0.265", "1.000"]);
  expect(pieces.lnD).toHaveLength(3);
});

test("lines that only lie close together stay two", () => {
  const close = card([
    [2.0, 5],
    [1.999, 10],
  ]);
  expect([...close.intensity]).toEqual([0.5, 1]);
});
