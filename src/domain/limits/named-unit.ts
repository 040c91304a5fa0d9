import { parseUnit } from "../../core/units.ts";

/**
 * Units that end a name by the house's rule (`temperature_K`, `duration_h`, `ramp_K_min`, `flow_mL_min`). Fewer than
 * UCUM knows: a name that ends in `_a` or `_b` speaks of a lattice or a line, not of years and barns.
 */
const UNITS = new RegExp(
  `^(${[
    "K|mK|Cel|[munp]?s|min|h|d|[mkMGh]?Pa|m?bar|atm|m?T|Oe|[mk]?V|[mun]?A|[mk]?W|[mk]?J|[mk]?eV",
    "[cmunp]?m|Ao|[mku]?g|[munp]?mol|[mu]?L|[kMG]?Hz|[mk]?N|deg|m?rad|Ohm|%",
  ].join("|")})[2-4]?$`,
);

/** Words and spellings that people write for units; `C` is a temperature where a temperature is declared. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  C: ["Cel", "C"],
  degC: ["Cel"],
  Celsius: ["Cel"],
  celsius: ["Cel"],
  degF: ["[degF]"],
  Kelvin: ["K"],
  kelvin: ["K"],
  sec: ["s"],
  seconds: ["s"],
  minutes: ["min"],
  hr: ["h"],
  hours: ["h"],
  days: ["d"],
  percent: ["%"],
  percentage: ["%"],
  ppm: ["[ppm]"],
  molFraction: ["1"],
  massFraction: ["1"],
  fraction: ["1"],
  sccm: ["mL/min"],
  rpm: ["{r}/min"],
};

/** `x_K` and `at_C` are amounts of potassium and carbon, not temperatures and charges. */
const AMOUNT = /^(x|y|z|w|c|n|f|at|wt|mol|frac|fraction|ratio|amount|content)$/i;
const ELEMENT = /^[A-Z][a-z]?$/;

/**
 * The units that the end of a name may state, most likely first; empty where it states none. `temperature_K` -> K;
 * `temperature_C` -> Cel or C; `ramp_K_min` -> K/min; `Al`, `points`, `x_K` -> none.
 */
export function unitsOfName(name: string): readonly string[] {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const units = readUnits(name);
  if (cache.size < CACHE_MAX) cache.set(name, units);
  return units;
}

/** The unit that a name states, as far as it agrees with a declared one; `undefined` where it states none. */
export function unitOfName(name: string, declared?: string): string | undefined {
  const units = unitsOfName(name);
  if (declared === undefined) return units[0];
  return units.find((unit) => haveSameDimension(unit, declared)) ?? units[0];
}

/** Why a number of this name cannot be in the stated unit, in words; `undefined` where it can. */
export function findUnitClash(name: string, stated: string | undefined): string | undefined {
  const own = stated === undefined ? undefined : unitOfName(name, stated);
  if (stated === undefined || own === undefined || haveSameDimension(own, stated)) return undefined;
  return `${name} is in ${own} by its name, not in ${stated}`;
}

/** True where a value in one unit can be told in the other. */
export function haveSameDimension(a: string, b: string): boolean {
  const left = parseUnit(a);
  return left !== undefined && left.dimension === parseUnit(b)?.dimension;
}

const CACHE_MAX = 10_000;
const cache = new Map<string, readonly string[]>();

function readUnits(name: string): readonly string[] {
  const parts = name.split("_").filter((part) => part !== "per" && part !== "");
  if (parts.at(-1) === "max") parts.pop();
  if (parts.length < 2) return [];
  const [last = "", middle = ""] = [parts.at(-1), parts.at(-2)];
  if (parts.length === 2 && AMOUNT.test(middle) && ELEMENT.test(last)) return [];
  const below = unitsOfPart(last);
  const above = parts.length > 2 && !TIME.test(middle) ? unitsOfPart(middle) : [];
  const quotients = above.flatMap((unit) =>
    below.map((other) => (unit === "Cel" ? `K/${other}` : `${unit}/${other}`)),
  );
  // `ramp_K_min` is a rate, `temperature_K_min` may be the lowest temperature: what is declared decides.
  const lowest = last === "min" ? above : [];
  const readings = quotients.length > 0 ? [...quotients, ...lowest] : below;
  return readings.filter((code) => parseUnit(code) !== undefined);
}

/** `field_min_T` is the lowest field, no minute per tesla. */
const TIME = /^(min|max|s|h|d|[munp]s)$/;

/** What a word or another spelling stands for, most likely first. */
export function unitsOfWord(word: string): readonly string[] {
  return Object.hasOwn(WORDS, word) ? (WORDS[word] ?? []) : [];
}

function unitsOfPart(part: string): readonly string[] {
  const words = unitsOfWord(part);
  if (words.length > 0) return words;
  return UNITS.test(part) ? [part] : [];
}
