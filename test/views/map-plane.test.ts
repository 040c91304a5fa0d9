import { expect, test } from "vitest";
import { findTernaryPlane, freeAxes, isTemperature } from "../../src/views/map-plane.ts";
import { chooseSections } from "../../src/views/map-slices.ts";

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

test("temperature is drawn upwards however its column is written", () => {
  const names = ["T", "T_K", "T [°C]", "T (K)", "temperature_K", "Annealing temperature", "temp"];
  expect(names.map(isTemperature)).toEqual(names.map(() => true));
  expect(["Ti", "T1", "Ta_at", "t_min", "tempo", "Te"].map(isTemperature)).not.toContain(true);
  // Whatever comes first in the alphabet or in the file.
  const columns = { "T [°C]": [300, 400, 300, 400], x_Zn: [0, 0, 1, 1] };
  expect(chooseSections(columns, []).plane).toEqual({ kind: "axes", x: "x_Zn", y: "T [°C]" });
});
