import type { Parameters } from "./candidate.ts";

/**
 * A forward calculation as a job asks for it: couplings as numbers under their own names, the cluster and the points as
 * JSON in the text parameters `request`, `request_2`, ... (a text on the wire has at most 2000 characters).
 */
export const FORWARD_CAPABILITY = "spin-forward";

type Fields = Readonly<Record<string, unknown>>;

const REQUEST = "request";
const TEXT_CHARACTERS_MAX = 2000;
/** Parts that a request may have: enough for some thousand points. */
const REQUEST_PARTS_MAX = 64;

/** The parameters that are the same for every calculation of a campaign. */
export function requestParameters(spec: Fields): Parameters {
  const text = JSON.stringify(requestOf(spec));
  const parts = text.match(new RegExp(`[^]{1,${TEXT_CHARACTERS_MAX}}`, "gu")) ?? [];
  return Object.fromEntries(parts.map((part, k) => [partName(k), part]));
}

/** The request's text, or `undefined` where the parameters have none. */
export function requestText(parameters: Parameters): string | undefined {
  const parts: string[] = [];
  for (let k = 0; k < REQUEST_PARTS_MAX; k++) {
    const part = parameters[partName(k)];
    if (typeof part !== "string") break;
    parts.push(part);
  }
  return parts.length === 0 ? undefined : parts.join("");
}

/** Couplings that are free within bounds: the axes of the space of such a campaign. */
export function freeCouplings(spec: Fields): { name: string; min: number; max: number }[] {
  return Object.entries(fieldsOf(spec["couplings"])).flatMap(([name, entry]) => {
    const { min, max } = fieldsOf(entry);
    return typeof min === "number" && typeof max === "number" ? [{ name, min, max }] : [];
  });
}

function partName(k: number): string {
  return k === 0 ? REQUEST : `${REQUEST}_${k + 1}`;
}

/** What a calculation needs of a specification: the measured values stay at home. */
function requestOf(spec: Fields): Fields {
  const { spins, spin, g, bonds, couplings } = spec;
  const curves = Array.isArray(spec["curves"]) ? spec["curves"].map(fieldsOf) : [];
  return {
    ...{ spins, spin, g, bonds, couplings },
    curves: curves.map((curve) => ({
      quantity: quantityOf(curve),
      ...(curve["T"] === undefined ? {} : { T: curve["T"] }),
      ...(curve["H"] === undefined ? {} : { H: curve["H"] }),
    })),
  };
}

function quantityOf(curve: Fields): unknown {
  if (curve["quantity"] !== undefined) return curve["quantity"];
  if (curve["chi"] !== undefined) return "susceptibility";
  return curve["C"] === undefined ? "magnetisation" : "specificHeat";
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}
