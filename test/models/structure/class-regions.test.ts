import { expect, test } from "vitest";
import { findClusters } from "../../../src/models/structure/class-clusters.ts";
import { findInterfaces } from "../../../src/models/structure/interfaces.ts";
import { findTransitions } from "../../../src/models/structure/transitions.ts";
import { diamondBox } from "./boxes.ts";

const BOX = diamondBox(4, 0.05);
const LENGTH = 4 * 5.431;
const position = (a: number, k: number): number => BOX.positions[3 * a + k] ?? 0;

function classesWhere(isOne: (atom: number) => boolean): Int32Array {
  return Int32Array.from({ length: BOX.atoms }, (_, a) => (isOne(a) ? 1 : 0));
}

test("a sphere of one class is one cluster with its size and centre, also across a periodic face", () => {
  const distance = (a: number): number =>
    Math.hypot(
      ...[0, 1, 2].map((k) => {
        const d = position(a, k) - (k === 2 ? 0.3 : 10);
        return d - LENGTH * Math.round(d / LENGTH);
      }),
    );
  const classes = classesWhere((a) => distance(a) < 6);
  const [, sphere] = findClusters(BOX, classes, 2, 5);
  expect(sphere?.clusters).toBe(1);
  expect(sphere?.largest).toBe(classes.reduce((sum, c) => sum + c, 0));
  expect(sphere?.centre_A[0]).toBeCloseTo(10, 0);
  const z = sphere?.centre_A[2] ?? 9;
  expect(Math.min(z, LENGTH - z)).toBeLessThan(1);
});

test("two separate groups are two clusters; a class without atoms has none", () => {
  const classes = classesWhere((a) => {
    const x = position(a, 0);
    return (x > 2 && x < 6) || (x > 13 && x < 17);
  });
  const found = findClusters(BOX, classes, 3, 5);
  expect(found[1]?.clusters).toBe(2);
  expect(found[2]).toMatchObject({ clusters: 0, largest: 0 });
});

test("slabs along c: both interfaces of a periodic box are found within 1 A", () => {
  const found = findInterfaces(
    BOX,
    classesWhere((a) => position(a, 2) > 4 && position(a, 2) < 15),
    2,
  );
  expect(found.map(({ axis }) => axis)).toEqual(["c", "c"]);
  const positions = found.map(({ position_A }) => position_A).sort((a, b) => a - b);
  expect(Math.abs((positions[0] ?? 0) - 4)).toBeLessThan(1);
  expect(Math.abs((positions[1] ?? 0) - 15)).toBeLessThan(1);
});

test("with a linear measure of order the boundary is found although the classes change too early", () => {
  // Order that falls evenly over 5 A about 4 and 15 A, as averages over a sphere do; the class changes where it is 0.85.
  const orderAt = (z: number): number => {
    const ramp = (at: number): number => Math.min(1, Math.max(0, (z - at) / 5 + 0.5));
    return ramp(4) - ramp(15);
  };
  const order = Float64Array.from({ length: BOX.atoms }, (_, a) => {
    const z = position(a, 2);
    return 5 + 3 * Math.max(orderAt(z), orderAt(z + LENGTH), orderAt(z - LENGTH));
  });
  const classes = classesWhere((a) => (order[a] ?? 0) > 5 + 3 * 0.85);
  const bare = findInterfaces(BOX, classes, 2).map(({ position_A }) => position_A);
  const found = findInterfaces(BOX, classes, 2, { values: order, components: 1 });
  const [lower = 0, upper = 0] = found.map(({ position_A }) => position_A).sort((a, b) => a - b);
  expect(Math.abs(lower - 4)).toBeLessThan(1);
  expect(Math.abs(upper - 15)).toBeLessThan(1);
  expect(Math.min(...bare) - 4).toBeGreaterThan(1);
});

test("one phase, or phases mixed atom by atom, have no interface", () => {
  expect(
    findInterfaces(
      BOX,
      classesWhere(() => false),
      2,
    ),
  ).toEqual([]);
  expect(
    findInterfaces(
      BOX,
      classesWhere((a) => a % 2 === 0),
      2,
    ),
  ).toEqual([]);
});

test("a transition's midpoint and onset, despite noise", () => {
  const values = Float64Array.from({ length: 50 }, (_, k) => {
    const clean = 1 / (1 + Math.exp((k - 25) / 2));
    return clean + 0.04 * Math.sin(7 * k);
  });
  const [loss] = findTransitions([values]);
  expect(loss).toMatchObject({ class: 0, kind: "loss" });
  expect(Math.abs((loss?.midpointFrame ?? 0) - 25)).toBeLessThan(1);
  expect(Math.abs((loss?.onsetFrame ?? 0) - 20)).toBeLessThanOrEqual(2);
  expect(findTransitions([new Float64Array(50).fill(0.4), values.subarray(0, 4)])).toEqual([]);
});
