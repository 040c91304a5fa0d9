/** What of a summary can be drawn over time: its numbers, and how many entries its lists have. */
export function figuresOf(summary: Readonly<Record<string, unknown>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(summary).flatMap(([name, value]): [string, number][] => {
      if (typeof value === "number") return [[name, value]];
      return Array.isArray(value) ? [[name, value.length]] : [];
    }),
  );
}

/** The numbers of a part of a summary; `undefined` where it has none. */
export function numbersIn(value: unknown): Record<string, number> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const entries = Object.entries(value).filter(
    (entry): entry is [string, number] => typeof entry[1] === "number",
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
