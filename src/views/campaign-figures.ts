import type { SetAsideView } from "./campaign-view.ts";
import type { Ring } from "./ring.ts";

/** What a person should know of results that were set aside. */
export function asideWarnings(aside: Ring<SetAsideView>): string[] {
  const last = aside.items.at(-1);
  if (last === undefined) return [];
  const count = aside.total === 1 ? "A result was" : `${aside.total} results were`;
  return [`${count} set aside and taught nothing; the last: ${last.reason}.`];
}

/** Experiments that jobs belong to. */
export function countExperiments(jobs: readonly { readonly experimentId: string }[]): number {
  return new Set(jobs.map(({ experimentId }) => experimentId)).size;
}

/** What of a summary can be drawn over time: its numbers, and how many entries its lists have. */
export function figuresOf(summary: Readonly<Record<string, unknown>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(summary).flatMap(([name, value]): [string, number][] => {
      if (typeof value === "number") return [[name, value]];
      return Array.isArray(value) ? [[name, value.length]] : [];
    }),
  );
}

/** The numbers of a record; `undefined` where it has none. */
export function numbersIn(value: unknown): Record<string, number> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const entries = Object.entries(value).filter(
    (entry): entry is [string, number] => typeof entry[1] === "number",
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
