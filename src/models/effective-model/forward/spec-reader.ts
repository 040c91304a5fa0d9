import { type LabError, misuse } from "../../../core/errors.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** A wrong field of a specification: where, what was wanted, what was there. */
export function wrongField(path: string, wanted: string, got: unknown): LabError {
  const shown = got === undefined ? "nothing" : (JSON.stringify(got)?.slice(0, 60) ?? String(got));
  return misuse("TL-8002", `${path} must be ${wanted}, got ${shown}`);
}

export function readObject(value: unknown, path: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrongField(path, "an object", value);
  return value as JsonObject;
}

export function readArray(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0)
    throw wrongField(path, "a list with at least one entry", value);
  return value;
}

export function readNumber(value: unknown, path: string): number {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw wrongField(path, "a finite number", value);
  return value;
}

export function readInteger(value: unknown, path: string, min: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < min)
    throw wrongField(path, `a whole number of at least ${min}`, value);
  return value;
}

export function readText(value: unknown, path: string): string {
  if (typeof value !== "string" || value === "") throw wrongField(path, "a text", value);
  return value;
}

/** One number, or a list of them. */
export function readNumbers(value: unknown, path: string): number[] {
  if (typeof value === "number") return [readNumber(value, path)];
  return readArray(value, path).map((entry, k) => readNumber(entry, `${path}[${k}]`));
}

export function readChoice<T extends string>(
  value: unknown,
  path: string,
  choices: readonly T[],
): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined)
    throw wrongField(path, `one of ${choices.map((c) => `"${c}"`).join(", ")}`, value);
  return found;
}

/** Sentences about fields that are not known and had no effect. */
export function listUnknownFields(
  object: JsonObject,
  known: readonly string[],
  path: string,
): string[] {
  return Object.keys(object)
    .filter((name) => !known.includes(name))
    .map((name) => `${path}${name} is not known and had no effect.`);
}
