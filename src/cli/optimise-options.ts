import { misuse } from "../core/errors.ts";
import type {
  InputConstraint,
  ObjectiveSetting,
  OptimiseSettings,
  OutcomeConstraint,
} from "../domain/goal-settings.ts";
import { quotedList, unquoted } from "./option-values.ts";

/** The direction stands behind the last colon, so that a name may hold colons of its own. */
const OBJECTIVE = /^(.+):\s*(?:(min|max)|target(?:\s*:\s*(.*))?)$/;

/** `y:min,z:max,t:target:3..5,"Time, min":max` -> objectives. Throws TL-1001. */
export function parseObjectives(text: string): ObjectiveSetting[] {
  return quotedList(text).map((part) => {
    const [, name, direction, range] = OBJECTIVE.exec(part) ?? [];
    if (name === undefined)
      throw misuse(
        "TL-1001",
        `"${part}" is not an objective`,
        "Write name:min, name:max or name:target:LOW..HIGH.",
      );
    const column = unquoted(name.trim());
    if (direction !== undefined) return { name: column, direction: direction as "min" | "max" };
    return { name: column, direction: "target", range: parseRange(range ?? "", part) };
  });
}

/** `density:..5,band:1..2` -> outcome constraints; an absent side is open. */
export function parseConstraints(text: string | undefined): OutcomeConstraint[] {
  if (text === undefined) return [];
  return quotedList(text).map((part) => {
    const colon = part.lastIndexOf(":");
    const name = unquoted(part.slice(0, Math.max(0, colon)).trim());
    const range = part.slice(colon + 1).trim();
    const [low = "", high = ""] = range.split("..");
    if (name === "" || !range.includes(".."))
      throw misuse(
        "TL-1001",
        `"${part}" is not a constraint`,
        "Write name:LOW..HIGH; one side may be empty.",
      );
    return {
      name,
      min: low === "" ? undefined : parseNumber(low, part),
      max: high === "" ? undefined : parseNumber(high, part),
    };
  });
}

/** `a+2*b-c<=1`, `a+b>=0.2` or `"bake time"<=22` -> a linear input constraint. */
export function parseInputConstraints(texts: readonly string[]): InputConstraint[] {
  return texts.map((text) => {
    const match = /^((?:"[^"]*"|[^"])*?)(<=|>=|=)(.*)$/.exec(withoutBlanks(text));
    const [, left = "", relation = "", right = ""] = match ?? [];
    const terms = [
      ...left.matchAll(/([+-]?)(?:([\d.]+(?:e[+-]?\d+)?)\*)?("[^"]+"|[A-Za-z_][\w.]*)/gi),
    ];
    if (match === null || terms.map((t) => t[0]).join("") !== left || terms.length === 0)
      throw misuse(
        "TL-1001",
        `"${text}" is not a linear constraint`,
        'Write for example "a+2*b<=1".',
      );
    const coefficients = Object.fromEntries(
      terms.map(([, sign, factor, name]) => [
        unquoted(name ?? ""),
        (sign === "-" ? -1 : 1) * (factor === undefined ? 1 : parseNumber(factor, text)),
      ]),
    );
    const bound = parseNumber(right, text);
    return {
      coefficients,
      min: relation === "<=" ? undefined : bound,
      max: relation === ">=" ? undefined : bound,
    };
  });
}

/** Blanks outside of quotes mean nothing. */
function withoutBlanks(text: string): string {
  return text.replace(/"[^"]*"|\s+/g, (part) => (part.startsWith('"') ? part : ""));
}

function parseRange(range: string, part: string): { min: number; max: number } {
  const [low = "", high = ""] = range.split("..");
  const [min, max] = [parseNumber(low, part), parseNumber(high, part)];
  if (min > max) throw misuse("TL-1001", `"${part}" has its range the wrong way round`);
  return { min, max };
}

function parseNumber(text: string, part: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value))
    throw misuse("TL-1001", `"${text}" in "${part}" is not a number`);
  return value;
}

const DESIGNS = ["sobol", "latin-hypercube", "random"] as const;

/** Name of an initial design. */
export function parseDesign(text: string): (typeof DESIGNS)[number] {
  const found = DESIGNS.find((name) => name === text);
  if (found !== undefined) return found;
  throw misuse(
    "TL-1001",
    `--initial-design ${text} is unknown`,
    `Possible: ${DESIGNS.join(", ")}.`,
  );
}

/** Deviations that `upper-confidence-bound` credits. */
export function parseExploration(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && Number.isFinite(value)) return value;
  throw misuse("TL-1001", `--exploration must be a number of at least 0, not "${text}"`);
}

/** Refuses settings in which a column has no role or two that exclude each other. Throws TL-1001. */
export function checkRoles(model: OptimiseSettings): void {
  const { objectives, constraints = [], inputs = [], cost, shared, inputConstraints = [] } = model;
  const measured = [...objectives, ...constraints].map(({ name }) => name);
  if (inputs.length === 0) throw misuse("TL-1001", "No input is named");
  const twice = inputs.find((name, k) => inputs.indexOf(name) !== k);
  if (twice !== undefined) throw misuse("TL-1001", `The input ${twice} is named twice`);
  const both = [...inputs, cost].find((name) => name !== undefined && measured.includes(name));
  if (both !== undefined) {
    throw misuse("TL-1001", `${both} cannot be known beforehand and be a result at once`);
  }
  const known = [...inputs, cost, shared];
  const unknown = inputConstraints
    .flatMap(({ coefficients }) => Object.keys(coefficients))
    .find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const names = inputs.join(", ");
  throw misuse("TL-1001", `--limit names ${unknown}, which is no input`, `Inputs are ${names}.`);
}

/** A whole number of at least `least`. */
export function parseCount(name: string, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least)
      throw misuse("TL-1001", `${name} must be a whole number of at least ${least}, not "${text}"`);
    return value;
  };
}

/** Comma-separated names. */
export function parseNames(text: string): string[] {
  return quotedList(text)
    .map(unquoted)
    .filter((name) => name !== "");
}

/** `1,1` -> the reference point, one number an objective. */
export function parseReference(text: string | undefined, objectives: number): number[] | undefined {
  if (text === undefined) return undefined;
  const reference = text.split(",").map((part) => parseNumber(part, text));
  if (reference.length !== objectives)
    throw misuse("TL-1001", `--reference needs ${objectives} numbers, not "${text}"`);
  return reference;
}
