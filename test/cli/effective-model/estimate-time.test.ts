import { expect, test } from "vitest";
import { timeTeller } from "../../../src/cli/effective-model/estimate-time.ts";

/** An estimate by a clock of its own: preparation, then calculations of one length. */
function told(preparation_s: number, single_s: number, count: number): string[] {
  let clock_s = 100;
  const sentences: string[] = [];
  const progress = timeTeller({
    expected: { usual: 225, most: 360 },
    planning_s: 0.5,
    now_s: () => clock_s,
    tell: (sentence) => sentences.push(sentence),
  });
  progress(0, 225, "preparing");
  progress(0, 225, "design");
  clock_s += preparation_s;
  for (let done = 1; done <= count; done++) {
    clock_s += single_s;
    progress(done, 225, "design");
    progress(done, 225, "design");
  }
  return sentences;
}

test("the time is told once, with the preparation in it, by what calculations took", () => {
  expect(told(120, 2, 40)).toEqual([
    "as the first calculations took: 11 min 23 s to 17 min 0 s in all (2 min 0 s of preparation, " +
      "225 to 360 calculations of 2.0 s, planning and sampling between them)",
  ]);
});

test("nothing is told before four calculations", () => {
  expect(told(120, 2, 3)).toEqual([]);
});
