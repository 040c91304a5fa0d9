import { expect, test } from "vitest";
import { meanInWords, runsDiffer, runsInWords } from "../../src/cli/output/over-runs.ts";
import { whyNone } from "../../src/cli/suggest/why-none.ts";

test("runs that measured the same in the same order are one run: nothing scatters", () => {
  expect(runsDiffer([{ sampled: [1, 2] }, { sampled: [1, 2] }])).toBe(false);
  expect(runsDiffer([{ sampled: [1, 2] }, { sampled: [2, 1] }])).toBe(true);
  expect(`${meanInWords(28, 0, false)} (${runsInWords(2, 2, false)})`).toBe(
    "28 (all 2 runs are the same)",
  );
  expect(`${meanInWords(28.5, 3.14, true)} (${runsInWords(3, 5, true)})`).toBe(
    "28.5 ± 3.1 (3 of 5 runs)",
  );
  expect(`${meanInWords(28, null, false)} (${runsInWords(1, 1, false)})`).toBe("28 (1 run)");
});

test("what holds every candidate back is counted, each under one reason", () => {
  const rows = [{ a: 1 }, { a: 2 }, { a: Number.NaN }, { a: 9 }, { a: 1 }, { a: 3 }];
  const about = { rows, inputs: ["a"], measured: new Set([0]), inFlight: new Set([1]) };
  expect(whyNone({ ...about, limits: [{ coefficients: { a: 1 }, max: 5 }] })).toBe(
    "1 lacks an input, 1 is in flight, 1 is beyond the limits, 1 is the same place as one of those, 1 has no cost or has failed",
  );
  expect(whyNone({ ...about, rows: [{ a: 1 }, { a: 2 }], limits: [] })).toBe("1 is in flight");
});
