import { describe, expect, test } from "vitest";
import { solveClassicalChain } from "../../../../src/models/effective-model/forward/classical-chain.ts";
import {
  readClassicalSpec,
  solveClassically,
} from "../../../../src/models/effective-model/forward/classical-forward.ts";
import { gaussLegendre } from "../../../../src/numeric/gauss-legendre.ts";
import { scaledBesselI } from "../../../../src/numeric/modified-bessel.ts";

describe("open chains agree with Fisher's closed forms", () => {
  test.each([0.5, -3, 30, -200])("K = %d", (K) => {
    const sites = 6;
    const state = solveClassicalChain({
      couplings: Array(sites - 1).fill(K),
      siteCount: sites,
      field: 0,
    });
    const u = 1 / Math.tanh(K) - 1 / K;
    const k = Math.abs(K);
    const logZ = (sites - 1) * (k + Math.log((1 - Math.exp(-2 * k)) / (2 * k)));
    const heat = (sites - 1) * (1 - (K / Math.sinh(K)) ** 2);
    let moments = 0;
    for (let i = 0; i < sites; i++) {
      for (let j = 0; j < sites; j++) moments += u ** Math.abs(i - j) / 3;
    }
    expect(state.logPartition).toBeCloseTo(logZ, 10);
    expect(state.reducedEnergy).toBeCloseTo((sites - 1) * K * u, 8);
    expect(state.reducedEnergyVariance).toBeCloseTo(heat, 7);
    expect(state.momentVariance).toBeCloseTo(moments, 9);
  });
});

describe("rings", () => {
  /** Joyce: Z = sum_l (2l + 1) (mean of exp(K x) P_l(x))^N. */
  function ringLogZ(K: number, sites: number): number {
    const { nodes, weights } = gaussLegendre(80);
    let total = 0;
    for (let l = 0; l < 60; l++) {
      let mean = 0;
      nodes.forEach((x, k) => {
        let before = 1;
        let here = l === 0 ? 1 : x;
        for (let q = 2; q <= l; q++)
          [before, here] = [here, ((2 * q - 1) * x * here - (q - 1) * before) / q];
        mean += 0.5 * (weights[k] ?? 0) * Math.exp(K * x) * here;
      });
      total += (2 * l + 1) * mean ** sites;
    }
    return Math.log(total);
  }

  test.each([
    [1, 3],
    [-2, 4],
    [-2, 5],
    [8, 6],
  ])("K = %d, %d sites: Joyce's sum", (K, sites) => {
    const state = solveClassicalChain({
      couplings: Array(sites).fill(K),
      siteCount: sites,
      field: 0,
    });
    expect(state.logPartition).toBeCloseTo(ringLogZ(K, sites), 9);
  });

  test("in a field the derivatives are those of ln Z, equal bonds or not", () => {
    for (const couplings of [
      [-1, -1, -1, -1],
      [-1, -1, -1, -1.0000001],
    ]) {
      const at = (field: number) => solveClassicalChain({ couplings, siteCount: 4, field });
      const step = 1e-3;
      const [low, middle, high] = [at(0.7 - step), at(0.7), at(0.7 + step)];
      expect((high.logPartition - low.logPartition) / (2 * step)).toBeCloseTo(middle.moment, 6);
      expect((high.moment - low.moment) / (2 * step)).toBeCloseTo(middle.momentVariance, 6);
    }
  });
});

test("free spins follow the Langevin function", () => {
  const { moment } = solveClassicalChain({ couplings: [1e-12], siteCount: 2, field: 2 });
  expect(moment / 2).toBeCloseTo(1 / Math.tanh(2) - 1 / 2, 11);
});

test("the specification: rings are recognised in any order of bonds, other shapes refused", () => {
  const bonds = [
    { i: 2, j: 0, J: -1 },
    { i: 0, j: 1, J: -1 },
    { i: 1, j: 2, J: -1 },
  ];
  const base = { spins: 3, spin: "classical", g: 2, T: [50], H: [0, 10] };
  const spec = readClassicalSpec({ ...base, bonds });
  expect(spec.couplings_meV).toEqual([-1, -1, -1]);
  const result = solveClassically(spec);
  expect(result.magnetisation[0]?.[0]).toBe(0);
  // at high temperature the slope of the curve is the susceptibility
  const slope = (2 * 0.05788381806 * (result.magnetisation[0]?.[1] ?? 0)) / 10;
  expect(slope / (result.susceptibility[0] ?? 1)).toBeCloseTo(1, 2);
  const star = [1, 2, 3].map((j) => ({ i: 0, j, J: -1 }));
  expect(() => readClassicalSpec({ ...base, spins: 4, bonds: star })).toThrow(
    expect.objectContaining({ code: "TL-8003" }),
  );
});

test("scaled Bessel functions agree with tables", () => {
  // exp(-x) I_m(x): I_0(1) = 1.2660658778, I_1(1) = 0.5651591040, I_2(10) = 2281.5189677
  const [i0 = 0, i1 = 0] = scaledBesselI(1, 3);
  expect(i0 * Math.E).toBeCloseTo(1.2660658777520084, 13);
  expect(i1 * Math.E).toBeCloseTo(0.565159103992485, 13);
  expect(((scaledBesselI(10, 3)[2] ?? 0) * Math.exp(10)) / 2281.518967726004).toBeCloseTo(1, 12);
  expect(scaledBesselI(-1, 2)[1]).toBeCloseTo(-i1, 15);
});

test("the fitting accuracy agrees with the exact one, order by order, for chains and rings", () => {
  for (const couplings of [
    [-20, -5, -20, -5],
    [-20, -5, -20],
    [3, -8, 1, 2],
  ]) {
    const chain = { couplings, siteCount: 4, field: 6 };
    const exact = solveClassicalChain(chain);
    const quick = solveClassicalChain(chain, { accuracy: "fitting" });
    const first = solveClassicalChain(chain, { accuracy: "fitting", along: "field", order: 1 });
    for (const name of ["moment", "momentVariance", "reducedEnergy"] as const)
      expect(quick[name] / exact[name]).toBeCloseTo(1, 5);
    expect(first.moment).toBeCloseTo(quick.moment, 12);
  }
});
