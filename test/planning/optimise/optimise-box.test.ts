import { describe, expect, test } from "vitest";
import type { Parameters } from "../../../src/domain/candidate.ts";
import type { OptimiseSettings } from "../../../src/domain/goal-settings.ts";
import type { SearchSpace } from "../../../src/domain/search-space.ts";
import { paperCampaign } from "../../../src/evaluation/paper-campaign.ts";
import { createOptimisePlanner } from "../../../src/planning/optimise/optimise-planner.ts";

const BRANIN: SearchSpace = {
  kind: "box",
  axes: [
    { name: "a", min: -5, max: 10 },
    { name: "b", min: 0, max: 15 },
  ],
};
function branin({ a, b }: Parameters): number {
  const [x, y] = [Number(a), Number(b)];
  const bowl = y - (5.1 * x * x) / (4 * Math.PI ** 2) + (5 * x) / Math.PI - 6;
  return bowl ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
}

function play(
  space: SearchSpace,
  model: OptimiseSettings,
  outcome: (p: Parameters) => Readonly<Record<string, number>>,
  budget: number,
  count = 1,
): Parameters[] {
  const planner = createOptimisePlanner(paperCampaign({ goal: "optimise", model }, space, "box"));
  const measured: Parameters[] = [];
  const ids = new Set<string>();
  for (let n = 1; measured.length < budget; n++) {
    const { points } = planner.propose({ n, count, pending: [], excluded: [], seed: "box" });
    expect(points).toHaveLength(count);
    for (const point of points) {
      expect(ids.has(point.candidateId)).toBe(false);
      ids.add(point.candidateId);
      planner.learn([
        {
          position: measured.length,
          candidateId: point.candidateId,
          parameters: point.parameters,
          observations: Object.entries(outcome(point.parameters)).map(([name, value]) => ({
            kind: "objective" as const,
            name,
            value,
            unit: "1",
          })),
        },
      ]);
      measured.push(point.parameters);
    }
  }
  return measured;
}

const MIN_Y: OptimiseSettings = { objectives: [{ name: "y", direction: "min" }], initial: 6 };

describe("a continuous space", () => {
  test("set points are multiples of their resolution, none twice, and still find the hill", () => {
    const axes = [
      { name: "a", min: -4.9, max: 10, resolution: 0.3 },
      { name: "b", min: 0, max: 15, resolution: 1 },
    ];
    const model = { ...MIN_Y, inputConstraints: [{ coefficients: { a: 1, b: 1 }, max: 14.05 }] };
    const points = play({ kind: "box", axes }, model, (p) => ({ y: branin(p) }), 15, 3);
    for (const { a, b } of points) {
      expect(Number.isInteger(b)).toBe(true);
      expect(Number(a)).toBe(Number((Math.round(Number(a) / 0.3) * 0.3).toFixed(1)));
      expect(Number(a)).toBeGreaterThanOrEqual(-4.9);
      expect(Number(a) + Number(b)).toBeLessThanOrEqual(14.05);
    }
    expect(new Set(points.map(({ a, b }) => `${a} ${b}`)).size).toBe(points.length);
    // The best of the lattice that the constraint leaves is 0.498 at (-3, 12), then 0.542 at (3.3, 2).
    expect(Math.min(...points.map(branin))).toBeLessThan(3);
  });

  test("Branin's minimum 0.397887 is reached to 0.001 within 32 results", () => {
    const points = play(BRANIN, MIN_Y, (p) => ({ y: branin(p) }), 32);
    expect(Math.min(...points.map(branin))).toBeLessThan(0.397887 + 1e-3);
    for (const { a, b } of points) {
      expect(Number(a)).toBeGreaterThanOrEqual(-5);
      expect(Number(b)).toBeLessThanOrEqual(15);
    }
  });

  test("batches of four keep apart and still converge", () => {
    const points = play(BRANIN, MIN_Y, (p) => ({ y: branin(p) }), 40, 4);
    expect(new Set(points.map((p) => JSON.stringify(p))).size).toBe(40);
    expect(Math.min(...points.map(branin))).toBeLessThan(0.42);
  });

  test("input constraints hold at every point, also at the constrained optimum", () => {
    const model: OptimiseSettings = {
      ...MIN_Y,
      inputConstraints: [{ coefficients: { a: 1, b: 1 }, max: 3 }],
    };
    const bowl = ({ a, b }: Parameters): number => (Number(a) - 4) ** 2 + (Number(b) - 4) ** 2;
    const points = play(BRANIN, model, (p) => ({ y: bowl(p) }), 25);
    for (const { a, b } of points) expect(Number(a) + Number(b)).toBeLessThanOrEqual(3 + 1e-6);
    expect(Math.min(...points.map(bowl))).toBeLessThan(12.5 + 0.1); // at (1.5, 1.5)
  });

  test("integers stay whole, categories stay names", () => {
    const space: SearchSpace = {
      kind: "box",
      axes: [
        { name: "layers", min: 1, max: 9, integer: true },
        { name: "metal", min: 0, max: 0, categories: ["Cu", "Ni", "Co"] },
        { name: "t", min: 0, max: 1 },
      ],
    };
    const loss = ({ layers, metal, t }: Parameters): number =>
      (Number(layers) - 6) ** 2 / 8 + (metal === "Ni" ? 0 : 1) + (Number(t) - 0.37) ** 2;
    const points = play(space, MIN_Y, (p) => ({ y: loss(p) }), 30);
    for (const { layers, metal } of points) {
      expect(Number.isInteger(layers)).toBe(true);
      expect(["Cu", "Ni", "Co"]).toContain(metal);
    }
    expect(Math.min(...points.map(loss))).toBeLessThan(0.01);
  });

  test.each(["expected-hypervolume", "thompson", "parego"])(
    "%s for two objectives",
    (acquisition) => {
      const model: OptimiseSettings = {
        objectives: [
          { name: "f", direction: "min" },
          { name: "g", direction: "min" },
        ],
        initial: 6,
        acquisition,
      };
      const f = ({ a }: Parameters): number => Number(a) ** 2;
      const g = ({ a, b }: Parameters): number => (Number(a) - 2) ** 2 + Number(b);
      const points = play(BRANIN, model, (p) => ({ f: f(p), g: g(p) }), 16, 2);
      expect(
        points.filter((p) => Number(p["a"]) > -1 && Number(p["a"]) < 3).length,
      ).toBeGreaterThan(5);
    },
  );

  test("a target range, and constraints that are only seen by measuring", () => {
    const model: OptimiseSettings = {
      objectives: [{ name: "y", direction: "target", range: { min: 20, max: 21 } }],
      constraints: [{ name: "c", max: 5 }],
      initial: 6,
    };
    const points = play(BRANIN, model, (p) => ({ y: branin(p), c: Number(p["a"]) }), 25);
    const good = points.filter((p) => {
      const y = branin(p);
      return y >= 20 && y <= 21 && Number(p["a"]) <= 5;
    });
    expect(good.length).toBeGreaterThan(4);
  });

  test("a continuous axis cannot be shared, and an empty region is told", () => {
    const propose = (model: OptimiseSettings) => () =>
      createOptimisePlanner(paperCampaign({ goal: "optimise", model }, BRANIN, "s")).propose({
        n: 1,
        count: 2,
        pending: [],
        excluded: [],
        seed: "s",
      });
    expect(propose({ ...MIN_Y, shared: "a" })).toThrow(/cannot be shared/);
    expect(propose({ ...MIN_Y, inputConstraints: [{ coefficients: { a: 1 }, min: 99 }] })).toThrow(
      /No point of the box/,
    );
  });
});
