import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Namer } from "../../../src/domain/display-name.ts";
import type { PlannerView } from "../../../src/domain/planner-view.ts";
import type { CampaignView, ObservationView } from "../../../src/views/campaign-view.ts";
import {
  type CandidateColumns,
  knowledgeOf,
  type OpeningView,
} from "../../../src/views/opening-view.ts";
import { type ResultColumns, resultColumns } from "../../../src/views/result-columns.ts";
import type { Results } from "../../../src/views/results.ts";
import { askMap, askOpening, mapAlready, openedAlready } from "./opening.ts";
import { getJson, pathOf } from "./requests.ts";

export type Candidates = CandidateColumns;

/** A campaign's candidates (they never change) and its results; `undefined` until they have come. */
export interface LoadedCampaign {
  readonly candidates: Candidates | undefined;
  readonly results: LoadedResults;
}

/** Results as they were fetched, and those that the live views have brought since. */
export interface LoadedResults {
  readonly columns: ResultColumns;
  readonly since: readonly ObservationView[];
}

/** More live results than these are fetched again as columns, which take a fraction of the memory. */
const LIVE_RESULTS_MAX = 400;
const NONE: LoadedResults = { columns: resultColumns([]), since: [] };

/** What the page shows of a campaign at first: one answer for all of it. */
export function useLoaded(campaign: CampaignView): LoadedCampaign {
  const { campaignId } = campaign;
  const [opening, setOpening] = useState(() => openedAlready(campaignId));
  useEffect(() => {
    if (opening !== undefined) return;
    const stop = new AbortController();
    askOpening(campaignId, stop.signal)
      .then(setOpening)
      .catch(() => {}); // the next view of the campaign brings its results
    return () => stop.abort();
  }, [campaignId]);
  return { candidates: opening?.candidates ?? undefined, results: useResults(campaign, opening) };
}

/**
 * All results of a campaign, oldest first: those of its opening, completed from the live views; fetched again where the live views
 * have skipped some, or somebody has withdrawn one.
 */
function useResults(campaign: CampaignView, opening: OpeningView | undefined): LoadedResults {
  const { campaignId, observations } = campaign;
  const [loaded, setLoaded] = useState<LoadedResults>();
  const fetching = useRef(false);
  const first = opening?.results;
  const known = loaded ?? (first === undefined ? undefined : { columns: first, since: [] });
  useEffect(() => {
    if (known === undefined) return;
    const next = completed(known, observations);
    if (next !== undefined && next.since.length <= LIVE_RESULTS_MAX) {
      if (next !== known) setLoaded(next);
      return;
    }
    if (fetching.current) return;
    fetching.current = true;
    getJson<ResultColumns>(`${pathOf(campaignId)}/results`)
      .then((columns) => setLoaded({ columns, since: [] }))
      .catch(() => {}) // the next view tries again
      .finally(() => {
        fetching.current = false;
      });
  }, [campaignId, observations, known?.columns, known?.since]);
  return known ?? NONE;
}

/** The same with what a view has newly brought; itself where that is nothing, `undefined` where some are missing. */
function completed(
  known: LoadedResults,
  { total, recent, withdrawn }: CampaignView["observations"],
): LoadedResults | undefined {
  const { columns, since } = known;
  if (withdrawn.some((position) => columns.position.includes(position))) return undefined;
  const gone = new Set(withdrawn);
  const kept = since.filter(({ position }) => !gone.has(position));
  const newest = kept.at(-1)?.position ?? columns.position.at(-1) ?? 0;
  const fresh = recent.filter(({ position }) => position > newest && !gone.has(position));
  if (columns.n.length + kept.length + fresh.length !== total) return undefined;
  return fresh.length === 0 && kept.length === since.length
    ? known
    : { columns, since: [...kept, ...fresh] };
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
  readonly observations: Results;
  /** With the names that people read. */
  readonly known: PlannerMap;
  /** With the ids: what is saved. */
  readonly plain: PlannerView | undefined;
  /** Changes where names do. */
  readonly namer: Namer;
  readonly past: number | undefined;
  readonly setPast: (past: number | undefined) => void;
}

/** The planner's view: live, or as it was after the first `past` results. */
export function usePlannerView(campaign: CampaignView, past: number | undefined): PlannerMap {
  const { campaignId } = campaign;
  const version = past ?? knowledgeOf(campaign);
  const first = useMemo(() => mapAlready(campaignId), [campaignId]);
  const [result, setResult] = useState<PlannerMap>({ view: first?.view, failure: undefined });
  const lastFetch = useRef(0);
  const shown = useRef<string | number | undefined>(first?.knowledge);
  useEffect(() => {
    if (shown.current === version) return;
    shown.current = undefined;
    const stop = new AbortController();
    const wait = Math.max(
      past === undefined ? 0 : 90,
      lastFetch.current + MAP_PERIOD_ms - Date.now(),
    );
    const timer = setTimeout(() => {
      lastFetch.current = Date.now();
      askMap(campaignId, past, stop.signal)
        .then(({ view }) => setResult({ view, failure: undefined }))
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
