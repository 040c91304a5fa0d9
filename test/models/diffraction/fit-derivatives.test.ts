import { expect, test } from "vitest";
import { strainModes, strainResponse } from "../../../src/models/diffraction/cell-strain.ts";
import {
  invertMetric,
  metricTensor,
  type UnitCell,
} from "../../../src/models/diffraction/crystal.ts";
import { phaseProfile } from "../../../src/models/diffraction/phase-profile.ts";
import type { PreparedPattern } from "../../../src/models/diffraction/prepared-pattern.ts";
import { makeCard } from "../../../src/models/diffraction/reference-card.ts";
import { fc } from "../../support/properties.ts";

const right = { alpha_deg: 90, beta_deg: 90, gamma_deg: 90 };
const CELLS: readonly (readonly [string, UnitCell, number])[] = [
  ["cubic", { a_A: 4.2, b_A: 4.2, c_A: 4.2, ...right }, 1],
  ["its primitive cell", { a_A: 3, b_A: 3, c_A: 3, alpha_deg: 60, beta_deg: 60, gamma_deg: 60 }, 1],
  ["tetragonal", { a_A: 4.6, b_A: 4.6, c_A: 2.96, ...right }, 2],
  ["hexagonal", { a_A: 3.25, b_A: 3.25, c_A: 5.2, ...right, gamma_deg: 120 }, 2],
  ["orthorhombic", { a_A: 4.6, b_A: 5.6, c_A: 2.96, ...right }, 3],
];

test.each(CELLS)("a %s cell stretches in as many ways as its symmetry allows", (_, cell, modes) => {
  expect(strainModes(metricTensor(cell), 3)).toHaveLength(modes);
});

test("the response of a line is the derivative of ln d", () => {
  const cell = CELLS[3]![1];
  const metric = metricTensor(cell);
  const modes = strainModes(metric, 3);
  const spacing = (g: Float64Array, hkl: readonly number[]): number => {
    const inverse = invertMetric(g);
    let q2 = 0;
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) q2 += inverse[3 * i + j]! * hkl[i]! * hkl[j]!;
    return 1 / Math.sqrt(q2);
  };
  const step = 1e-6;
  for (const hkl of [
    [1, 0, 0],
    [0, 0, 2],
    [1, 0, 3],
    [2, -1, 1],
  ] as const) {
    const response = strainResponse(modes, invertMetric(metric), hkl);
    expect(response[0]).toBeCloseTo(1, 9);
    modes.forEach((mode, m) => {
      const moved = metric.map((v, k) => v + step * mode[k]!);
      const found = Math.log(spacing(moved, hkl) / spacing(metric, hkl)) / step;
      expect(found).toBeCloseTo(response[m]!, 4);
    });
  }
});

test("a profile's analytic derivatives are those of differences", () => {
  const range = { d_min_A: 1.3, d_max_A: 6, wavelength_A: 1.5406 };
  const atoms = [
    { element: "Zn", x: 1 / 3, y: 2 / 3, z: 0, occupancy: 1 },
    { element: "Zn", x: 2 / 3, y: 1 / 3, z: 0.5, occupancy: 1 },
    { element: "O", x: 1 / 3, y: 2 / 3, z: 0.38, occupancy: 1 },
    { element: "O", x: 2 / 3, y: 1 / 3, z: 0.88, occupancy: 1 },
  ];
  const crystal = { cell: CELLS[3]![1], atoms };
  const card = makeCard({ kind: "structure", name: "ZnO", crystal }, range);
  const n = 900;
  const pattern: PreparedPattern = {
    n,
    start_deg: 25,
    step_deg: 0.05,
    net: new Float64Array(n),
    background: new Float64Array(n),
    sigma: new Float64Array(n),
    width_deg: 0.3,
    radiation: [{ wavelength_A: 1.5406, share: 1 }],
    d_min_A: 1.3,
    d_max_A: 6,
    scale: 1,
  };
  const at = (x: readonly number[]) =>
    phaseProfile(
      pattern,
      card,
      { lnWidth: x[0]!, strain: Float64Array.of(x[1]!, x[2]!) },
      { displacement_deg: x[3]!, lorentz: x[4]! },
    );
  const small = fc.double({ min: -0.01, max: 0.01, noNaN: true });
  fc.assert(
    fc.property(
      fc.tuple(fc.double({ min: -0.5, max: 0.8, noNaN: true }), small, small, small),
      fc.double({ min: 0.1, max: 0.9, noNaN: true }),
      (shape, lorentz) => {
        const x = [...shape, lorentz];
        const { value, slopes } = at(x);
        const { byLnWidth, byStrain, byDisplacement, byLorentz } = slopes();
        const analytic = [byLnWidth, byStrain[0]!, byStrain[1]!, byDisplacement, byLorentz];
        const top = value.reduce((max, v) => Math.max(max, v), 0);
        analytic.forEach((column, k) => {
          const step = 1e-5;
          const [more, less] = [step, -step].map(
            (d) => at(x.map((v, i) => (i === k ? v + d : v))).value,
          );
          const largest = column.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
          const allowed = 0.02 * largest + 1e-3 * top;
          const wrong = column.filter((v, i) => {
            return Math.abs((more![i]! - less![i]!) / (2 * step) - v) > allowed;
          });
          // Where a line's reach ends, a difference may see the cut, and the table of the Gaussian has corners.
          expect(wrong.length).toBeLessThan(0.03 * n);
        });
      },
    ),
    { numRuns: 12 },
  );
});
