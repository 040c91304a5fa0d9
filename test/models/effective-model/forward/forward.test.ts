import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { solveForward } from "../../../../src/models/effective-model/forward/forward.ts";
import { readForwardSpec } from "../../../../src/models/effective-model/forward/forward-spec.ts";

interface Reference {
  n_spins: number;
  g: number;
  bonds: { i: number; j: number; J: number }[];
  ground_energy: number;
  spin_gap_meV: number;
  gap_to_M1_meV: number;
  zero_T_magnetisation_steps: { H_T: number; from_M: number; to_M: number }[];
  magnetisation: { T: number; H: number[]; m_per_spin: number[] }[];
  zero_field: {
    T: number[];
    chi_per_spin_meV_per_T2: number[];
    specific_heat_per_spin_kB: number[];
  };
}

const FIXTURES = new URL("../../../fixtures/heisenberg/", import.meta.url);

function load(name: string): Reference {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FIXTURES), "utf8")) as Reference;
}

/** Largest |a - b| / (|b| + floor). */
function worst(values: readonly number[], expected: readonly number[], floor = 1e-15): number {
  expect(values).toHaveLength(expected.length);
  return Math.max(
    ...expected.map((b, k) => Math.abs((values[k] ?? Number.NaN) - b) / (Math.abs(b) + floor)),
  );
}

function solve(reference: Reference, extra: Record<string, unknown>) {
  const { n_spins, g, bonds } = reference;
  return solveForward(readForwardSpec({ spins: n_spins, spin: 0.5, g, bonds, ...extra }));
}

describe.each(["dimer", "ring4", "dimer_chain4", "kcu4p3o12"])("the shared model %s", (name) => {
  const reference = load(name);

  test("levels agree to 1e-9", () => {
    const result = solve(reference, {});
    expect(result.groundEnergy_meV).toBeCloseTo(reference.ground_energy, 9);
    expect(result.spinGap_meV).toBeCloseTo(reference.spin_gap_meV, 9);
    expect(result.gapToM1_meV).toBeCloseTo(reference.gap_to_M1_meV, 9);
    const fields = reference.zero_T_magnetisation_steps.map((step) => step.H_T);
    expect(
      worst(
        result.steps.map((step) => step.field_T),
        fields,
      ),
    ).toBeLessThan(1e-9);
  });

  test.each([1, 1.0000000001])(
    "thermal values agree to 1e-9 (Delta %d: multiplets, then S^z blocks)",
    (delta) => {
      const bonds = reference.bonds.map((bond) => ({ ...bond, Delta: delta }));
      const tolerance = delta === 1 ? 1e-9 : 1e-6;
      for (const { T, H, m_per_spin } of reference.magnetisation) {
        const [m = []] = solve({ ...reference, bonds }, { T: [T], H }).magnetisation;
        expect(m[0]).toBe(0); // the references hold rounding of it
        expect(worst(m.slice(1), m_per_spin.slice(1), 1e-20)).toBeLessThan(tolerance);
      }
      const { zero_field } = reference;
      const result = solve({ ...reference, bonds }, { T: zero_field.T });
      expect(worst(result.susceptibility, zero_field.chi_per_spin_meV_per_T2)).toBeLessThan(
        tolerance,
      );
      // the references subtract <E>^2 from <E^2>, which leaves 1e-13 absolute
      expect(
        worst(result.specificHeat_kB, zero_field.specific_heat_per_spin_kB, 1e-3),
      ).toBeLessThan(tolerance);
    },
  );
});

describe("clusters beyond the shared models", () => {
  test("a dimer of spins 1 has E = J/2 [4 - S(S+1)] and one plateau at half saturation", () => {
    const spec = { spins: 2, spin: 1, g: 2, bonds: [{ i: 0, j: 1, J: -3 }] };
    const result = solveForward(readForwardSpec(spec));
    expect(result.groundEnergy_meV).toBeCloseTo(-6, 12);
    expect(result.spinGap_meV).toBeCloseTo(3, 12);
    expect(result.plateaus.map((plateau) => plateau.share)).toEqual([0, 0.5, 1]);
  });

  test("mixed spins 1/2 and 1 in a chain: the two bases agree", () => {
    const bonds = [0, 1, 2].map((i) => ({ i, j: i + 1, J: -1 - i }));
    const spec = { spins: 4, spin: [0.5, 1, 0.5, 1.5], g: 2, T: [5, 20], H: [3, 30], bonds };
    const multiplets = solveForward(readForwardSpec(spec));
    const tilted = bonds.map((bond) => ({ ...bond, Delta: 1 + 1e-13 }));
    const sectors = solveForward(readForwardSpec({ ...spec, bonds: tilted }));
    expect(worst(multiplets.magnetisation.flat(), sectors.magnetisation.flat())).toBeLessThan(
      1e-10,
    );
    expect(worst(multiplets.specificHeat_kB, sectors.specificHeat_kB)).toBeLessThan(1e-10);
  });

  test("an XXZ dimer has the levels of its 2 x 2 problem", () => {
    const spec = { spins: 2, g: 2, bonds: [{ i: 0, j: 1, J: -2, Delta: 0.5 }] };
    // singlet -|J|(1/2 + Delta/4), triplet m = 0 at +|J|(1/2 - Delta/4), m = +-1 at +|J| Delta/4
    const result = solveForward(readForwardSpec(spec));
    expect(result.groundEnergy_meV).toBeCloseTo(-1.25, 12);
    expect(result.gapToM1_meV).toBeCloseTo(1.5, 12);
  });

  test("a degenerate ground state (a ferromagnet) has gap 0 and says what the first excitation costs", () => {
    const result = solveForward(readForwardSpec({ spins: 2, bonds: [{ i: 0, j: 1, J: 4 }] }));
    expect(result.spinGap_meV).toBe(0);
    expect(result.firstExcitation_meV).toBeCloseTo(4, 12);
  });

  test("correlations of KCu4P3O12 in the ground state", () => {
    const result = solve(load("kcu4p3o12"), { T: [300], correlations: true });
    const of = (i: number, j: number): number =>
      result.correlations?.find((pair) => pair.i === i && pair.j === j)?.groundState ?? Number.NaN;
    expect([of(0, 1), of(1, 2), of(2, 3), of(3, 4)].map((v) => Number(v.toFixed(3)))).toEqual([
      -0.739, -0.097, -0.687, 0.168,
    ]);
  });

  test("Lanczos agrees with the full diagonalisation within its own error", () => {
    const bonds = Array.from({ length: 12 }, (_, i) => ({ i, j: (i + 1) % 12, J: -1 }));
    const spec = { spins: 12, bonds, T: [1, 5, 20], H: [10], samples: 4 };
    const exact = solveForward(readForwardSpec({ ...spec, method: "exact" }));
    const sampled = solveForward(readForwardSpec({ ...spec, method: "lanczos" }));
    expect(sampled.groundEnergy_meV).toBeCloseTo(exact.groundEnergy_meV, 9);
    expect(sampled.spinGap_meV).toBeCloseTo(exact.spinGap_meV, 8);
    const errors = sampled.errors?.["specificHeat_kB"] as number[];
    exact.specificHeat_kB.forEach((value, t) => {
      const off = Math.abs((sampled.specificHeat_kB[t] ?? 0) - value);
      expect(off).toBeLessThan(5 * (errors[t] ?? 0) + 1e-9);
    });
  });
});

describe("bad input is refused before any work", () => {
  const good = {
    spins: 3,
    bonds: [
      { i: 0, j: 1, J: -1 },
      { i: 1, j: 2, J: -1 },
    ],
  };
  test.each([
    ["a self bond", { bonds: [{ i: 0, j: 0, J: -1 }] }, "TL-8003"],
    ["a bond given twice", { bonds: [...good.bonds, { i: 1, j: 0, J: -1 }] }, "TL-8003"],
    [
      "two values between the same sites",
      { bonds: [...good.bonds, { i: 1, j: 0, J: -2 }] },
      "TL-8003",
    ],
    ["a complex coupling", { bonds: [{ i: 0, j: 1, J: [0, 1] }] }, "TL-8003"],
    ["a site that does not exist", { bonds: [{ i: 0, j: 3, J: -1 }] }, "TL-8003"],
    ["a spin without a bond", { bonds: [{ i: 0, j: 1, J: -1 }] }, "TL-8004"],
    ["far too many spins", { spins: 40, bonds: chain(40) }, "TL-8005"],
    [
      "too many for an asked exact solution",
      { spins: 18, method: "exact", bonds: chain(18) },
      "TL-8005",
    ],
    [
      "J in kelvin times a thousand",
      {
        bonds: [
          { i: 0, j: 1, J: 1e6 },
          { i: 1, j: 2, J: 1 },
        ],
      },
      "TL-8006",
    ],
    ["temperature zero", { T: [0] }, "TL-8006"],
    ["fields in oersted", { H: [70_000] }, "TL-8006"],
    ["a g factor of a nucleus", { g: 0 }, "TL-8006"],
    ["a spin of 0.7", { spin: 0.7 }, "TL-8002"],
    ["no bonds", { bonds: [] }, "TL-8002"],
    ["a misspelt bond field", { bonds: [{ i: 0, j: 1, J: -1, Dleta: 2 }] }, "TL-8002"],
  ])("%s", (_name, change, code) => {
    expect(() => readForwardSpec({ ...good, ...change })).toThrow(
      expect.objectContaining({ code, exitCode: 2 }),
    );
  });
});

function chain(count: number): { i: number; j: number; J: number }[] {
  return Array.from({ length: count - 1 }, (_, i) => ({ i, j: i + 1, J: -1 }));
}
