import { useEffect, useRef, useState } from "preact/hooks";
import type { PlannerView } from "../../../src/domain/planner-view.ts";
import type { CampaignView, ObservationView } from "../../../src/views/campaign-view.ts";
import type { Columns } from "../../../src/views/map-plane.ts";
import { readPlannerView } from "../../../src/views/read-planner-view.ts";
import { getJson } from "./requests.ts";

export interface Candidates {
  readonly count: number;
  readonly ids?: readonly string[];
  readonly columns: Columns;
}

/** The candidates of a campaign: they never change, so they are fetched once. */
export function useCandidates(campaignId: string): Candidates | undefined {
  const [candidates, setCandidates] = useState<Candidates>();
  useEffect(() => {
    const stop = new AbortController();
    setCandidates(undefined);
    getJson<Candidates>(`${pathOf(campaignId)}/candidates`, stop.signal)
      .then(setCandidates)
      .catch(() => {}); // a campaign in a continuous space has none: the page then shows no map of candidates
    return () => stop.abort();
  }, [campaignId]);
  return candidates;
}

/**
 * All observations of a campaign, oldest first: fetched once, then completed from the live views; fetched again from the
 * last known one where the live views have skipped some.
 */
export function useObservations(campaign: CampaignView): readonly ObservationView[] {
  const { campaignId, observations } = campaign;
  const [all, setAll] = useState<readonly ObservationView[]>([]);
  const fetching = useRef(false);
  useEffect(() => setAll([]), [campaignId]);
  useEffect(() => {
    const withdrawn = new Set(observations.withdrawn);
    const kept = all.filter((o) => !withdrawn.has(o.position));
    const newest = kept.at(-1)?.position ?? 0;
    const fresh = observations.recent.filter(
      (o) => o.position > newest && !withdrawn.has(o.position),
    );
    if (kept.length + fresh.length === observations.total) {
      if (fresh.length > 0 || kept.length < all.length) setAll([...kept, ...fresh]);
      return;
    }
    if (fetching.current) return;
    fetching.current = true;
    getJson<ObservationView[]>(`${pathOf(campaignId)}/observations`)
      .then(setAll)
      .catch(() => {}) // the next view tries again
      .finally(() => {
        fetching.current = false;
      });
  }, [campaignId, observations, all]);
  return all;
}

/** Between two fetches of the live map; a map of 5151 candidates is some 60 kB. */
const MAP_PERIOD_ms = 400;

export interface PlannerMap {
  readonly view: PlannerView | undefined;
  readonly failure: string | undefined;
}

/** What is shown of a campaign: all of it, or what was known after the first `past` results. */
export interface ShownCampaign {
  readonly campaign: CampaignView;
  readonly observations: readonly ObservationView[];
  /** With the names that people read. */
  readonly known: PlannerMap;
  /** With the ids: what is saved. */
  readonly plain: PlannerView | undefined;
  readonly past: number | undefined;
  readonly setPast: (past: number | undefined) => void;
}

/** The planner's view: live, or as it was after the first `past` results. */
export function usePlannerView(campaign: CampaignView, past: number | undefined): PlannerMap {
  const { campaignId } = campaign;
  const version =
    past ??
    `${campaign.observations.total}/${campaign.observations.withdrawn.length}/${campaign.model?.version}`;
  const [result, setResult] = useState<PlannerMap>({ view: undefined, failure: undefined });
  const lastFetch = useRef(0);
  useEffect(() => {
    const stop = new AbortController();
    const wait = Math.max(
      past === undefined ? 0 : 90,
      lastFetch.current + MAP_PERIOD_ms - Date.now(),
    );
    const timer = setTimeout(() => {
      lastFetch.current = Date.now();
      const query = past === undefined ? "" : `?observations=${past}`;
      getJson<unknown>(`${pathOf(campaignId)}/map${query}`, stop.signal)
        .then((json) => setResult({ view: readPlannerView(json), failure: undefined }))
        .catch((error: unknown) => {
          if (stop.signal.aborted) return;
          setResult((kept) => ({
            ...kept,
            failure: error instanceof Error ? error.message : String(error),
          }));
        });
    }, wait);
    return () => {
      clearTimeout(timer);
      // A live fetch under way may finish: aborting each would starve a busy campaign of maps.
      if (past !== undefined) stop.abort();
    };
  }, [campaignId, version]);
  return result;
}

export function pathOf(campaignId: string): string {
  return `/api/campaign/${encodeURIComponent(campaignId)}`;
}
