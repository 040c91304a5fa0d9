import { expect, test } from "vitest";
import { createPrng } from "../../../src/core/prng.ts";
import {
  logExpectedImprovement,
  logGainCeiling,
} from "../../../src/models/optimise/acquisition/improvement.ts";
import {
  correlation,
  correlationSlope,
  correlationsWithSlopes,
} from "../../../src/models/optimise/kernel.ts";
import { reduceRow } from "../../../src/models/optimise/row-updates.ts";

const prng = createPrng("same bits");
const normals = (count: number): Float64Array =>
  Float64Array.from({ length: count }, () => prng.normal());

test("a row is reduced by sums of four, however many are read in a pass", () => {
  for (let count = 0; count <= 21; count++) {
    const rows = Array.from({ length: count }, () => normals(7));
    const l = normals(count);
    const row = normals(7);
    const wanted = row.map((value, n) => {
      let left = value;
      let j = 0;
      const part = (k: number): number => l[k]! * rows[k]![n]!;
      for (; j + 3 < count; j += 4) left -= part(j) + part(j + 1) + (part(j + 2) + part(j + 3));
      for (; j < count; j++) left -= part(j);
      return left * 0.7;
    });
    reduceRow(row, rows, l, 0.7);
    expect(row).toEqual(wanted);
  }
});

test.each(["matern-5/2", "squared-exponential"] as const)(
  "correlations of %s and their slopes are the bits of one at a time",
  (kind) => {
    const r2 = Float64Array.from({ length: 200 }, (_, k) => (k === 0 ? 0 : prng.normal() ** 4));
    const both = r2.slice();
    const slopes = new Float64Array(r2.length);
    correlationsWithSlopes(kind, both, slopes);
    expect(both).toEqual(r2.map((value) => correlation(kind, value)));
    expect(slopes).toEqual(r2.map((value) => correlationSlope(kind, value)));
  },
);

test("no candidate gains more than its ceiling", () => {
  const offenders: string[] = [];
  for (let k = 0; k < 5000; k++) {
    const above = -Math.exp(3 * prng.normal());
    const variance = Math.exp(4 * prng.normal());
    const [gain = 0] = logExpectedImprovement(
      { means: [Float64Array.of(above)], variance: Float64Array.of(variance) },
      [0],
    );
    const ceiling = logGainCeiling(above, variance);
    if (!(ceiling >= gain)) offenders.push(`${above} ${variance}: ${gain} > ${ceiling}`);
  }
  expect(offenders).toEqual([]);
  expect(logGainCeiling(0.1, 1)).toBe(Number.POSITIVE_INFINITY);
});
