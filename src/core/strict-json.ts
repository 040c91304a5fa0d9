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
    if (hasPrototypeKey(text)) return { problem: "a key is called __proto__" };
    const twice = findRepeatedKey(text);
    return twice === undefined
      ? { value }
      : { problem: `the key ${twice} stands twice in one object` };
  } catch (error) {
    return { problem: findNonNumber(text) ?? `not JSON: ${firstLine(error)}` };
  }
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

/**
 * A key that one object has twice: of two values JSON.parse takes the last, other readers the first, and a checked message
 * must mean one thing to all. The text is valid JSON already, so that every string ends and one pass is enough.
 */
function findRepeatedKey(text: string): string | undefined {
  const objects: Set<string>[] = [];
  for (let k = 0; k < text.length; k++) {
    const code = text.charCodeAt(k);
    if (code === OPEN) objects.push(new Set());
    else if (code === CLOSE) objects.pop();
    else if (code === QUOTE) {
      const end = endOfString(text, k);
      if (isKey(text, end)) {
        const written = text.slice(k, end);
        const key = written.includes("\\") ? JSON.stringify(JSON.parse(written)) : written;
        const keys = objects.at(-1);
        if (keys?.has(key)) return key;
        keys?.add(key);
      }
      k = end - 1;
    }
  }
  return undefined;
}

const [OPEN, CLOSE, QUOTE, BACKSLASH, COLON] = [0x7b, 0x7d, 0x22, 0x5c, 0x3a];

/** Index behind the string that begins at `from`. */
function endOfString(text: string, from: number): number {
  let k = from + 1;
  while (text.charCodeAt(k) !== QUOTE) k += text.charCodeAt(k) === BACKSLASH ? 2 : 1;
  return k + 1;
}

/** Whether a colon follows: JSON has no other blanks than those up to the space. */
function isKey(text: string, end: number): boolean {
  let k = end;
  while (text.charCodeAt(k) <= 0x20) k++;
  return text.charCodeAt(k) === COLON;
}

/** Unlikely in a message, legal in JSON: stands for a literal that JSON lacks while its path is sought. */
const MARK = "\u0001not a number\u0001";

/** Python's json.dumps writes NaN and Infinity; their path is what the instrument's author needs. */
function findNonNumber(text: string): string | undefined {
  const places = placesOfNonNumbers(text);
  const first = places[0];
  if (first === undefined) return undefined;
  let marked = "";
  let end = 0;
  for (const { from, to } of places) {
    marked += text.slice(end, from) + JSON.stringify(MARK);
    end = to;
  }
  try {
    const path = findPath(JSON.parse(marked + text.slice(end)) as unknown, 0);
    if (path === undefined) return undefined;
    return `${path}: ${text.slice(first.from, first.to)} is not a JSON number`;
  } catch {
    return undefined;
  }
}

/** Literals outside strings, in one pass: a pattern for whole strings would take quadratic time on hostile text. */
function placesOfNonNumbers(text: string): { readonly from: number; readonly to: number }[] {
  const places: { from: number; to: number }[] = [];
  let inString = false;
  for (const match of text.matchAll(/\\[\s\S]|"|-?NaN|-?Infinity/g)) {
    const token = match[0];
    if (token === '"') inString = !inString;
    else if (!inString && !token.startsWith("\\"))
      places.push({ from: match.index, to: match.index + token.length });
    if (places.length > NON_NUMBERS_MAX) return [];
  }
  return places;
}

/** A curve of failed readings may well hold a thousand; more is not worth the time for a better text. */
const NON_NUMBERS_MAX = 10_000;

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
