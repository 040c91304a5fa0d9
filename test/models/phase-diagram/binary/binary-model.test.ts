import { describe, expect, test } from "vitest";
import { createPrng } from "../../../../src/core/prng.ts";
import { binaryAxes } from "../../../../src/models/phase-diagram/binary/binary-grid.ts";
import { createBinaryModel } from "../../../../src/models/phase-diagram/binary/binary-model.ts";
import type { MapGrid, MapModel } from "../../../../src/models/phase-diagram/map-model.ts";
import { fc } from "../../../support/properties.ts";
import { accuracy, fieldAt, placeAt, play, REQUEST, toyBinary, toyResult } from "./toy-binary.ts";

const grid = toyBinary();

function create(of: MapGrid = grid, noise?: number): MapModel {
  const axes = binaryAxes(of);
  if (axes === undefined) throw new Error("the toy grid is a binary");
  return createBinaryModel(of, axes, { noise });
}

/** Two tie-lines of one field, the upper one shorter: followed upwards both ends meet at x = 0 and 1000. */
const CLOSES = [464, 257];

const labelAt = (model: MapModel, T: number, x: number): string => {
  const { labels, label } = model.predict();
  return labels[label[placeAt(grid, T, x)] ?? -1] ?? "";
};

describe("a binary over temperature", () => {
  test("a eutectic system is found with few experiments", () => {
    const model = create();
    play(grid, model, 25);
    expect(accuracy(grid, model)).toBeGreaterThan(0.95);
    expect(model.predict().labels.length).toBe(6);
  });

  test("the invariant reaction is named with the two temperatures around it", () => {
    const model = create();
    play(grid, model, 40);
    const [finding = ""] = model.status().findings ?? [];
    expect(finding).toMatch(/^Invariant reaction LIQUID = ALPHA\+BETA \(on cooling\) between/);
    const [low, high] = (finding.match(/\d+/g) ?? []).map(Number);
    expect(low).toBeLessThanOrEqual(600);
    expect(high).toBeGreaterThanOrEqual(600);
    expect(high! - low!).toBeLessThanOrEqual(100);
  });

  test("a monotectoid: a miscibility gap over a pair of two phases", () => {
    const model = create();
    const tell = (T: number, x: number, ends: Record<string, number>, id: number): void => {
      model.observe({
        id,
        candidate: placeAt(grid, T, x),
        phases: Object.keys(ends).sort(),
        ends: Object.keys(ends)
          .sort()
          .map((phase) => ({ phase, composition: [1 - ends[phase]!, ends[phase]!] })),
        confidence: 1,
        known: false,
      });
    };
    tell(400, 0.5, { FCC: 0.1, HCP: 0.98 }, 1);
    tell(450, 0.3, { "FCC#2": 0.15, "FCC#1": 0.6 }, 2);
    tell(450, 0.8, { FCC: 0.65, HCP: 0.98 }, 3);
    expect(model.status().findings).toEqual([
      "Invariant reaction FCC = FCC+HCP (on cooling) between 400 and 450.",
    ]);
    expect(labelAt(model, 450, 0.6)).toBe("FCC");
  });

  test("a tie-line gives the whole isotherm: its ends, the single phases beyond them", () => {
    const model = create();
    model.observe(toyResult(grid, placeAt(grid, 450, 0.5)));
    expect(labelAt(model, 450, 0.05)).toBe("ALPHA");
    expect(labelAt(model, 450, 0.3)).toBe("ALPHA+BETA");
    expect(labelAt(model, 450, 0.95)).toBe("BETA");
    expect(model.originOf?.(placeAt(grid, 450, 0.3)).origin).toBe("tie-line");
  });

  test("where a phase between two fields has no room left it is gone", () => {
    const model = create();
    for (const [T, x] of [
      [800, 0.2],
      [800, 0.9],
      [700, 0.3],
      [700, 0.8],
    ] as const)
      model.observe(toyResult(grid, placeAt(grid, T, x)));
    // Both liquidus lines are straight: they meet at 600 and x = 0.6.
    expect(labelAt(model, 650, 0.6)).toBe("LIQUID");
    expect(labelAt(model, 525, 0.6)).toBe("ALPHA+BETA");
  });

  test("measured labels stand, at most two phases coexist, probabilities sum to one", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(grid.count - 1), { minLength: 1, maxLength: 25 }),
        (measured) => {
          const model = create();
          for (const i of measured) model.observe(toyResult(grid, i));
          const { labels, label, probabilities } = model.predict();
          for (const i of measured) {
            const { phases } = fieldAt(grid.values[2 * i + 1]!, grid.values[2 * i]!);
            expect(labels[label[i]!]).toBe(phases.join("+"));
          }
          for (let i = 0; i < grid.count; i++) {
            expect(labels[label[i]!]!.split("+").length).toBeLessThanOrEqual(2);
            const sum = probabilities.reduce((total, column) => total + column[i]!, 0);
            expect(sum).toBeCloseTo(1, 9);
          }
        },
      ),
      { numRuns: 40, examples: [[CLOSES]] },
    );
  });

  test("above the melting point, where the only field closes, what is known nearest holds", () => {
    const model = create();
    for (const i of CLOSES) model.observe(toyResult(grid, i));
    expect(labelAt(model, 975, 0)).toBe("ALPHA");
    for (const T of [1000, 1050])
      for (const x of [0.05, 0.9]) expect(labelAt(model, T, x)).toBe("LIQUID");
  });

  test("the order of results and of rows, and the names of phases, change no proposal", () => {
    const names: Record<string, string> = { ALPHA: "Z", BETA: "M", LIQUID: "A" };
    const prng = createPrng("rows");
    const shuffled = toyBinary((rows) => {
      const keys = new Map(rows.map((row) => [row, prng.next()]));
      return [...rows].sort((a, b) => keys.get(a)! - keys.get(b)!);
    });
    const proposal = (model: MapModel, of: MapGrid): string[] =>
      model
        .rank({ ...REQUEST, count: 4 })
        .map(({ candidate }) => [...of.values.subarray(2 * candidate, 2 * candidate + 2)].join());
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(grid.count - 1), { minLength: 2, maxLength: 20 }),
        (measured) => {
          const first = create();
          for (const i of measured) first.observe(toyResult(grid, i));
          const backwards = create();
          for (const i of [...measured].reverse()) backwards.observe(toyResult(grid, i));
          const other = create(shuffled);
          const renamed = create();
          for (const i of measured) {
            const [T, x] = [grid.values[2 * i]!, grid.values[2 * i + 1]!];
            other.observe(toyResult(shuffled, placeAt(shuffled, T, x), i));
            const result = toyResult(grid, i);
            const ends = result.ends!.map((end) => ({ ...end, phase: names[end.phase]! }));
            renamed.observe({ ...result, ends, phases: ends.map(({ phase }) => phase).sort() });
          }
          const expected = proposal(first, grid);
          expect(proposal(backwards, grid)).toEqual(expected);
          expect(proposal(other, shuffled)).toEqual(expected);
          expect(proposal(renamed, grid)).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a result that is taken back leaves no trace", () => {
    const never = create();
    const taken = create();
    for (const i of [10, 200, 400]) never.observe(toyResult(grid, i));
    for (const i of [10, 200, 321, 400]) taken.observe(toyResult(grid, i));
    taken.forget(321);
    expect([...taken.predict().label]).toEqual([...never.predict().label]);
    expect(taken.rank(REQUEST)).toEqual(never.rank(REQUEST));
  });

  test("points in flight are not proposed again and keep the next ones away", () => {
    const model = create();
    for (const i of [0, 20, 310]) model.observe(toyResult(grid, i));
    const [alone] = model.rank(REQUEST);
    const after = model.rank({ ...REQUEST, count: 5, pending: [alone!.candidate] });
    const batch = model.rank({ ...REQUEST, count: 6 });
    expect(batch.slice(1).map(({ candidate }) => candidate)).toEqual(
      after.map(({ candidate }) => candidate),
    );
    expect(new Set(batch.map(({ candidate }) => candidate)).size).toBe(6);
  });

  test("a shared furnace: all points of a batch at one temperature", () => {
    const model = createBinaryModel(grid, binaryAxes(grid)!, { sharesLevel: true });
    for (const i of [0, 20, 310]) model.observe(toyResult(grid, i));
    const batch = model.rank({ ...REQUEST, count: 4 });
    expect(batch.length).toBe(4);
    expect(new Set(batch.map(({ candidate }) => grid.values[2 * candidate])).size).toBe(1);
  });
});

describe("real life", () => {
  test("a wrong label inside a tie-line is doubted, measured again and outvoted", () => {
    const model = create();
    for (const [T, x] of [
      [450, 0.5],
      [425, 0.5],
      [475, 0.5],
    ] as const)
      model.observe(toyResult(grid, placeAt(grid, T, x)));
    const wrong = placeAt(grid, 450, 0.4);
    model.observe({ ...toyResult(grid, wrong, 9001), phases: ["LIQUID"], ends: undefined });
    const repeat = model.rank(REQUEST)[0];
    expect(repeat?.why).toMatch(/^Repeat/);
    expect(model.status().warnings.join()).toContain("LIQUID (result 9001)");
    model.observe(toyResult(grid, wrong, 9002));
    model.observe(toyResult(grid, wrong, 9003));
    expect(labelAt(model, 450, 0.4)).toBe("ALPHA+BETA");
    expect(model.status().suspicious).toEqual([]);
  });

  test("a wrong label alone in the middle of a field is doubted", () => {
    const model = create();
    for (const T of [400, 450, 475, 525]) model.observe(toyResult(grid, placeAt(grid, T, 0.5), T));
    const wrong = placeAt(grid, 500, 0.5);
    model.observe({ ...toyResult(grid, wrong, 7), phases: ["LIQUID"], ends: undefined });
    expect(model.status().suspicious.map(({ id }) => id)).toEqual([7]);
  });

  test("three phases are said to be out of equilibrium and teach nothing else", () => {
    const model = create();
    const at = placeAt(grid, 450, 0.5);
    model.observe({ ...toyResult(grid, at), phases: ["ALPHA", "BETA", "LIQUID"], ends: undefined });
    expect(model.status().warnings.join()).toContain("not in equilibrium");
  });

  test("a sample that its tie-line cannot mix to is said to be mixed up", () => {
    const model = create();
    const result = toyResult(grid, placeAt(grid, 450, 0.5));
    const ends = [
      { phase: "ALPHA", composition: [0.98, 0.02] },
      { phase: "BETA", composition: [0.7, 0.3] },
    ];
    model.observe({ ...result, ends });
    expect(model.status().warnings.join()).toContain("lever rule");
  });

  test.each([0.01, undefined])("compositions with 1 %% noise, told %s", (told) => {
    const prng = createPrng("noise/1");
    const noisy = (i: number, id: number) => {
      const result = toyResult(grid, i, id);
      if (result.phases.length === 1) return result;
      const ends = result.ends!.map(({ phase, composition }) => {
        const x = Math.min(1, Math.max(0, composition[1]! + 0.01 * prng.normal()));
        return { phase, composition: [1 - x, x] };
      });
      return { ...result, ends };
    };
    const model = create(grid, told);
    play(grid, model, 60, noisy);
    expect(accuracy(grid, model)).toBeGreaterThan(0.93);
    const learnt = model.status().engine?.figures["compositionNoise_molFraction"] ?? 0;
    expect(learnt).toBeLessThanOrEqual(0.02);
  });
});
