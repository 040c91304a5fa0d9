import type { LabEvent } from "../events/lab-event.ts";
import { campaignOfFact } from "./shelf.ts";

/** Events from one position to another, both included. */
export type Run = readonly [from: number, through: number];

/** Where in a log the events of each campaign are: a fold of the log as everything else, the same for every way to keep it. */
export interface CampaignIndex {
  note(event: LabEvent): void;
  /** A campaign's events, and the last start of a daemon, which tells the site. */
  runsOf(campaignId: string): Run[];
  readonly campaignIds: readonly string[];
  save(): SavedIndex;
  restore(saved: SavedIndex): void;
}

/** By campaign: begins and ends of its runs, each as its distance from the number before. */
export type SavedIndex = readonly (readonly [string, readonly number[]])[];

/** In the place of a campaign's name: starts of daemons. */
const STARTS = "";

export function createCampaignIndex(): CampaignIndex {
  /** Begins and ends of runs in turn. */
  const bounds = new Map<string, number[]>();
  return {
    note: ({ position, fact }) => {
      const id = fact.type === "daemon.started" ? STARTS : campaignOfFact(fact);
      if (id === undefined) return;
      const known = bounds.get(id) ?? [];
      bounds.set(id, known);
      if (known.at(-1) === position - 1) known[known.length - 1] = position;
      else known.push(position, position);
    },
    runsOf: (id) => {
      const lastStart = bounds.get(STARTS)?.slice(-2) ?? [];
      const runs = [...runsIn(bounds.get(id) ?? []), ...runsIn(lastStart)];
      return runs.sort(([a], [b]) => a - b);
    },
    get campaignIds() {
      return [...bounds.keys()].filter((id) => id !== STARTS);
    },
    save: () =>
      [...bounds].map(([id, known]) => [id, known.map((at, k) => at - (known[k - 1] ?? 0))]),
    restore: (saved) => {
      for (const [id, steps] of saved) {
        let at = 0;
        bounds.set(
          id,
          steps.map((step) => {
            at += step;
            return at;
          }),
        );
      }
    },
  };
}

function runsIn(bounds: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (let k = 0; k < bounds.length; k += 2) runs.push([bounds[k] ?? 0, bounds[k + 1] ?? 0]);
  return runs;
}
