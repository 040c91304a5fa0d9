import { expect, test } from "vitest";
import { createPrng } from "../../../src/core/prng.ts";
import {
  gatherFamiliar,
  joinGatherings,
  NOBODY,
  straying,
} from "../../../src/models/structure/class-gatherings.ts";

const WIDTH = 12;

/** Whitened coordinates of `rows` atoms around (`shift`, 0, 0, ..) with the deviation `spread`. */
function points(rows: number, shift: number, spread = 1): Float64Array {
  const prng = createPrng(`${rows} ${shift} ${spread}`);
  return Float64Array.from(
    { length: rows * WIDTH },
    (_, k) => spread * prng.normal() + (k % WIDTH === 0 ? shift : 0),
  );
}
const familiar = (rows: number): Float64Array => new Float64Array(rows).fill(0.5);
const strayingOf = (rows: number, shift: number, spread?: number): number =>
  straying(gatherFamiliar(points(rows, shift, spread), WIDTH, familiar(rows)));

test("a class strays by the distance of its atoms' mean, over three deviations", () => {
  expect(strayingOf(4000, 0)).toBeLessThan(0.02);
  expect(strayingOf(4000, 4.5)).toBeCloseTo(1.5, 1);
  expect(strayingOf(4000, 2)).toBeCloseTo(2 / 3, 1);
});

test("few atoms, and atoms that differ among each other, say nothing", () => {
  expect(strayingOf(49, 6)).toBe(0);
  expect(strayingOf(50, 6)).toBeGreaterThan(1);
  expect(strayingOf(1000, 6, 10)).toBeLessThan(0.5);
});

test("the sampling error of a mean is no straying", () => {
  const found = Array.from({ length: 40 }, (_, k) => strayingOf(100 + k, 0));
  // Without its removal the mean of twelve directions over 100 atoms would stand at 0.35 / 3.
  expect(found.reduce((sum, v) => sum + v, 0) / found.length).toBeLessThan(0.05);
});

test("atoms that are unfamiliar one by one are not counted, and parts join to the whole", () => {
  const all = points(400, 3);
  const strangeness = familiar(400).map((v, i) => (i % 4 === 0 ? 1.5 : v));
  const whole = gatherFamiliar(all, WIDTH, strangeness);
  expect(whole.count).toBe(300);
  const half = (from: number) =>
    gatherFamiliar(
      all.subarray(from * WIDTH, (from + 200) * WIDTH),
      WIDTH,
      strangeness.subarray(from, from + 200),
    );
  const joined = joinGatherings(joinGatherings(NOBODY, half(0)), half(200));
  expect(joined.count).toBe(300);
  expect(straying(joined)).toBeCloseTo(straying(whole), 12);
});
