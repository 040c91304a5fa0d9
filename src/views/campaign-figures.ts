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
