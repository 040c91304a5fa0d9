import { parseUnit } from "../../core/units.ts";
import { unitsOfWord } from "./named-unit.ts";

/** Signs and words for units, in small letters, beside those that end names of set points. */
const WRITTEN: Readonly<Record<string, string>> = {
  "°c": "Cel",
  "°f": "[degF]",
  "°": "deg",
  å: "Ao",
  ω: "Ohm",
  "": "1",
  degc: "Cel",
  centigrade: "Cel",
  fahrenheit: "[degF]",
  degf: "[degF]",
  degk: "K",
  second: "s",
  mins: "min",
  minute: "min",
  hrs: "h",
  hour: "h",
  ohm: "Ohm",
};

/**
 * The UCUM code that somebody meant who wrote `degC`, `°C/min` or `µm`; `undefined` where nobody can tell. A difference of
 * temperatures is one in kelvin: `degC/min` is `K/min`.
 */
export function unitMeant(text: string): string | undefined {
  const factors = text.trim().split(/([/.*])/);
  const meant = factors.map((one, k) => (k % 2 === 1 ? one.replace("*", ".") : factorMeant(one)));
  if (factors.length > 1 && factors.includes("")) return undefined;
  const inRate = factors.length > 1 ? meant.map((one) => (one === "Cel" ? "K" : one)) : meant;
  const code = inRate.join("");
  return parseUnit(code) === undefined ? undefined : code;
}

function factorMeant(text: string): string {
  const plain = text.trim().replace(/[µμ]/g, "u");
  const small = plain.toLowerCase();
  if (plain !== "" && parseUnit(plain) !== undefined) return plain;
  const [word = unitsOfWord(small)[0]] = unitsOfWord(plain);
  return word ?? (Object.hasOwn(WRITTEN, small) ? (WRITTEN[small] ?? small) : small);
}
