import { misuse } from "../../../core/errors.ts";
import { solveClassicalChain } from "./classical-chain.ts";
import { checkFields, checkTemperatures, checkUnits, readBonds, readG } from "./cluster-spec.ts";
import { BOHR_MAGNETON_meV_per_T, BOLTZMANN_meV_per_K } from "./physical-constants.ts";
import { listUnknownFields, readInteger, readNumbers, readObject } from "./spec-reader.ts";

/** A checked request for classical unit vectors on an open chain or a ring. */
export interface ClassicalSpec {
  readonly siteCount: number;
  /** J of each bond along the chain, meV. */
  readonly couplings_meV: readonly number[];
  readonly g: number;
  readonly temperatures_K: readonly number[];
  readonly fields_T: readonly number[];
  readonly warnings: readonly string[];
}

/** Properties per spin of a classical chain or ring: <s^z> of unit vectors, meV/T^2, kB. */
export interface ClassicalResult {
  readonly T: readonly number[];
  readonly H: readonly number[];
  readonly magnetisation: readonly (readonly number[])[];
  readonly susceptibility: readonly number[];
  readonly specificHeat_kB: readonly number[];
  readonly energy_meV: readonly number[];
  readonly method: string;
}

const FIELDS = ["spins", "spin", "bonds", "g", "T", "H", "name", "title", "comment", "units"];
export const CLASSICAL_SITES_MAX = 64;

export function isClassical(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as { spin?: unknown }).spin === "classical"
  );
}

/** TL-8003 where the bonds make neither an open chain nor a ring, or are anisotropic. */
export function readClassicalSpec(value: unknown): ClassicalSpec {
  const spec = readObject(value, "the specification");
  checkUnits(spec);
  const siteCount = readInteger(spec["spins"], "spins", 2);
  if (siteCount > CLASSICAL_SITES_MAX)
    throw misuse("TL-8005", `${siteCount} classical spins are more than ${CLASSICAL_SITES_MAX}`);
  const bonds = readBonds(spec["bonds"], "bonds", siteCount, "J");
  const temperatures_K = spec["T"] === undefined ? [] : readNumbers(spec["T"], "T");
  const fields_T = spec["H"] === undefined ? [] : readNumbers(spec["H"], "H");
  checkTemperatures(temperatures_K, "T");
  checkFields(fields_T, "H");
  const couplings_meV = orderAlongChain(bonds, siteCount).map((bond) => bond.J_meV ?? 0);
  refuseTooCold(couplings_meV, temperatures_K);
  return {
    ...{ siteCount, couplings_meV, temperatures_K, fields_T },
    g: readG(spec),
    warnings: listUnknownFields(spec, FIELDS, ""),
  };
}

/**
 * The bonds in the order of a walk from an end (or from site 0 of a ring).
 * Errors: TL-8003 where they make neither, or are anisotropic.
 */
export function orderAlongChain<
  B extends { readonly i: number; readonly j: number; readonly delta: number },
>(bonds: readonly B[], siteCount: number): B[] {
  const degree = new Array<number>(siteCount).fill(0);
  for (const { i, j, delta } of bonds) {
    if (delta !== 1)
      throw misuse("TL-8003", "classical chains are isotropic here", "Leave out Delta.");
    degree[i] = (degree[i] ?? 0) + 1;
    degree[j] = (degree[j] ?? 0) + 1;
  }
  if (degree.some((count) => count > 2))
    throw misuse(
      "TL-8003",
      `site ${degree.findIndex((count) => count > 2)} has more than two bonds`,
      "Classical spins are solved on open chains and rings.",
    );
  const left = new Set(bonds);
  let at = Math.max(0, degree.indexOf(1));
  const ordered: B[] = [];
  for (;;) {
    const next = [...left].find((bond) => bond.i === at || bond.j === at);
    if (next === undefined) return ordered;
    left.delete(next);
    ordered.push(next);
    at = next.i === at ? next.j : next.i;
  }
}

/** The quadrature resolves a bond's angle down to |J| / kT of some hundreds. */
export function refuseTooCold(
  couplings_meV: readonly number[],
  temperatures_K: readonly number[],
): void {
  const strongest = Math.max(...couplings_meV.map(Math.abs));
  for (const temperature of temperatures_K) {
    if (strongest > 500 * BOLTZMANN_meV_per_K * temperature)
      throw misuse(
        "TL-8006",
        `at ${temperature} K, |J| is more than 500 kT: classical spins are frozen`,
        "Give a higher temperature; the classical limit says nothing about lower ones.",
      );
  }
}

/** Exact to rounding by the transfer operator; the zero-field values at H = 0. */
export function solveClassically(spec: ClassicalSpec): ClassicalResult {
  const { siteCount, couplings_meV, g, temperatures_K, fields_T } = spec;
  const gMuB = g * BOHR_MAGNETON_meV_per_T;
  const at = (temperature_K: number, field_T: number) => {
    const beta = 1 / (BOLTZMANN_meV_per_K * temperature_K);
    const couplings = couplings_meV.map((J) => beta * J);
    return {
      beta,
      state: solveClassicalChain({ couplings, siteCount, field: beta * gMuB * field_T }),
    };
  };
  const zero = temperatures_K.map((temperature) => at(temperature, 0));
  return {
    T: temperatures_K,
    H: fields_T,
    magnetisation: temperatures_K.map((temperature) =>
      fields_T.map((field) => (field === 0 ? 0 : at(temperature, field).state.moment / siteCount)),
    ),
    susceptibility: zero.map(
      ({ beta, state }) => (gMuB ** 2 * beta * state.momentVariance) / siteCount,
    ),
    specificHeat_kB: zero.map(({ state }) => state.reducedEnergyVariance / siteCount),
    energy_meV: zero.map(({ beta, state }) => -state.reducedEnergy / (beta * siteCount)),
    method: "classical transfer operator",
  };
}
