import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as models from "../../src/models/index.ts";

const ROOT = join(import.meta.dirname, "../..");

describe("examples/models-library.mjs", () => {
  const text = readFileSync(join(ROOT, "examples/models-library.mjs"), "utf8");

  test("runs in an empty folder and says what docs/models.md prints", () => {
    const folder = mkdtempSync(join(tmpdir(), "tieline-models-"));
    try {
      const door = join(ROOT, "src/models/index.ts");
      const file = join(folder, "example.mts");
      writeFileSync(file, text.replace("tieline/models", door));
      const out = execFileSync(join(ROOT, "node_modules/.bin/tsx"), [file], { encoding: "utf8" });
      expect(out.trim().split("\n")).toHaveLength(3);
      expect(readFileSync(join(ROOT, "docs/models.md"), "utf8")).toContain(out.trim());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("is short", () => {
    expect(text.split("\n").length).toBeLessThanOrEqual(31);
  });
});

describe("createPhaseMap", () => {
  const values: number[] = [];
  for (let a = 0; a <= 10; a++)
    for (let b = 0; a + b <= 10; b++) values.push(a / 10, b / 10, (10 - a - b) / 10);
  const axes = ["Zn", "Al", "Mg"];

  test("rows are the caller's, whatever their order", () => {
    const straight = models.createPhaseMap({ axes, values });
    const rows = Array.from({ length: values.length / 3 }, (_, k) =>
      values.slice(3 * k, 3 * k + 3),
    );
    const reversed = models.createPhaseMap({ axes, values: [...rows].reverse().flat() });
    const last = rows.length - 1;
    for (const [row, phase] of [
      [0, "a"],
      [last, "b"],
      [30, "c"],
      [44, "c"],
    ] as const) {
      straight.learn({ row, phases: [phase] });
      reversed.learn({ row: last - row, phases: [phase] });
    }
    const next = straight.propose(3);
    expect(reversed.propose(3).map(({ row }) => last - row)).toEqual(next.map(({ row }) => row));
    const { label, labels, certainty } = straight.predict();
    expect(labels[label[30] ?? -1]).toBe("c");
    expect(certainty[30]).toBeGreaterThan(0.9);
    expect(Array.from(reversed.predict().label).reverse()).toEqual(Array.from(label));
  });

  test("takes compositions by name, and gives tie-lines", () => {
    const map = models.createPhaseMap({ axes, values }, { coexistence: "full" });
    const ends = [
      { phase: "a", composition: { Zn: 0.9, Al: 0.05, Mg: 0.05 } },
      { phase: "b", composition: { Zn: 0.1, Al: 0.8, Mg: 0.1 } },
    ];
    map.learn({ at: [0.5, 0.425, 0.075], phases: ["a", "b"], ends });
    // Sorted: Al, Mg, Zn.
    const [end = []] = map.geometry().tieLines[0]?.ends ?? [];
    for (const [k, x] of [0.05, 0.05, 0.9].entries()) expect(end[k]).toBeCloseTo(x);
    expect(map.propose(1)).toHaveLength(1);
  });

  test("forgets, and does not propose what is pending or excluded", () => {
    const map = models.createPhaseMap({ axes, values }, { initial: 0 });
    map.learn({ row: 0, phases: ["a"] });
    const id = map.learn({ row: 65, phases: ["b"] });
    const [first] = map.propose(1);
    const [second] = map.propose(1, { pending: [first?.row ?? -1] });
    const [third] = map.propose(1, { excluded: [first?.row ?? -1] });
    expect(second?.row).not.toBe(first?.row);
    expect(third?.row).not.toBe(first?.row);
    map.forget(id);
    expect(map.predict().labels).toEqual(["a"]);
  });

  test("says what is wrong with its input", () => {
    expect(() => models.createPhaseMap({ axes, values: [1, 2] })).toThrow(/no rows of 3 axes/);
    const holed = [...values.slice(0, -1), Number.NaN];
    expect(() => models.createPhaseMap({ axes, values: holed })).toThrow(/no number for the axis/);
    const map = models.createPhaseMap({ axes, values });
    expect(() => map.learn({ row: 9999, phases: ["a"] })).toThrow(/no place 9999/);
  });
});

describe("fitProcess", () => {
  const x = Array.from({ length: 24 }, (_, k) => [500 + 12 * k, (k * 7) % 11]).flat();
  const truth = (T: number, t: number): number => 300 - ((T - 650) / 40) ** 2 + 2 * t;
  const y = Array.from({ length: 24 }, (_, k) => truth(x[2 * k] ?? 0, x[2 * k + 1] ?? 0));

  test("foretells a smooth function in the user's units, with an honest deviation", () => {
    const process = models.fitProcess({ columns: 2, x, y });
    const at = [640, 5, 700, 2, 560, 8];
    const { mean, sd } = process.predict(at);
    for (let n = 0; n < 3; n++) {
      const expected = truth(at[2 * n] ?? 0, at[2 * n + 1] ?? 0);
      expect(Math.abs((mean[n] ?? 0) - expected)).toBeLessThan(1 + 3 * (sd[n] ?? 0));
      expect(sd[n]).toBeLessThan(5);
    }
    expect(process.r2()).toBeGreaterThan(0.95);
    expect(process.widths).toHaveLength(2);
    const draw = process.draw(at, "1");
    expect(process.draw(at, "1")).toEqual(draw);
    expect(Math.abs((draw[0] ?? 0) - (mean[0] ?? 0))).toBeLessThan(1 + 6 * (sd[0] ?? 0));
  });

  test("the best place to go on is where it is good, up or down", () => {
    const process = models.fitProcess({ columns: 2, x, y });
    const along = Array.from({ length: 25 }, (_, k) => [500 + 12 * k, 10]);
    const top = (direction: "min" | "max"): number => {
      const gains = process.logExpectedImprovement(along.flat(), direction);
      return along[gains.indexOf(Math.max(...gains))]?.[0] ?? 0;
    };
    expect(Math.abs(top("max") - 650)).toBeLessThan(60);
    expect(Math.abs(top("min") - 650)).toBeGreaterThan(60);
  });

  test("one value, equal values and a constant column are no obstacle; nonsense is refused", () => {
    expect(models.fitProcess({ columns: 1, x: [3], y: [7] }).predict([3]).mean[0]).toBeCloseTo(7);
    const flat = models.fitProcess({ columns: 2, x: [1, 5, 2, 5, 3, 5], y: [4, 4, 4] });
    expect(flat.predict([9, 5]).mean[0]).toBeCloseTo(4);
    expect(() => models.fitProcess({ columns: 2, x: [1, 2, 3], y: [1] })).toThrow(/no 1 rows of 2/);
    expect(() => models.fitProcess({ columns: 1, x: [Number.NaN], y: [1] })).toThrow(/no number/);
    expect(() => models.fitProcess({ columns: 1, x: [], y: [] })).toThrow(models.LabError);
  });
});

test("spin models and classifiers of atoms come through the same door", () => {
  const dimer = { spins: 2, bonds: [[0, 1, -2]], T: [1, 10], H: [0, 5] };
  const bonds = [{ i: 0, j: 1, J: -2 }];
  const { spinGap_meV } = models.solveForward(models.readForwardSpec({ ...dimer, bonds }));
  expect(spinGap_meV).toBeGreaterThan(0);
  const cell = Float64Array.of(4, 0, 0, 0, 4, 0, 0, 0, 4);
  const box: models.AtomBox = {
    ...{ atoms: 1, positions: new Float64Array(3), cell, origin: [0, 0, 0] },
    ...{ periodic: [true, true, true], species: new Int32Array(1) },
  };
  const settings: models.LaafSettings = {
    ...{ cutoff_A: 5, average_A: 4.1, etas_A: models.etaGrid(5, 10), speciesCount: 1 },
    averageOver: "same-species",
  };
  expect(models.describeAtoms(box, settings)).toHaveLength(models.descriptorLength(settings));
});
