import type { z } from "zod";

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Bytes -> JSON value, or why not in one line. Literals that other languages write but JSON lacks are named with their path. */
export function parseJson(
  payload: Uint8Array,
): { readonly value: unknown } | { readonly problem: string } {
  let text: string;
  try {
    text = UTF8.decode(payload);
  } catch {
    return { problem: "the payload is not UTF-8" };
  }
  try {
    const value = JSON.parse(text) as unknown;
    return hasPrototypeKey(text) ? { problem: "a key is called __proto__" } : { value };
  } catch (error) {
    return { problem: findNonNumber(text) ?? `not JSON: ${firstLine(error)}` };
  }
}

/** What an issue of a schema says; of a union, what each of its members says. */
export function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_union") {
    const kinds = issue.errors.flat().map((inner) => inner.message);
    return [...new Set(kinds)].join(" or ") || issue.message;
  }
  return issue.message;
}

/** JavaScript gives this key a meaning of its own, so that schemas pass it over; no honest message has it. */
function hasPrototypeKey(text: string): boolean {
  if (!text.includes("__proto__") && !text.includes("\\u00")) return false;
  let found = false;
  JSON.parse(text, (key, value: unknown) => {
    found ||= key === "__proto__";
    return value;
  });
  return found;
}

/** Unlikely in a message, legal in JSON: stands for a literal that JSON lacks while its path is sought. */
const MARK = "\u0001not a number\u0001";

/** Python's json.dumps writes NaN and Infinity; their path is what the instrument's author needs. */
function findNonNumber(text: string): string | undefined {
  const literals: string[] = [];
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?(?:NaN|Infinity)/g, (token) => {
    if (token.startsWith('"')) return token;
    literals.push(token);
    return JSON.stringify(MARK);
  });
  if (literals.length === 0) return undefined;
  try {
    const path = findPath(JSON.parse(marked) as unknown, 0);
    return path === undefined ? undefined : `${path}: ${literals[0]} is not a JSON number`;
  } catch {
    return undefined;
  }
}

/** Deeper than any message of the contract. */
const DEPTH_MAX = 32;

function findPath(value: unknown, depth: number): string | undefined {
  if (value === MARK) return "";
  if (typeof value !== "object" || value === null || depth > DEPTH_MAX) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const rest = findPath(inner, depth + 1);
    if (rest === undefined) continue;
    const step = Array.isArray(value) ? `[${key}]` : key;
    return rest === "" || rest.startsWith("[") ? step + rest : `${step}.${rest}`;
  }
  return undefined;
}

function firstLine(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
}
