import { misuse } from "../core/errors.ts";

/** Reads an option as a whole number of at least `min`; anything else is a misuse. */
export function wholeNumber(option: string, text: string, min: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min) return value;
  throw misuse("TL-1001", `${option} must be a whole number of at least ${min}, not "${text}"`);
}

/** Reads an option as a number within [min, max]; anything else is a misuse. */
export function numberWithin(option: string, text: string, min: number, max: number): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= min && value <= max) return value;
  throw misuse("TL-1001", `${option} must be a number from ${min} to ${max}, not "${text}"`);
}

/** Parts between commas; a part in quotes may hold commas, colons and blanks. */
export function quotedList(text: string): string[] {
  return (text.match(/(?:"[^"]*"|[^,"])+|(?<=^|,)(?=,|$)/g) ?? [""]).map((part) => part.trim());
}

/** A name without the quotes around it. */
export function unquoted(name: string): string {
  return /^"[^"]*"$/.test(name) ? name.slice(1, -1) : name;
}

/** Reads a comma-separated list of names, none empty; `"Time, min",salt` is two. */
export function nameList(option: string, text: string): string[] {
  const names = quotedList(text).map((name) => unquoted(name));
  if (names.every((name) => name !== "")) return names;
  throw misuse("TL-1001", `${option} must be names separated by commas, not "${text}"`);
}

/** Reads a list of names, each there once. */
export function distinctNames(option: string, text: string): string[] {
  const names = nameList(option, text);
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice === undefined) return names;
  throw misuse("TL-1001", `${option} names ${twice} twice`);
}

/** Reads an option that allows a few words only. */
export function oneOfWords<const T extends string>(
  option: string,
  text: string,
  allowed: readonly T[],
): T {
  const found = allowed.find((word) => word === text);
  if (found !== undefined) return found;
  throw misuse("TL-1001", `${option} must be one of ${allowed.join(", ")}, not "${text}"`);
}
