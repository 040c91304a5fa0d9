import { describe, expect, test } from "vitest";
import { createPrng } from "../../../src/core/prng.ts";
import type { Parameters } from "../../../src/domain/candidate.ts";
import type { OptimiseSettings } from "../../../src/domain/goal-settings.ts";
import type { Observation } from "../../../src/domain/observation.ts";
import type { CampaignResult, Proposal, ProposalRequest } from "../../../src/domain/proposal.ts";
import { paperCampaign } from "../../../src/evaluation/paper-campaign.ts";
import { createOptimisePlanner } from "../../../src/planning/optimise/optimise-planner.ts";

const MAX_Y: OptimiseSettings = { objectives: [{ name: "y", direction: "max" }], initial: 4 };

/** A 15 x 15 grid on [0, 1]^2. */
const GRID: Parameters[] = Array.from({ length: 225 }, (_, k) => ({
  a: (k % 15) / 14,
  b: Math.floor(k / 15) / 14,
}));
const hill = ({ a, b }: Parameters): number =>
  Math.exp(-8 * ((Number(a) - 0.7) ** 2 + (Number(b) - 0.3) ** 2)) + 0.1 * Math.sin(9 * Number(a));

const number = (name: string, value: number, unit = "1"): Observation => ({
  kind: "objective",
  ...{ name, value, unit },
});

function resultAt(
  rows: readonly Parameters[],
  row: number,
  position: number,
  observations: readonly Observation[],
): CampaignResult {
  return { position, candidateId: `c${row}`, parameters: rows[row] ?? {}, observations };
}

function request(n: number, more: Partial<ProposalRequest> = {}): ProposalRequest {
  return { n, count: 1, pending: [], excluded: [], seed: "s", ...more };
}

function expectSane(
  proposal: Proposal,
  rows: readonly Parameters[],
  taken: readonly number[],
): void {
  for (const point of proposal.points) {
    expect(Number.isNaN(point.score)).toBe(false);
    const row = Number(point.candidateId.slice(1));
    expect(row).toBeLessThan(rows.length);
    expect(taken).not.toContain(row);
  }
  expect(JSON.stringify(proposal)).not.toContain("NaN");
}

const planner = (rows: readonly Parameters[], model: OptimiseSettings = MAX_Y) =>
  createOptimisePlanner(paperCampaign({ goal: "optimise", model }, { kind: "table", rows }, "s"));

describe("a campaign on a hill", () => {
  test("finds the top within 25 results", () => {
    const p = planner(GRID);
    const taken: number[] = [];
    for (let n = 1; n <= 25; n++) {
      const point = p.propose(request(n)).points[0];
      const row = Number(point?.candidateId.slice(1));
      expect(taken).not.toContain(row);
      p.learn([resultAt(GRID, row, n, [number("y", hill(GRID[row]!))])]);
      taken.push(row);
    }
    const best = Math.max(...GRID.map(hill));
    expect(Math.max(...taken.map((row) => hill(GRID[row]!)))).toBe(best);
  });

  test("the same results give the same proposal bit for bit, in whatever portions they came", () => {
    const results = Array.from({ length: 33 }, (_, k) =>
      resultAt(GRID, 6 * k + 1, k, [number("y", hill(GRID[6 * k + 1]!))]),
    );
    const once = planner(GRID);
    once.learn(results);
    const slowly = planner(GRID);
    for (const result of results) {
      slowly.learn([result]);
      slowly.propose(request(result.position + 1, { count: 2 }));
    }
    const ask = request(50, { count: 5 });
    expect(slowly.propose(ask)).toEqual(once.propose(ask));
    expect(slowly.propose(ask)).toEqual(once.propose(ask));
  });

  test("a withdrawn result leaves no trace", () => {
    const results = Array.from({ length: 20 }, (_, k) =>
      resultAt(GRID, 11 * k, k, [number("y", hill(GRID[11 * k]!))]),
    );
    const clean = planner(GRID);
    clean.learn(results.filter((r) => r.position !== 13));
    const withdrawn = planner(GRID);
    withdrawn.learn(results);
    withdrawn.propose(request(1));
    withdrawn.forget([13]);
    expect(withdrawn.propose(request(2))).toEqual(clean.propose(request(2)));
  });

  test.each([
    "expected-improvement",
    "probability-of-improvement",
    "upper-confidence-bound",
    "thompson",
  ])("%s: pending points are not proposed again and push a batch apart", (acquisition) => {
    const p = planner(GRID, { ...MAX_Y, acquisition });
    for (let k = 0; k < 12; k++)
      p.learn([resultAt(GRID, 18 * k, k, [number("y", hill(GRID[18 * k]!))])]);
    const alone = p.propose(request(1)).points[0]!;
    const next = p.propose(
      request(1, { count: 4, pending: [{ candidateId: alone.candidateId, parameters: {} }] }),
    );
    const ids = next.points.map((point) => point.candidateId);
    expect(new Set([...ids, alone.candidateId]).size).toBe(5);
    // A job that never comes back returns its point.
    expect(p.propose(request(1)).points[0]).toEqual(alone);
  });

  test("a batch shares one value of the shared column", () => {
    const p = planner(GRID, { ...MAX_Y, shared: "b" });
    expect(
      new Set(p.propose(request(1, { count: 4 })).points.map((x) => x.parameters["b"])).size,
    ).toBe(1);
    for (let k = 0; k < 12; k++)
      p.learn([resultAt(GRID, 18 * k, k, [number("y", hill(GRID[18 * k]!))])]);
    const { points } = p.propose(request(2, { count: 4 }));
    expect(points).toHaveLength(4);
    expect(new Set(points.map((x) => x.parameters["b"])).size).toBe(1);
  });

  test("an exhausted pool says so", () => {
    const rows = GRID.slice(0, 5);
    const p = planner(rows);
    rows.forEach((row, k) => {
      p.learn([resultAt(rows, k, k, [number("y", hill(row))])]);
    });
    const proposal = p.propose(request(9, { count: 3 }));
    expect(proposal.points).toEqual([]);
    expect(proposal.verdict.kind).toBe("exhausted");
  });

  test.each([
    [{ expectedGain_min: 10 }, "Cel", /a gain of [\d.e-]+ °C, less than 10 °C$/],
    [{ regret_max: 10 }, "MPa", /better by more than [\d.e-]+ MPa$/],
    [{ regret_max: 10 }, "1", /better by more than [\d.e-]+$/],
  ])("stops when going on promises less than the user cares for: %s in %s", (stop, unit, said) => {
    const p = planner(GRID, { ...MAX_Y, stop });
    for (let k = 0; k < 8; k++)
      p.learn([resultAt(GRID, 25 * k, k, [number("y", hill(GRID[25 * k]!), unit)])]);
    const { verdict } = p.propose(request(1));
    expect(verdict).toMatchObject({ kind: "converged", reason: expect.stringMatching(said) });
  });
});

describe("awkward inputs give a sensible proposal, never a NaN", () => {
  const values = (scale: number, shift = 0) =>
    Array.from({ length: 12 }, (_, k) => shift + scale * hill(GRID[18 * k]!));
  const learn = (ys: readonly number[], model = MAX_Y, rows = GRID): [Proposal, number[]] => {
    const p = planner(rows, model);
    const taken = ys.map((_, k) => (18 * k) % rows.length);
    p.learn(ys.map((y, k) => resultAt(rows, taken[k]!, k, [number("y", y)])));
    return [p.propose(request(1, { count: 3 })), taken];
  };

  test("no result at all", () => {
    const [proposal] = learn([]);
    expectSane(proposal, GRID, []);
    expect(proposal.points).toHaveLength(3);
  });

  test("one result", () => {
    const [proposal, taken] = learn([0.4], { ...MAX_Y, initial: 1 });
    expectSane(proposal, GRID, taken);
    expect(proposal.points).toHaveLength(3);
  });

  test("all results equal, also at 1e12", () => {
    for (const y of [0, 3, 1e12, -1e-12]) {
      const [proposal, taken] = learn(new Array<number>(12).fill(y));
      expectSane(proposal, GRID, taken);
      expect(proposal.warnings.join()).toContain("is the same");
    }
  });

  test("values of 1e12, 1e-12, 1e300, and tiny differences on a large number", () => {
    const [reference] = learn(values(1));
    for (const [scale, shift] of [
      [1e12, 0],
      [1e-12, 0],
      [1e300, 0],
      [1, 1e6],
    ] as const) {
      const [proposal, taken] = learn(values(scale, shift));
      expectSane(proposal, GRID, taken);
      if (shift === 0)
        expect(proposal.points.map((x) => x.candidateId)).toEqual(
          reference.points.map((x) => x.candidateId),
        );
    }
  });

  test("a NaN or an infinite value counts as a failed experiment and is told", () => {
    const ys = values(1);
    ys[4] = Number.NaN;
    ys[7] = Number.POSITIVE_INFINITY;
    const [proposal, taken] = learn(ys);
    expectSane(proposal, GRID, taken);
    expect(proposal.warnings.join()).toContain("not a finite number");
  });

  test.each([Number.NaN, Number.NEGATIVE_INFINITY])(
    "a result of %s ends no search: the others are learnt from",
    (failed) => {
      const line: Parameters[] = Array.from({ length: 41 }, (_, k) => ({ a: k / 40 }));
      const p = planner(line);
      const tell = (row: number, n: number, y = -((row / 40 - 0.7) ** 2)) =>
        p.learn([resultAt(line, row, n, [number("y", y)])]);
      for (const [n, row] of [5, 15, 30, 39].entries()) tell(row, n);
      tell(20, 4, failed);
      const taken = Array.from({ length: 4 }, (_, k) => {
        const row = Number(p.propose(request(k + 6)).points[0]?.candidateId.slice(1));
        tell(row, k + 5);
        return row;
      });
      expect(taken).toContain(28);
    },
  );

  test("every experiment failed: points keep spreading", () => {
    const p = planner(GRID);
    p.learn(
      Array.from({ length: 9 }, (_, k) =>
        resultAt(GRID, 20 * k, k, [{ kind: "failure", reason: "melted" }]),
      ),
    );
    const proposal = p.propose(request(1, { count: 2 }));
    expectSane(proposal, GRID, []);
    expect(proposal.points).toHaveLength(2);
    expect(proposal.warnings.join()).toContain("failed");
  });

  test("a constant column, duplicates, incomplete rows", () => {
    const rows: Parameters[] = [
      ...GRID.map((row) => ({ ...row, c: 5 })),
      ...GRID.slice(0, 40).map((row) => ({ ...row, c: 5 })),
      { a: Number.NaN, b: 0.5, c: 5 },
    ];
    const p = planner(rows);
    const taken = Array.from({ length: 12 }, (_, k) => 3 * k);
    p.learn(taken.map((row, k) => resultAt(rows, row, k, [number("y", hill(rows[row]!))])));
    const proposal = p.propose(request(1, { count: 60 }));
    expectSane(proposal, rows, taken);
    const keys = proposal.points.map((x) => `${x.parameters["a"]},${x.parameters["b"]}`);
    expect(new Set(keys).size).toBe(60);
    for (const row of taken) expect(keys).not.toContain(`${rows[row]!["a"]},${rows[row]!["b"]}`);
    expect(proposal.warnings.join()).toContain("same value everywhere");
    expect(proposal.warnings.join()).toContain("never proposed");
  });

  test("ill-conditioned designs: points closer than rounding, conflicting repeats", () => {
    const rows: Parameters[] = Array.from({ length: 60 }, (_, k) => ({
      a: k < 30 ? 0.5 + 1e-13 * k : k / 60,
    }));
    const prng = createPrng("noise");
    const p = planner(rows);
    const taken = Array.from({ length: 40 }, (_, k) => k);
    p.learn(taken.map((row, k) => resultAt(rows, row, k, [number("y", prng.normal())])));
    p.learn([resultAt(rows, 3, 100, [number("y", 50)])]);
    expectSane(p.propose(request(1, { count: 5 })), rows, taken);
  });

  test("a pool of one candidate, and columns without any variation", () => {
    const rows: Parameters[] = [{ a: 1 }];
    const p = planner(rows);
    expect(p.propose(request(1, { count: 2 })).points).toHaveLength(1);
    p.learn([resultAt(rows, 0, 0, [number("y", 2)])]);
    expect(p.propose(request(2)).verdict.kind).toBe("exhausted");
  });

  test("pure noise is told as such", () => {
    const prng = createPrng("pure noise");
    const [proposal] = learn(Array.from({ length: 12 }, () => prng.normal()));
    expect(proposal.warnings.join()).toMatch(/no better than their mean|random/);
  });
});

describe("failures, constraints, costs, several objectives", () => {
  test("a region where experiments fail is left", () => {
    const p = planner(GRID, { ...MAX_Y, initial: 4 });
    const fails = ({ a }: Parameters): boolean => Number(a) > 0.55;
    let failures = 0;
    const taken: number[] = [];
    for (let n = 1; n <= 40; n++) {
      const row = Number(p.propose(request(n)).points[0]?.candidateId.slice(1));
      taken.push(row);
      const isFailure = fails(GRID[row]!);
      failures += isFailure ? 1 : 0;
      p.learn([
        resultAt(GRID, row, n, [
          isFailure ? { kind: "failure", reason: "cracked" } : number("y", hill(GRID[row]!)),
        ]),
      ]);
    }
    expect(failures).toBeLessThan(14);
    const possible = Math.max(...GRID.filter((x) => !fails(x)).map(hill));
    const found = Math.max(...taken.filter((k) => !fails(GRID[k]!)).map((k) => hill(GRID[k]!)));
    expect(found).toBeGreaterThan(possible - 0.02);
  });

  test("an outcome constraint is kept, an input constraint is never broken", () => {
    const settings: OptimiseSettings = {
      ...MAX_Y,
      constraints: [{ name: "g", max: 1 }],
      inputConstraints: [{ coefficients: { a: 1, b: 1 }, min: 0.5 }],
    };
    const p = planner(GRID, settings);
    const g = ({ a, b }: Parameters): number => Number(a) + 2 * Number(b);
    let kept = 0;
    let best = Number.NEGATIVE_INFINITY;
    for (let n = 1; n <= 30; n++) {
      const row = Number(p.propose(request(n)).points[0]?.candidateId.slice(1));
      const x = GRID[row]!;
      expect(Number(x["a"]) + Number(x["b"])).toBeGreaterThanOrEqual(0.5 - 1e-9);
      p.learn([resultAt(GRID, row, n, [number("y", hill(x)), number("g", g(x))])]);
      if (n > 10 && g(x) <= 1) kept++;
      if (g(x) <= 1) best = Math.max(best, hill(x));
    }
    expect(kept).toBeGreaterThan(12);
    const allowed = GRID.filter((x) => g(x) <= 1 && Number(x["a"]) + Number(x["b"]) >= 0.5);
    expect(best).toBe(Math.max(...allowed.map(hill)));
  });

  test("a result whose constraint nobody measured is not the best, however large", () => {
    const p = planner(GRID, { ...MAX_Y, constraints: [{ name: "g", max: 1 }] });
    const results: Observation[][] = [
      [number("y", 0.2), number("g", 0.5)],
      [number("y", 0.1), number("g", 0.9)],
      [number("y", 9)],
      [number("y", 5), number("g", 7)],
    ];
    p.learn(results.map((observations, k) => resultAt(GRID, 40 * k, k, observations)));
    expect(p.propose(request(1)).model.summary).toMatchObject({ best: 0.2, bestCandidateId: "c0" });
  });

  test("nor is it the nearest to a target: progress counts what keeps the constraints", () => {
    const target = { name: "y", direction: "target" as const, range: { min: 4, max: 6 } };
    const p = planner(GRID, { objectives: [target], constraints: [{ name: "g", max: 1 }] });
    const results: Observation[][] = [
      [number("y", 1), number("g", 0.5)],
      [number("y", 5)],
      [number("y", 5), number("g", 7)],
      [number("y", 7), number("g", 0.9)],
    ];
    p.learn(results.map((observations, k) => resultAt(GRID, 40 * k, k, observations)));
    expect(p.view()).toMatchObject({ convergence: { values: [3, 3, 3, 1] } });
  });

  test("a cost makes the cheap half of a flat pool preferred", () => {
    const rows: Parameters[] = GRID.map((row) => ({
      ...row,
      price: Number(row["a"]) < 0.5 ? 1 : 50,
    }));
    const p = planner(rows, { ...MAX_Y, cost: "price" });
    const taken = Array.from({ length: 10 }, (_, k) => 22 * k);
    p.learn(taken.map((row, k) => resultAt(rows, row, k, [number("y", Number(rows[row]!["b"]))])));
    const { points } = p.propose(request(1, { count: 4 }));
    expect(points.every((x) => x.parameters["price"] === 1)).toBe(true);
  });

  test.each(["expected-hypervolume", "hypervolume-probability", "thompson", "parego"])(
    "%s spreads over a front",
    (acquisition) => {
      const settings: OptimiseSettings = {
        objectives: [
          { name: "f", direction: "min" },
          { name: "g", direction: "max" },
        ],
        initial: 6,
        acquisition,
      };
      const p = planner(GRID, settings);
      const f = ({ a, b }: Parameters): number => Number(a) ** 2 + Number(b) ** 2;
      const g = ({ a, b }: Parameters): number => -((Number(a) - 1) ** 2) - Number(b) ** 2;
      for (let n = 0; n < 24; ) {
        const { points } = p.propose(request(n + 1, { count: 3 }));
        expect(points).toHaveLength(3);
        for (const point of points) {
          const row = Number(point.candidateId.slice(1));
          p.learn([
            resultAt(GRID, row, n++, [number("f", f(GRID[row]!)), number("g", g(GRID[row]!))]),
          ]);
        }
      }
      const { summary } = p.propose(request(99)).model;
      expect((summary["front"] as unknown[]).length).toBeGreaterThan(5);
    },
  );

  test("a target range is found and kept to", () => {
    const p = planner(GRID, {
      objectives: [{ name: "y", direction: "target", range: { min: 0.5, max: 0.6 } }],
      initial: 5,
    });
    let inside = 0;
    for (let n = 1; n <= 25; n++) {
      const row = Number(p.propose(request(n)).points[0]?.candidateId.slice(1));
      const y = hill(GRID[row]!);
      if (y >= 0.5 && y <= 0.6) inside++;
      p.learn([resultAt(GRID, row, n, [number("y", y)])]);
    }
    expect(inside).toBeGreaterThan(6);
  });

  test("categories are compared by name, not by number", () => {
    const rows: Parameters[] = ["Cu", "Ag", "Au", "Pt"].flatMap((metal) =>
      Array.from({ length: 12 }, (_, k) => ({ metal, t: k })),
    );
    const value = ({ metal, t }: Parameters): number =>
      (metal === "Au" ? 3 : 1) - (Number(t) - 7) ** 2 / 20;
    const p = planner(rows);
    const taken: number[] = [];
    for (let n = 1; n <= 20; n++) {
      const row = Number(p.propose(request(n)).points[0]?.candidateId.slice(1));
      taken.push(row);
      p.learn([resultAt(rows, row, n, [number("y", value(rows[row]!))])]);
    }
    expect(taken.map((row) => rows[row])).toContainEqual({ metal: "Au", t: 7 });
  });

  test("impossible settings are refused with the possible ones", () => {
    expect(() => planner(GRID, { ...MAX_Y, acquisition: "magic" })).toThrow(/does not fit/);
    expect(() => planner(GRID, { objectives: [] })).toThrow(/no objective/);
    expect(() => planner(GRID, { ...MAX_Y, inputs: ["zzz"] })).toThrow(/no column/);
  });
});

describe("the page's view", () => {
  test("is plain JSON with convergence, slices, importances, fit, candidates", () => {
    const p = planner(GRID);
    for (let k = 0; k < 30; k++)
      p.learn([resultAt(GRID, 7 * k, k, [number("y", Math.sin(4 * Number(GRID[7 * k]!["a"])))])]);
    const view = JSON.parse(JSON.stringify(p.view())) as {
      kind: string;
      convergence: { values: number[] };
      quantities: {
        fit: { r2: number };
        importances: { name: string; ard: number; permutation: number }[];
        slices: { axis: string; x: number[]; mean: number[]; sd: number[] }[];
      }[];
      candidates: { expectedGain: number; predictions: { y: { value: number } } }[];
    };
    expect(view.kind).toBe("optimise");
    expect(view.convergence.values).toHaveLength(30);
    const y = view.quantities[0]!;
    expect(y.fit.r2).toBeGreaterThan(0.9);
    const [a, b] = y.importances;
    expect(a!.ard).toBeGreaterThan(3 * b!.ard);
    expect(a!.permutation).toBeGreaterThan(5 * Math.abs(b!.permutation));
    const slice = y.slices[0]!;
    slice.x.forEach((x, k) => {
      expect(Math.abs(slice.mean[k]! - Math.sin(4 * x))).toBeLessThan(0.05 + 3 * slice.sd[k]!);
    });
    expect(view.candidates[0]!.expectedGain).toBeGreaterThanOrEqual(
      view.candidates[1]!.expectedGain,
    );
    expect(planner(GRID).view().kind).toBe("optimise");
  });
});
