import { expect, test } from "vitest";
import { probabilityOf } from "../../../src/models/structure/consult-neighbours.ts";

test("where neighbours agree, the class is surer than their share of votes; where they do not, it stays even", () => {
  const heard = Float64Array.of(0.9, 0.1, 0, 0.5, 0.5, 0, 0.3, 0.4, 0.3);
  const p = probabilityOf(Int32Array.of(0, 0, 2), heard, 3);
  expect(p[0]).toBeCloseTo(0.729 / 0.73, 12);
  expect(p[1]).toBeCloseTo(0.5, 12);
  expect(p[2]).toBeCloseTo(0.027 / 0.118, 12);
});

test("an atom that heard nobody has its own share of votes, and one without votes no probability", () => {
  const heard = Float64Array.of(0.8, 0.2, 0, 0);
  expect(probabilityOf(Int32Array.of(0, 1), heard, 2, 0)).toEqual(Float64Array.of(0.8, 0));
});

test("probabilities of all classes sum to 1", () => {
  const heard = Float64Array.of(0.55, 0.3, 0.15);
  const all = [0, 1, 2].map((c) => probabilityOf(Int32Array.of(c), heard, 3)[0]!);
  expect(all.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
});
