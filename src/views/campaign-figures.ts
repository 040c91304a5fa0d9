import type { CampaignStatus } from "../domain/campaign-status.ts";
import type { ObservationView, SetAsideView } from "./campaign-view.ts";
import type { Ring } from "./ring.ts";

/** Pace is taken over so many results, s per result. */
const PACE_WINDOW = 20;

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

/** Time until the budget is spent at the pace of the last results, s; `undefined` where none can be told. */
export function remainingTime(
  observations: Ring<Pick<ObservationView, "time_ms">>,
  status: Pick<CampaignStatus, "state" | "jobs"> | undefined,
  budget: number,
): number | undefined {
  const recent = observations.items.slice(-PACE_WINDOW);
  const first = recent.at(0);
  const last = recent.at(-1);
  if (first === undefined || last === undefined || recent.length < 2) return undefined;
  if (!(status?.state ?? "").startsWith("running")) return undefined;
  // While everything waits, the pace of before says nothing about when it will go on.
  const jobs = status?.jobs ?? [];
  if (jobs.length > 0 && jobs.every((job) => job.waitsFor !== undefined)) return undefined;
  const pace_s = (last.time_ms - first.time_ms) / 1000 / (recent.length - 1);
  return Math.max(0, budget - observations.total) * pace_s;
}
