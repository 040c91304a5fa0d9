import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { loadSpace } from "../../../config/load-space.ts";
import type { Parameters } from "../../../src/domain/candidate.ts";
import type { InputConstraint } from "../../../src/domain/goal-settings.ts";
import type { PendingPoint } from "../../../src/domain/proposal.ts";
import type { BoxSpace } from "../../../src/domain/search-space.ts";
import { paperCampaign } from "../../../src/evaluation/paper-campaign.ts";
import { createOptimisePlanner } from "../../../src/planning/optimise/optimise-planner.ts";

interface Played {
  readonly space: BoxSpace;
  readonly limits?: readonly InputConstraint[];
  readonly portions: readonly number[];
  readonly initial?: number;
  readonly design?: "sobol" | "latin-hypercube" | "random";
}

function play(about: Played, outcome: (p: Parameters) => number): Parameters[] {
  const { space, limits = [], portions, initial = 8, design } = about;
  const objectives = [{ name: "y", direction: "max" as const }];
  const model = { objectives, initial, initialDesign: design, inputConstraints: limits };
  const planner = createOptimisePlanner(paperCampaign({ goal: "optimise", model }, space, "s"));
  const measured: Parameters[] = [];
  portions.forEach((count, k) => {
    const asked = { n: k + 1, count, pending: [], excluded: [], seed: "s" };
    for (const { parameters, candidateId } of planner.propose(asked).points) {
      const value = outcome(parameters);
      const observations = [{ kind: "objective" as const, name: "y", value, unit: "1" }];
      planner.learn([{ position: measured.length, candidateId, parameters, observations }]);
      measured.push(parameters);
    }
  });
  return measured;
}

const number = (p: Parameters, name: string): number => Number(p[name]);
const isMultiple = (value: number, step: number): boolean =>
  Math.abs(value / step - Math.round(value / step)) < 1e-9;
const distinct = (points: readonly Parameters[]): number =>
  new Set(points.map((p) => JSON.stringify(p))).size;

describe("a space of set points", () => {
  const { space, constraints } = loadSpace(resolve("examples/synthesis-space.yaml"));

  test("fractions sum to 1 on their steps, limits hold, what is not done is not named", () => {
    const strength = (p: Parameters): number =>
      1 -
      6 * (number(p, "Al") - 0.62) ** 2 -
      6 * (number(p, "Mg") - 0.12) ** 2 -
      (p["annealed"] === "argon" ? ((number(p, "anneal_K") - 583) / 200) ** 2 : 0.4);
    const points = play(
      { space, limits: constraints, portions: [8, ...new Array<number>(10).fill(1)] },
      strength,
    );
    for (const p of points) {
      const parts = ["Al", "Mg", "Zn"].map((name) => number(p, name));
      expect(parts.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      for (const part of parts) expect(isMultiple(part, 0.01)).toBe(true);
      expect(number(p, "Mg")).toBeLessThanOrEqual(0.6);
      expect(number(p, "Mg") - number(p, "Zn") / 2).toBeLessThanOrEqual(0.3 + 1e-9);
      expect(isMultiple(number(p, "melt_K"), 5)).toBe(true);
      expect("anneal_K" in p).toBe(p["annealed"] !== "no");
      if ("hours" in p) expect([1, 2, 4, 8, 24]).toContain(p["hours"]);
    }
    expect(distinct(points)).toBe(points.length);
    expect(Math.max(...points.map(strength))).toBeGreaterThan(0.97);
  });

  test("mixtures of mixtures: two equalities at once, one of them with a tolerance", () => {
    const axes = ["a", "b", "c", "d"].map((name) => ({ name, min: 0, max: 1, resolution: 0.05 }));
    const limits = [
      { coefficients: { a: 1, b: 1 }, min: 0.4, max: 0.4 },
      { coefficients: { a: 1, c: -0.3 }, min: 0.1, max: 0.1, tolerance: 0.02 },
    ];
    const mixture = { kind: "box" as const, axes, fractions: [{ of: ["a", "b", "c", "d"] }] };
    const points = play({ space: mixture, limits, portions: [6, 1, 1] }, (p) => number(p, "c"));
    expect(points).toHaveLength(8);
    for (const p of points) {
      expect(number(p, "a") + number(p, "b")).toBeCloseTo(0.4, 9);
      expect(number(p, "c") + number(p, "d")).toBeCloseTo(0.6, 9);
      expect(Math.abs(number(p, "a") - 0.3 * number(p, "c") - 0.1)).toBeLessThanOrEqual(
        0.02 + 1e-9,
      );
      for (const name of "abcd") expect(isMultiple(number(p, name), 0.05)).toBe(true);
    }
  });

  test("a score is climbed along an equality without steps, to its top", () => {
    const axes = ["a", "b", "c"].map((name) => ({ name, min: 0, max: 1 }));
    const mixture = { kind: "box" as const, axes, fractions: [{ of: ["a", "b", "c"] }] };
    const bowl = (p: Parameters): number =>
      -((number(p, "a") - 0.217) ** 2) - (number(p, "b") - 0.531) ** 2;
    const points = play({ space: mixture, portions: [7, ...new Array<number>(9).fill(1)] }, bowl);
    for (const p of points)
      expect(number(p, "a") + number(p, "b") + number(p, "c")).toBeCloseTo(1, 9);
    expect(Math.max(...points.map(bowl))).toBeGreaterThan(-1e-5);
  });

  test("where some shares have steps, the one without takes what is left", () => {
    const axes = [
      { name: "a", min: 0.1, max: 0.5, resolution: 0.05 },
      { name: "b", min: 0, max: 0.4, resolution: 0.1 },
      { name: "c", min: 0, max: 1 },
    ];
    const mixture = { kind: "box" as const, axes, fractions: [{ of: ["a", "b", "c"] }] };
    const points = play({ space: mixture, portions: [8] }, () => 1);
    expect(distinct(points)).toBe(8);
    for (const p of points) {
      expect(isMultiple(number(p, "a"), 0.05)).toBe(true);
      expect(isMultiple(number(p, "b"), 0.1)).toBe(true);
      expect(number(p, "a") + number(p, "b") + number(p, "c")).toBeCloseTo(1, 9);
    }
  });

  test("what was asked for is not asked again: measured otherwise, out of order, or in flight", () => {
    const few: BoxSpace = { kind: "box", axes: [{ name: "t", min: 1, max: 6, resolution: 1 }] };
    const model = { objectives: [{ name: "y", direction: "max" as const }], initial: 6 };
    const planner = createOptimisePlanner(paperCampaign({ goal: "optimise", model }, few, "s"));
    const ask = (n: number, count: number, pending: readonly PendingPoint[]): number[] =>
      planner
        .propose({ n, count, pending, excluded: [], seed: "s" })
        .points.map(({ parameters }) => number(parameters, "t"));
    const [, second = 0, , fourth = 0] = ask(1, 6, []);
    const told = (t: number, position: number) => ({
      ...{
        position,
        candidateId: `c${position}` as const,
        parameters: { t },
        actual: { t: t - 0.1 },
      },
      observations: [{ kind: "objective" as const, name: "y", value: t, unit: "1" }],
    });
    planner.learn([told(fourth, 0)]);
    const rest = ask(2, 6, [{ candidateId: "f", parameters: { t: second } }]);
    expect(new Set([...rest, second, fourth])).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    expect(rest).toHaveLength(4);
  });

  test.each(["sobol", "latin-hypercube", "random"] as const)(
    "%s: portions join to one design without a point twice, also where there are few",
    (design) => {
      const small: BoxSpace = {
        kind: "box",
        axes: [
          { name: "t", min: 303, max: 351, resolution: 10 },
          { name: "n", min: 1, max: 4, values: [1, 2, 4] },
        ],
      };
      const flat = () => 1;
      const about = { space: small, initial: 12, design };
      const once = play({ ...about, portions: [12] }, flat);
      const parts = play({ ...about, portions: [1, 3, 1, 5, 2] }, flat);
      expect(parts).toEqual(once);
      expect(distinct(once)).toBe(once.length);
      for (const p of once) expect([310, 320, 330, 340, 350]).toContain(p["t"]);
      // There are 15 set points: all are found, and then none.
      const all = play({ ...about, portions: new Array<number>(18).fill(1) }, (p) =>
        number(p, "t"),
      );
      expect(distinct(all)).toBe(all.length);
      expect(all).toHaveLength(15);
    },
  );
});
