import { describe, expect, test } from "vitest";
import { createPrng, shuffled } from "../../../../src/core/prng.ts";
import type { Calculation } from "../../../../src/models/effective-model/emulate/calculation.ts";
import {
  type RaceKnowledge,
  type RaceState,
  raceOnKnown,
} from "../../../../src/models/effective-model/emulate/calculation-race.ts";
import { createEstimationProblem } from "../../../../src/models/effective-model/estimate/estimation-problem.ts";
import { readEstimationSpec } from "../../../../src/models/effective-model/estimate/estimation-spec.ts";

const H = Array.from({ length: 12 }, (_, k) => 5 * k);
const bonds = ["J1", "J2", "J1"].map((coupling, i) => ({ i, j: i + 1, coupling }));
const base = {
  ...{ spins: 4, g: 2.1, bonds },
  couplings: { J1: { min: -20, max: 20 }, J2: { min: -20, max: 20 } },
};
const noise = { scales: new Float64Array(24).fill(0.001), known: true };
const curvesOf = (m: Float64Array) =>
  [3, 12].map((T, t) => ({ T, H, m: [...m.subarray(12 * t, 12 * t + 12)], sigma: 0.001 }));
const makeProblem = (m: Float64Array) => {
  const spec = readEstimationSpec({ ...base, curves: curvesOf(m) });
  return createEstimationProblem(spec, spec.models[0]!, spec.curves, noise);
};
const TRUTH = Float64Array.of(-5, -2);
const problem = makeProblem(makeProblem(new Float64Array(24)).predict(TRUTH));
const design = () => createPrng("design");
const once = (_: unknown, rounds: number): boolean => rounds >= 1;

/** Calculates what is wanted, at most `batch` at a time, until the race is over. */
function play(
  batch: number,
  isFailing: (x: Float64Array) => boolean = () => false,
  isEnough: Parameters<typeof raceOnKnown>[3] = once,
) {
  const calculated: Calculation[] = [];
  const failed: Float64Array[] = [];
  for (;;) {
    const state = raceOnKnown(problem, { calculated, pending: [], failed }, design(), isEnough);
    if (state.isOver) return { state, calculated, failed };
    expect(state.wanted.length).toBeGreaterThan(0);
    for (const x of state.wanted.slice(0, batch)) {
      if (isFailing(x)) failed.push(x);
      else calculated.push({ x, ...problem.predictWithSlopes(x) });
    }
  }
}

function arrivals({ ends }: RaceState): number {
  return ends.reduce((sum, end) => sum + end.arrivals, 0);
}

describe("a race on calculations that are made elsewhere", () => {
  const { state, calculated } = play(8);

  test("ends at the couplings that made the data", () => {
    const [best] = state.ends;
    expect([...best!.x].map((v) => Number(v.toFixed(2)))).toEqual([...TRUTH]);
    expect(calculated.length).toBeLessThan(130);
  });

  test("a further round starts elsewhere", () => {
    const found = play(
      8,
      () => false,
      (_, rounds) => rounds >= 2,
    );
    expect(found.state.rounds).toBe(2);
    expect(found.state.ends[0]!.chi2).toBeLessThan(1e-9);
    expect(arrivals(found.state)).toBeGreaterThan(arrivals(state));
    expect(found.calculated.length).toBeGreaterThan(calculated.length);
  });

  test("neither the order of results nor the size of batches changes what is found", () => {
    const known: RaceKnowledge = {
      calculated: shuffled(calculated, createPrng("order")),
      ...{ pending: [], failed: [] },
    };
    expect(raceOnKnown(problem, known, design(), once)).toEqual(state);
    expect(play(1).state.ends).toEqual(state.ends);
  });

  test("what is under way is not wanted again", () => {
    const empty = { calculated: [], pending: [], failed: [] };
    const { wanted } = raceOnKnown(problem, empty, design(), once);
    const pending = wanted.slice(0, 5);
    const later = raceOnKnown(problem, { ...empty, pending }, design(), once);
    expect(later.wanted).toEqual(wanted.slice(5));
  });

  test("failed calculations are stepped around", () => {
    const found = play(8, (x) => x[0]! > 5 || x[1]! < -15);
    expect(found.failed.length).toBeGreaterThan(0);
    expect(found.state.ends[0]!.chi2).toBeLessThan(1);
  });
});
