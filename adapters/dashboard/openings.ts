import { candidateColumns } from "../../src/tables/candidate-columns.ts";
import type { OpeningView } from "../../src/views/opening-view.ts";
import { resultColumns } from "../../src/views/result-columns.ts";
import type { DashboardPorts } from "./dashboard-ports.ts";

/** Campaigns of which the answer is kept; 5000 results are some 200 kB. */
const KEPT = 4;

/** What the page asks first of a campaign, as JSON; `undefined` where there is no such campaign. */
export interface Openings {
  opening(campaignId: string): string | undefined;
  results(campaignId: string): string | undefined;
}

/** Results are written anew when anything has been logged since; candidates never change. */
export function rememberOpenings(ports: DashboardPorts): Openings {
  const candidates = remembered((id) => {
    const list = ports.candidates(id);
    return list === undefined ? "null" : JSON.stringify(candidateColumns(list));
  });
  const results = remembered((id) => JSON.stringify(resultColumns(ports.observations(id, 0))));
  const eventsNow = (): number => ports.overview().counters.events;
  return {
    opening: (id) => {
      const campaign = ports.campaign(id);
      if (campaign === undefined) return undefined;
      const overview = ports.overview();
      const head = { overview, campaign } satisfies Partial<OpeningView>;
      const parts = [
        `"candidates":${candidates(id, 0)}`,
        `"results":${results(id, overview.counters.events)}`,
      ];
      return `${JSON.stringify(head).slice(0, -1)},${parts.join(",")}}`;
    },
    results: (id) => (ports.campaign(id) === undefined ? undefined : results(id, eventsNow())),
  };
}

/** The last few texts, each of one state of things. */
function remembered(make: (id: string) => string): (id: string, state: number) => string {
  const kept = new Map<string, { readonly state: number; readonly text: string }>();
  return (id, state) => {
    const known = kept.get(id);
    const text = known?.state === state ? known.text : make(id);
    kept.delete(id);
    kept.set(id, { state, text });
    const oldest = kept.keys().next().value;
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return text;
  };
}
