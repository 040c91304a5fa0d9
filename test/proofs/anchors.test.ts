import { expect, test } from "vitest";
import { misplaced } from "./mutations/hunt.ts";
import { ALL } from "./mutations.ts";

test("every fault that the proof of mutations plants has its place in today's code, and its tests are there", () => {
  expect(misplaced(ALL)).toEqual([]);
  expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
});
