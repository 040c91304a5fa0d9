import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  DEFAULT_DIMER,
  dimerMagnetisation,
} from "../../../../simulators/truths/spin-dimer-truth.ts";
import { solveForward } from "../../../../src/models/effective-model/forward/forward.ts";
import { readForwardSpec } from "../../../../src/models/effective-model/forward/forward-spec.ts";

const BOHR_MAGNETON_MEV_PER_T = 0.05788381806;
const BOLTZMANN_MEV_PER_K = 0.08617333262;
const PAGE = readFileSync(new URL("../../../../docs/effective-models.md", import.meta.url), "utf8");

/** A row of the page's table: the factors that a user reads off it. */
function rowOf(where: string) {
  const row = PAGE.split("\n").find((line) => line.startsWith(`| ${where}`));
  const [, , bond = "", J = "", field = "", magnetisation = ""] = (row ?? "").split("|");
  return {
    usesPauli: bond.includes("sigma_i.sigma_j"),
    /** J here over J there. */
    factor: J.trim() === "-4 J" ? -4 : J.trim() === "-J" ? -1 : Number.NaN,
    /** Coefficient of their z operator over g mu_B H. */
    field: field.includes("-g mu_B H / 2") ? -0.5 : field.includes("-g mu_B H") ? -1 : 1,
    isSubtracted: field.includes("hz"),
    perSz: magnetisation.includes("2 <S^z>") ? 2 : 1,
  };
}

/**
 * The dimer as the neighbour builds it, in the basis uu, ud, du, dd with operators of length 2 (Pauli) or 1 (spin): J o.o + h (o1z + o2z).
 * The z operators are diagonal, and the exchange J (o+o- + o-o+) / 2 joins ud and du only: a singlet and a triplet state of 2 x 2.
 */
function dimerThere(J: number, h: number, length: number, kT: number) {
  const o2 = length * length;
  const zz = (J * o2) / 4;
  const up = zz + h * length;
  const down = zz - h * length;
  const levels = [
    { energy: up, z: length },
    { energy: down, z: -length },
    { energy: -zz + (J * o2) / 2, z: 0 },
    { energy: -zz - (J * o2) / 2, z: 0 },
  ];
  const least = Math.min(...levels.map(({ energy }) => energy));
  const weights = levels.map(({ energy }) => Math.exp((least - energy) / kT));
  const Z = weights.reduce((sum, w) => sum + w, 0);
  return {
    groundEnergy: least,
    /** Expectation of their z operator a spin. */
    z: levels.reduce((sum, { z }, k) => sum + (z * weights[k]!) / Z, 0) / 2,
  };
}

const J_there = 0.75;
const [T_K, H_T, g] = [3, 12, 2.08];

test.each(["QuSpin, default", "QuSpin, `pauli=0`", "NetKet", "TeNPy"])(
  "%s: the table's factors make the same dimer",
  (where) => {
    const row = rowOf(where);
    const here = solveForward(
      readForwardSpec({
        spins: 2,
        spin: 0.5,
        g,
        bonds: [{ i: 0, j: 1, J: row.factor * J_there }],
        T: [T_K],
        H: [H_T],
      }),
    );
    const zeeman = g * BOHR_MAGNETON_MEV_PER_T * H_T;
    const coefficient = row.isSubtracted ? -row.field * zeeman : row.field * zeeman;
    const kT = BOLTZMANN_MEV_PER_K * T_K;
    const length = row.usesPauli ? 2 : 1;
    const there = dimerThere(J_there, coefficient, length, kT);
    expect(here.magnetisation[0]![0]! * row.perSz).toBeCloseTo(there.z, 9);
    expect(here.groundEnergy_meV).toBeCloseTo(dimerThere(J_there, 0, length, kT).groundEnergy, 9);
  },
);

test("m is <S^z> a spin: saturated it is 1/2, and g times that is the moment in mu_B", () => {
  const { J_meV } = DEFAULT_DIMER;
  const spec = { spins: 2, spin: 0.5, g, bonds: [{ i: 0, j: 1, J: J_meV }], T: [1], H: [10, 200] };
  const [row] = solveForward(readForwardSpec(spec)).magnetisation;
  expect(row![0]).toBeCloseTo(dimerMagnetisation({ J_meV, g }, 10, 1), 9);
  expect(row![1]).toBeCloseTo(0.5, 6);
  expect(PAGE).toContain("A moment is g <S^z> in mu_B a spin");
});
