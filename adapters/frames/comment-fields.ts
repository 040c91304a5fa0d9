/** What the comment line of an extended XYZ frame says. */
export interface CommentFields {
  /** Values by key: only what stands before an `=` is a key. */
  readonly values: Readonly<Record<string, string>>;
  /** Bare words. */
  readonly flags: readonly string[];
}

/** Keys that name the frame's own parts: never the beginning of another key's value. */
const OWN_KEY = /^(?:Lattice|Properties|pbc)\s*=/;
const KEY = /[^\s=,"'[\]{}]+/y;
const NEXT_KEY = /^[A-Za-z_][\w.-]*\s*=/;
const CLOSING: Readonly<Record<string, string>> = { '"': '"', "'": "'", "{": "}" };

/**
 * Reads `a=1 b="x y" c d = {5 6} e=[[1,2],[3,4]]`. An empty value (`key=` with nothing behind it: ASE writes it for an empty
 * text, CONQUEST for an absent one) leaves the next key its own value; `key = value` with blanks on both sides is a value.
 * Source: libAtoms/extxyz, specification of the format.
 */
export function readCommentFields(comment: string): CommentFields {
  const values: Record<string, string> = {};
  const flags: string[] = [];
  let at = 0;
  while (at < comment.length) {
    at += blanksAt(comment, at);
    KEY.lastIndex = at;
    const key = KEY.exec(comment)?.[0];
    if (key === undefined) {
      at++;
      continue;
    }
    at += key.length;
    const before = blanksAt(comment, at);
    if (comment[at + before] !== "=") {
      flags.push(key);
      continue;
    }
    at += before + 1;
    const found = valueAt(comment, at, before > 0);
    values[key] = found.value;
    at = found.end;
  }
  return { values, flags };
}

function valueAt(
  comment: string,
  from: number,
  hasBlankBefore: boolean,
): { value: string; end: number } {
  const blanks = blanksAt(comment, from);
  const start = from + blanks;
  const rest = comment.slice(start);
  // Behind `key= ` another `key=` begins; behind `key = ` the value may itself hold an equals sign.
  const isNextKey = OWN_KEY.test(rest) || (blanks > 0 && !hasBlankBefore && NEXT_KEY.test(rest));
  if (rest === "" || isNextKey) return { value: "", end: from };
  const open = rest[0] ?? "";
  const close = CLOSING[open];
  if (close !== undefined) {
    const end = comment.indexOf(close, start + 1);
    if (end > 0) return { value: comment.slice(start + 1, end), end: end + 1 };
  }
  if (open === "[") {
    const end = closingBracket(comment, start);
    if (end > 0) return { value: comment.slice(start + 1, end), end: end + 1 };
  }
  const bare = /^\S+/.exec(rest)?.[0] ?? "";
  return { value: bare, end: start + bare.length };
}

/** Place of the bracket that closes the one at `start`; -1 where none does. */
function closingBracket(text: string, start: number): number {
  let depth = 0;
  for (let k = start; k < text.length; k++) {
    if (text[k] === "[") depth++;
    else if (text[k] === "]" && --depth === 0) return k;
  }
  return -1;
}

function blanksAt(text: string, at: number): number {
  let count = 0;
  while (/\s/.test(text[at + count] ?? "")) count++;
  return count;
}
