/**
 * Values as plain JSON and back: maps, sets and numbers that JSON does not know keep what they are. Fields that are
 * `undefined` are left out.
 *
 * @throws TypeError for a function: what has methods would come back without them, and fail far from here
 */
export function toPlain(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return { "@number": String(value) };
  if (typeof value === "function") throw new TypeError(`${value.name || "a function"} is no data`);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => (one === undefined ? null : toPlain(one)));
  if (value instanceof Map)
    return { "@map": [...value].map(([key, one]) => [toPlain(key), toPlain(one)]) };
  if (value instanceof Set) return { "@set": [...value].map(toPlain) };
  const plain: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(value))
    if (one !== undefined) plain[name] = toPlain(one);
  return plain;
}

export function fromPlain(plain: unknown): unknown {
  if (typeof plain !== "object" || plain === null) return plain;
  if (Array.isArray(plain)) return plain.map(fromPlain);
  const record = plain as Record<string, unknown>;
  if (typeof record["@number"] === "string") return Number(record["@number"]);
  if (Array.isArray(record["@map"]))
    return new Map(record["@map"].map((pair) => fromPlain(pair) as [unknown, unknown]));
  if (Array.isArray(record["@set"])) return new Set(record["@set"].map(fromPlain));
  const value: Record<string, unknown> = {};
  for (const name of Object.keys(record)) value[name] = fromPlain(record[name]);
  return value;
}

/** Whether two pieces of plain data say the same, field for field; false also where only the order of fields differs. */
export function isSameData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  const others = Object.keys(b);
  if (names.length !== others.length) return false;
  return names.every(
    (name, k) =>
      name === others[k] &&
      isSameData((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]),
  );
}
