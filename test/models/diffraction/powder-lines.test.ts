import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCifStructures } from "../../../adapters/patterns/cif-structures.ts";
import { lorentzPolarisation, powderLines } from "../../../src/models/diffraction/powder-lines.ts";
import {
  scatteringAt,
  scatteringFactor,
} from "../../../src/models/diffraction/scattering-factors.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures/diffraction");
const CU_A = 1.5406;

/** [2theta, intensity] of pymatgen 2026.10.24, XRDCalculator(wavelength=1.5406), scaled to 100; lines above 5. */
const PYMATGEN = {
  NiTiO3: [
    [24.148, 33.68],
    [33.106, 100.0],
    [35.679, 74.43],
    [40.872, 27.21],
    [49.462, 34.67],
    [53.999, 58.88],
    [57.43, 5.48],
    [62.467, 30.32],
    [64.094, 34.07],
    [71.71, 12.84],
    [75.57, 8.17],
    [82.754, 7.97],
    [85.017, 10.55],
    [88.584, 11.72],
  ],
  "TiO2-anatase": [
    [25.308, 100.0],
    [36.951, 6.24],
    [37.791, 20.64],
    [38.572, 6.99],
    [48.047, 29.37],
    [53.885, 19.06],
    [55.073, 18.55],
    [62.692, 14.91],
    [68.756, 6.65],
    [70.304, 7.51],
    [75.053, 11.74],
    [82.687, 6.04],
  ],
} as const;

function structure(name: string) {
  const text = readFileSync(join(FIXTURES, `${name}.cif`), "utf8");
  return readCifStructures(text)[0]!.crystal;
}

describe("powder lines", () => {
  test.each(Object.entries(PYMATGEN))(
    "%s agrees with pymatgen to 1 %% of the strongest",
    (name, peer) => {
      const { lines } = powderLines(structure(name), { d_min_A: 1.1 });
      const own = lines.map((line) => ({
        twoTheta_deg: (360 / Math.PI) * Math.asin(CU_A / (2 * line.d_A)),
        intensity: line.strength * lorentzPolarisation(line.d_A, CU_A),
      }));
      const near = (angle: number) =>
        own
          .filter(({ twoTheta_deg }) => Math.abs(twoTheta_deg - angle) < 0.02)
          .reduce((sum, { intensity }) => sum + intensity, 0);
      const strongest = Math.max(...own.map(({ twoTheta_deg }) => near(twoTheta_deg)));
      for (const [angle, intensity] of peer) {
        expect(Math.abs((100 * near(angle)) / strongest - intensity)).toBeLessThan(1);
      }
    },
  );

  test("rock salt: all-even reflections add the two atoms, all-odd subtract, mixed ones are extinct", () => {
    const { lines, density_g_per_cm3 } = powderLines(structure("NiO"), { d_min_A: 1.2 });
    const f = (element: string, d: number) => scatteringAt(scatteringFactor(element)!, 1 / (2 * d));
    const expected = (d: number, sign: number, equivalents: number) =>
      equivalents * (4 * (f("Ni", d) + sign * f("O", d))) ** 2;
    const [odd, even] = lines;
    expect(odd!.d_A).toBeCloseTo(4.177 / Math.sqrt(3), 4);
    expect(odd!.strength / expected(odd!.d_A, -1, 8)).toBeCloseTo(1, 3);
    expect(even!.d_A).toBeCloseTo(4.177 / 2, 4);
    expect(even!.strength / expected(even!.d_A, 1, 6)).toBeCloseTo(1, 3);
    expect(lines.every(({ response }) => response.length === 1)).toBe(true);
    expect(density_g_per_cm3).toBeCloseTo(6.81, 1);
  });

  test("the scattering factor at s = 0 is the number of electrons", () => {
    for (const [element, electrons] of [
      ["O", 8],
      ["Ti", 22],
      ["Ni", 28],
      ["Bi", 83],
    ] as const) {
      expect(Math.abs(scatteringAt(scatteringFactor(element)!, 0) - electrons)).toBeLessThan(0.05);
    }
  });

  test("a cell without a volume is refused", () => {
    const cell = { a_A: 4, b_A: 4, c_A: 4, alpha_deg: 90, beta_deg: 90, gamma_deg: 180 };
    const atoms = [{ element: "Ni", x: 0, y: 0, z: 0, occupancy: 1 }];
    expect(() => powderLines({ cell, atoms }, { d_min_A: 1.2 })).toThrow(/no volume/);
  });
});
