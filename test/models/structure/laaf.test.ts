import { describe, expect, test } from "vitest";
import type { AtomBox } from "../../../src/models/structure/atom-box.ts";
import {
  automaticRadii,
  firstNeighbourDistance,
} from "../../../src/models/structure/first-neighbour.ts";
import {
  describeAtoms,
  describeInChunks,
  etaGrid,
  type LaafSettings,
} from "../../../src/models/structure/laaf.ts";
import { cutSlabs } from "../../../src/models/structure/slabs.ts";
import { diamondBox, randomBox } from "./boxes.ts";
import { describeByDefinition } from "./reference-descriptor.ts";

const SILICON: LaafSettings = {
  cutoff_A: 5,
  average_A: 4,
  etas_A: etaGrid(5),
  speciesCount: 1,
  averageOver: "all",
};

function worstDifference(box: AtomBox, settings: LaafSettings, reach: number): number {
  const found = describeAtoms(box, settings);
  const expected = describeByDefinition(box, settings, reach);
  return found.reduce((worst, value, k) => {
    const reference = expected[k] ?? Number.NaN;
    // Below 1e-250 both are rounding of denormal products.
    return Math.abs(reference) < 1e-250 ? worst : Math.max(worst, Math.abs(value / reference - 1));
  }, 0);
}

describe("the LAAF descriptor equals the plain sum to 1e-12", () => {
  test("for a crystal whose box is barely wider than the cutoff", () => {
    expect(worstDifference(diamondBox(2), SILICON, 1)).toBeLessThan(1e-12);
  });

  test("for a cell smaller than the cutoff, where an atom meets its own images", () => {
    expect(worstDifference(diamondBox(1), SILICON, 2)).toBeLessThan(1e-12);
    const single = randomBox(1, [2.7, 0, 0, 0.9, 2.5, 0, -0.4, 0.7, 2.6], 1, "one");
    expect(worstDifference(single, SILICON, 4)).toBeLessThan(1e-12);
  });

  test("for a strongly tilted cell with atoms outside it", () => {
    const box = randomBox(60, [9, 0, 0, 4.4, 8, 0, -3.9, 3.8, 10], 1, "tilted");
    expect(worstDifference(box, SILICON, 2)).toBeLessThan(1e-12);
  });

  test("for a slab that is open in z, and for an open cluster", () => {
    const cell = [11, 0, 0, 0, 12, 0, 0, 0, 9];
    const slab = randomBox(50, cell, 1, "slab", [true, true, false]);
    const cluster = randomBox(50, cell, 1, "cluster", [false, false, false]);
    expect(worstDifference(slab, SILICON, 1)).toBeLessThan(1e-12);
    expect(worstDifference(cluster, SILICON, 0)).toBeLessThan(1e-12);
  });

  test("for two species, averaged over the centre's own or over all", () => {
    const box = randomBox(60, [10, 0, 0, 0, 11, 0, 2, 0, 12], 2, "binary");
    const binary = { ...SILICON, speciesCount: 2 };
    expect(worstDifference(box, { ...binary, averageOver: "same-species" }, 1)).toBeLessThan(1e-12);
    expect(worstDifference(box, { ...binary, averageOver: "all" }, 1)).toBeLessThan(1e-12);
  });
});

test("chunks hold the same rows as the whole", () => {
  const box = diamondBox(2);
  const whole = describeAtoms(box, SILICON);
  const pieces: number[] = [];
  describeInChunks(box, SILICON, 7, (_, rows) => pieces.push(...rows));
  expect(Float64Array.from(pieces)).toEqual(whole);
});

test("the eta grid begins at 0.45 A and its last width lies one ratio below the cutoff", () => {
  const etas = etaGrid(5);
  expect(etas[0]).toBe(0.45);
  expect(etas[99]).toBeCloseTo(4.881, 3);
});

test("the first-neighbour distance of silicon gives the authors' radii", () => {
  const distance = firstNeighbourDistance([diamondBox(3)]) ?? Number.NaN;
  expect(distance).toBeGreaterThan(2.3);
  expect(distance).toBeLessThan(2.42);
  const { cutoff_A, average_A } = automaticRadii(distance);
  expect(Math.abs(cutoff_A - 5)).toBeLessThan(0.15);
  expect(Math.abs(average_A - 4)).toBeLessThan(0.12);
});

test("a cell without volume is refused by its code", () => {
  const flat = { ...diamondBox(1), cell: Float64Array.of(5, 0, 0, 0, 5, 0, 5, 5, 0) };
  expect(() => describeAtoms(flat, SILICON)).toThrow(expect.objectContaining({ code: "TL-7005" }));
});

test("a cell absurdly small for the cutoff is refused instead of running for ever", () => {
  const tiny = { ...diamondBox(1), cell: Float64Array.of(1e-3, 0, 0, 0, 1e-3, 0, 0, 0, 1e-3) };
  expect(() => describeAtoms(tiny, SILICON)).toThrow(expect.objectContaining({ code: "TL-7005" }));
});

test("a slab's own atoms are described as in the whole box", () => {
  const box = randomBox(1500, [70, 0, 0, 9, 21, 0, -6, 5, 22], 2, "slabs");
  const settings = { ...SILICON, speciesCount: 2 };
  const whole = describeAtoms(box, settings);
  const slabs = cutSlabs(box, 3, settings.cutoff_A + settings.average_A) ?? [];
  expect(slabs.reduce((sum, slab) => sum + slab.own, 0)).toBe(box.atoms);
  let worst = 0;
  for (const slab of slabs) {
    const rows = describeAtoms(slab.box, settings);
    for (let k = 0; k < slab.own; k++)
      for (let m = 0; m < 200; m++) {
        const expected = whole[(slab.atom[k] ?? 0) * 200 + m] ?? 0;
        if (expected > 1e-250)
          worst = Math.max(worst, Math.abs((rows[k * 200 + m] ?? 0) / expected - 1));
      }
  }
  expect(slabs).toHaveLength(3);
  expect(worst).toBeLessThan(1e-11);
  expect(cutSlabs(box, 30, 9)).toBe(undefined);
});
