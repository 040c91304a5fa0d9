import { misuse } from "../../../core/errors.ts";
import { UNIT_LIMITS } from "../forward/cluster-spec.ts";
import {
  type JsonObject,
  readChoice,
  readNumber,
  readObject,
  readText,
  wrongField,
} from "../forward/spec-reader.ts";

export type PriorKind = "none" | "L1" | "L2";

/** One named coupling: free within bounds, fixed, or a multiple of another. */
export interface CouplingSpec {
  readonly name: string;
  readonly min_meV: number;
  readonly max_meV: number;
  readonly prior: PriorKind;
  readonly fixed_meV?: number;
  readonly tiedTo?: string;
  readonly factor?: number;
}

const FIELDS = ["min", "max", "fixed", "tiedTo", "factor", "prior"];

/** Reads the couplings: `{"J1": {"min": -20, "max": 20}, "J2": {"fixed": 0}, "J3": {"tiedTo": "J1", "factor": 2}}`. */
export function readCouplings(object: JsonObject, prior: PriorKind): Map<string, CouplingSpec> {
  const couplings = new Map<string, CouplingSpec>();
  for (const [name, entry] of Object.entries(object)) {
    couplings.set(name, readCoupling(name, readObject(entry, `couplings.${name}`), prior));
  }
  for (const { name, tiedTo } of couplings.values()) {
    if (tiedTo === undefined) continue;
    const target = couplings.get(tiedTo);
    if (target === undefined)
      throw misuse(
        "TL-8002",
        `couplings.${name}.tiedTo names "${tiedTo}", which is not a coupling`,
      );
    if (target.tiedTo !== undefined)
      throw misuse("TL-8002", `couplings.${name} is tied to ${tiedTo}, which is itself tied`);
  }
  return couplings;
}

export function readCoupling(name: string, object: JsonObject, prior: PriorKind): CouplingSpec {
  const path = `couplings.${name}`;
  const unknown = Object.keys(object).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined)
    throw wrongField(`${path}.${unknown}`, `absent (known: ${FIELDS.join(", ")})`, object[unknown]);
  const ownPrior = readChoice(object["prior"] ?? prior, `${path}.prior`, ["none", "L1", "L2"]);
  const base = { name, prior: ownPrior };
  if (object["fixed"] !== undefined) {
    const fixed_meV = readCouplingValue(object["fixed"], `${path}.fixed`);
    return { ...base, min_meV: fixed_meV, max_meV: fixed_meV, fixed_meV };
  }
  if (object["tiedTo"] !== undefined) {
    const tiedTo = readText(object["tiedTo"], `${path}.tiedTo`);
    const factor = readNumber(object["factor"] ?? 1, `${path}.factor`);
    if (Math.abs(factor) > UNIT_LIMITS.ratio_max)
      throw misuse("TL-8006", `${path}.factor = ${factor} is more than ${UNIT_LIMITS.ratio_max}`);
    return { ...base, min_meV: 0, max_meV: 0, tiedTo, factor };
  }
  const min_meV = readCouplingValue(object["min"], `${path}.min`);
  const max_meV = readCouplingValue(object["max"], `${path}.max`);
  if (!(min_meV < max_meV))
    throw misuse("TL-8002", `${path} has min ${min_meV} not below max ${max_meV}`);
  return { ...base, min_meV, max_meV };
}

function readCouplingValue(value: unknown, path: string): number {
  const number = readNumber(value, path);
  if (Math.abs(number) > UNIT_LIMITS.J_meV_max)
    throw misuse("TL-8006", `${path} = ${number} meV is ${Math.round(Math.abs(number) * 11.6)} K`);
  return number;
}
