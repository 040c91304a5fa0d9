import { expect, test } from "vitest";
import { findTernaryPlane, freeAxes } from "../../src/views/map-plane.ts";

const BINARY = { Cu: [0, 0.5, 1, 0, 0.5, 1], Ni: [1, 0.5, 0, 1, 0.5, 0], T: [1, 1, 1, 2, 2, 2] };

test("in a binary the other component follows: temperature over composition needs no section", () => {
  expect(freeAxes(BINARY, { kind: "axes", x: "Cu", y: "T" })).toEqual([]);
});

test("a stack is over what the triangle doesn't hold", () => {
  const columns = {
    A: [1, 0, 0, 1, 0, 0],
    B: [0, 1, 0, 0, 1, 0],
    C: [0, 0, 1, 0, 0, 1],
    T: [5, 5, 5, 6, 6, 6],
  };
  const plane = findTernaryPlane(columns) ?? expect.fail("no triangle was found");
  expect(freeAxes(columns, plane)).toEqual(["T"]);
  // One component against temperature: one more fixes the section, the last follows.
  expect(freeAxes(columns, { kind: "axes", x: "A", y: "T" })).toEqual(["B"]);
});
