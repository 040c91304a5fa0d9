import { misuse } from "../../../core/errors.ts";
import {
  type JsonObject,
  readArray,
  readInteger,
  readNumber,
  readObject,
  wrongField,
} from "./spec-reader.ts";

/** A bond as a specification gives it; `J` in the forward direction, `coupling` in an estimation. */
export interface SpecBond {
  readonly i: number;
  readonly j: number;
  /** Anisotropy: J [SxSx + SySy + Delta SzSz]. */
  readonly delta: number;
  readonly J_meV?: number;
  readonly coupling?: string;
  /** A coupling of its own for the z part; `coupling` is then the xy part. */
  readonly zCoupling?: string;
}

const BOND_FIELDS = ["i", "j", "J", "Delta", "delta", "coupling", "zCoupling", "label", "name"];

/** Beyond these, the number is in another unit. */
export const UNIT_LIMITS = {
  J_meV_max: 2000,
  field_T_max: 2000,
  temperature_K_max: 20_000,
  /** Delta and the factors of tied couplings: beyond, one of the two bonds does not matter. */
  ratio_max: 1000,
  g_min: 0.05,
  g_max: 30,
} as const;

/** The spin quantum number of each site: one number for all, or a list. */
export function readSiteSpins(spec: JsonObject): number[] {
  const count = readInteger(spec["spins"], "spins", 1);
  if (count > 64) throw misuse("TL-8005", `${count} spins are beyond any exact method here`);
  const value = spec["spin"] ?? 0.5;
  if (Array.isArray(value)) {
    if (value.length !== count)
      throw wrongField("spin", `one number, or ${count} of them (one for each site)`, value);
    return value.map((spin, k) => readSpin(spin, `spin[${k}]`));
  }
  return new Array<number>(count).fill(readSpin(value, "spin"));
}

function readSpin(value: unknown, path: string): number {
  const spin = readNumber(value, path);
  if (!(spin > 0) || !Number.isInteger(2 * spin) || spin > 7.5)
    throw wrongField(path, "a spin quantum number 0.5, 1, 1.5, ... up to 7.5", value);
  return spin;
}

/** How each quantity's unit may be written where a specification states `units`; none is converted. */
const UNIT_NAMES: Readonly<Record<string, readonly string[]>> = {
  J: ["meV"],
  T: ["K", "kelvin", "Kelvin"],
  H: ["T", "tesla", "Tesla"],
};

/** Refuses stated units that are not the ones calculated in. A text is a comment. */
export function checkUnits(spec: JsonObject): void {
  const { units } = spec;
  if (units === undefined || typeof units === "string") return;
  for (const [name, unit] of Object.entries(readObject(units, "units"))) {
    const allowed = UNIT_NAMES[name];
    if (allowed !== undefined && !allowed.some((one) => one === unit))
      throw misuse(
        "TL-8006",
        `units.${name} is ${JSON.stringify(unit)}, but ${name} is in ${allowed[0]} here`,
        "Convert the numbers: 1 meV = 11.6 K = 8.07 cm^-1, 1 T = 10 000 Oe.",
      );
  }
}

export function readG(spec: JsonObject): number {
  const g = readNumber(spec["g"] ?? 2, "g");
  if (g < UNIT_LIMITS.g_min || g > UNIT_LIMITS.g_max)
    throw misuse("TL-8006", `g = ${g} cannot be a g factor`, "A spin-only ion has g near 2.");
  return g;
}

/** Reads the bonds and refuses what would not be one Hermitian, connected Hamiltonian. */
export function readBonds(
  value: unknown,
  path: string,
  siteCount: number,
  needs: "J" | "coupling",
): SpecBond[] {
  const bonds = readArray(value, path).map((entry, k) => {
    const at = `${path}[${k}]`;
    const object = readObject(entry, at);
    const unknown = Object.keys(object).find((name) => !BOND_FIELDS.includes(name));
    if (unknown !== undefined)
      throw wrongField(
        `${at}.${unknown}`,
        `absent (known: ${BOND_FIELDS.join(", ")})`,
        object[unknown],
      );
    return readBond(object, at, siteCount, needs);
  });
  refuseRepeatedBonds(bonds, path);
  refuseDisconnected(bonds, siteCount);
  return bonds;
}

export function readBond(
  object: JsonObject,
  at: string,
  siteCount: number,
  needs: "J" | "coupling",
): SpecBond {
  const i = readInteger(object["i"], `${at}.i`, 0);
  const j = readInteger(object["j"], `${at}.j`, 0);
  for (const site of [i, j]) {
    if (site >= siteCount)
      throw misuse("TL-8003", `${at} names site ${site}, but the sites are 0 .. ${siteCount - 1}`);
  }
  if (i === j) throw misuse("TL-8003", `${at} joins site ${i} with itself`);
  const delta = readNumber(object["Delta"] ?? object["delta"] ?? 1, `${at}.Delta`);
  if (Math.abs(delta) > UNIT_LIMITS.ratio_max)
    throw misuse(
      "TL-8006",
      `${at}.Delta = ${delta} is no anisotropy`,
      "Delta is Jz / Jxy, near 1.",
    );
  const base = { i, j, delta };
  if (needs === "J") return { ...base, J_meV: readJ(object["J"], `${at}.J`) };
  const coupling = object["coupling"];
  if (typeof coupling !== "string" || coupling === "")
    throw wrongField(`${at}.coupling`, "the name of a coupling", coupling);
  const z = object["zCoupling"];
  if (z === undefined) return { ...base, coupling };
  if (typeof z !== "string") throw wrongField(`${at}.zCoupling`, "the name of a coupling", z);
  return { ...base, coupling, zCoupling: z };
}

function readJ(value: unknown, path: string): number {
  if (typeof value === "object" && value !== null)
    throw misuse(
      "TL-8003",
      `${path} is ${JSON.stringify(value)}: a complex or matrix coupling is not Hermitian here`,
      "Give one real number in meV; anisotropy goes into Delta.",
    );
  const J = readNumber(value, path);
  if (Math.abs(J) > UNIT_LIMITS.J_meV_max)
    throw misuse(
      "TL-8006",
      `${path} = ${J} meV is ${Math.round(Math.abs(J) * 11.6)} K`,
      "Give J in meV (1 meV = 11.6 K = 8.07 cm^-1).",
    );
  return J;
}

function refuseRepeatedBonds(bonds: readonly SpecBond[], path: string): void {
  const seen = new Map<string, number>();
  bonds.forEach((bond, k) => {
    const key = `${Math.min(bond.i, bond.j)}-${Math.max(bond.i, bond.j)}`;
    const other = seen.get(key);
    if (other !== undefined) {
      const first = bonds[other];
      const same = first?.J_meV === bond.J_meV && first?.coupling === bond.coupling;
      const what = same
        ? `is bond ${path}[${other}] again`
        : `differs from ${path}[${other}] between the same sites: H would not be Hermitian`;
      throw misuse("TL-8003", `${path}[${k}] (sites ${bond.i} and ${bond.j}) ${what}`);
    }
    seen.set(key, k);
  });
}

function refuseDisconnected(bonds: readonly SpecBond[], siteCount: number): void {
  const group = Array.from({ length: siteCount }, (_, site) => site);
  for (const { i, j } of bonds) {
    const from = group[j];
    const to = group[i];
    group.forEach((g, site) => {
      if (g === from && to !== undefined) group[site] = to;
    });
  }
  const apart = group.flatMap((g, site) => (g === group[0] ? [] : [site]));
  if (apart.length > 0)
    throw misuse(
      "TL-8004",
      `no bond leads from site 0 to site${apart.length > 1 ? "s" : ""} ${apart.join(", ")}`,
    );
}

/** Temperatures that exist, in kelvin. */
export function checkTemperatures(values: readonly number[], path: string): void {
  for (const value of values) {
    if (!(value > 0) || value > UNIT_LIMITS.temperature_K_max)
      throw misuse("TL-8006", `${path} holds ${value} K`, "Give temperatures above 0 in kelvin.");
    if (value < 1e-3)
      throw misuse(
        "TL-8006",
        `${path} holds ${value} K, colder than any magnetometer`,
        "Give kelvin.",
      );
  }
}

/** Fields that a magnet can reach, in tesla. */
export function checkFields(values: readonly number[], path: string): void {
  for (const value of values) {
    if (Math.abs(value) > UNIT_LIMITS.field_T_max)
      throw misuse(
        "TL-8006",
        `${path} holds ${value} T`,
        "Give fields in tesla (1 T = 10 000 Oe).",
      );
  }
}
