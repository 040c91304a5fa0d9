import { misuse } from "../../../core/errors.ts";
import { costOf, EXACT_ORDER_MAX, LANCZOS_SECTOR_MAX, refuseTooLarge } from "./cluster-cost.ts";
import {
  checkFields,
  checkTemperatures,
  checkUnits,
  readBonds,
  readG,
  readSiteSpins,
  type SpecBond,
} from "./cluster-spec.ts";
import {
  listUnknownFields,
  readChoice,
  readInteger,
  readNumbers,
  readObject,
} from "./spec-reader.ts";
import type { SpinCluster } from "./spin-cluster.ts";

export type ForwardMethod = "exact" | "lanczos";

/** A checked request for the properties of one Hamiltonian. */
export interface ForwardSpec {
  readonly siteSpins: readonly number[];
  readonly bonds: readonly SpecBond[];
  readonly g: number;
  readonly temperatures_K: readonly number[];
  readonly fields_T: readonly number[];
  readonly method: ForwardMethod;
  /** Random vectors and steps of finite-temperature Lanczos. */
  readonly lanczos: { readonly samples: number; readonly steps: number; readonly seed: string };
  readonly correlations: boolean;
  readonly warnings: readonly string[];
}

const FIELDS = [
  ...["spins", "spin", "bonds", "g", "T", "H", "method", "samples", "steps", "seed"],
  ...["correlations", "name", "title", "comment", "units"],
];

/** Reads and checks a forward specification; every error comes before any work. */
export function readForwardSpec(value: unknown): ForwardSpec {
  const spec = readObject(value, "the specification");
  checkUnits(spec);
  const siteSpins = readSiteSpins(spec);
  const bonds = readBonds(spec["bonds"], "bonds", siteSpins.length, "J");
  const temperatures_K = spec["T"] === undefined ? [] : readNumbers(spec["T"], "T");
  const fields_T = spec["H"] === undefined ? [] : readNumbers(spec["H"], "H");
  checkTemperatures(temperatures_K, "T");
  checkFields(fields_T, "H");
  const isotropic = bonds.every((bond) => bond.delta === 1);
  const asked = readChoice(spec["method"] ?? "auto", "method", ["auto", "exact", "lanczos"]);
  const method = chooseMethod(asked, siteSpins, isotropic);
  return {
    siteSpins,
    bonds,
    g: readG(spec),
    temperatures_K,
    fields_T,
    method,
    lanczos: {
      samples: readInteger(spec["samples"] ?? 12, "samples", 2),
      steps: readInteger(spec["steps"] ?? 80, "steps", 8),
      seed: String(spec["seed"] ?? 1),
    },
    correlations: spec["correlations"] === true,
    warnings: listUnknownFields(spec, FIELDS, ""),
  };
}

function chooseMethod(
  asked: "auto" | ForwardMethod,
  siteSpins: readonly number[],
  isotropic: boolean,
): ForwardMethod {
  const cost = costOf(siteSpins, 1, isotropic);
  if (asked === "exact") refuseTooLarge(siteSpins, 1, isotropic);
  if (asked === "exact" || (asked === "auto" && cost.order_max <= EXACT_ORDER_MAX / 1.8))
    return "exact";
  if (cost.sector_max > LANCZOS_SECTOR_MAX)
    throw misuse(
      "TL-8005",
      `${siteSpins.length} spins have ${cost.sector_max} states in one sector, more than ${LANCZOS_SECTOR_MAX}`,
      "Use fewer or smaller spins: up to 21 spins 1/2.",
    );
  return "lanczos";
}

/** All bonds as one term whose coupling is 1 (bonds of J = 0 are kept out of the sums but connect the cluster). */
export function asOneTerm(spec: Pick<ForwardSpec, "siteSpins" | "bonds">): SpinCluster {
  return {
    siteSpins: spec.siteSpins,
    terms: [
      {
        bonds: spec.bonds.map(({ i, j, J_meV = 0, delta }) => ({
          i,
          j,
          xy: J_meV,
          z: J_meV * delta,
        })),
      },
    ],
  };
}
