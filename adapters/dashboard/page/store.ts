import { useEffect, useState } from "preact/hooks";
import type { CampaignView } from "../../../src/views/campaign-view.ts";
import type { EventLine, EventStreamView } from "../../../src/views/event-stream-view.ts";
import type { InstrumentDetailView } from "../../../src/views/instrument-view.ts";
import type { OpeningView } from "../../../src/views/opening-view.ts";
import type { OverviewView } from "../../../src/views/overview-view.ts";
import type { TodoView } from "../../../src/views/todo-view.ts";
import { getJson } from "./requests.ts";

/** Everything the page knows: the newest message of each dashboard topic, and the person's own choices. */
export interface PageState {
  readonly connection: "opening" | "live" | "lost";
  readonly overview: OverviewView | undefined;
  readonly campaigns: ReadonlyMap<string, CampaignView>;
  readonly instruments: ReadonlyMap<string, InstrumentDetailView>;
  readonly lines: readonly EventLine[];
  /** Absent where nothing was ever asked of people. */
  readonly todo: TodoView | undefined;
  /** Clock of the last message, ms. */
  readonly heard_ms: number;
  readonly toasts: readonly Toast[];
  /** What is shown where it is not what is now: `result 3 of 40`. */
  readonly past: string | undefined;
}

export interface Toast {
  readonly key: number;
  readonly kind: "good" | "bad";
  readonly text: string;
}

/** Lines of the event stream that the page keeps; older ones are found by the search. */
const LINES_KEPT = 300;
const TOAST_ms = 8000;

let state: PageState = {
  connection: "opening",
  overview: undefined,
  campaigns: new Map(),
  instruments: new Map(),
  lines: [],
  todo: undefined,
  heard_ms: 0,
  toasts: [],
  past: undefined,
};
const listeners = new Set<() => void>();
let toastKey = 0;

function change(part: Partial<PageState>): void {
  state = { ...state, ...part };
  for (const listener of listeners) listener();
}

/** The part of the state that a component shows; it is drawn anew only where that part changed. */
export function useStore<Part>(select: (state: PageState) => Part): Part {
  const [part, setPart] = useState(() => select(state));
  useEffect(() => {
    const listener = (): void => setPart(() => select(state));
    listener();
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, []);
  return part;
}

/** Says that the past is shown, in words; or that it is not any more. */
export function showPast(past: string | undefined): void {
  change({ past });
}

/** Shows a short message that goes away by itself. */
export function toast(kind: Toast["kind"], text: string): void {
  const key = ++toastKey;
  change({ toasts: [...state.toasts.slice(-3), { key, kind, text }] });
  setTimeout(() => change({ toasts: state.toasts.filter((t) => t.key !== key) }), TOAST_ms);
}

/** What the page shows before the live feed has said a word. */
export function showOpening({ overview, campaign }: OpeningView): void {
  change({
    heard_ms: Date.now(),
    overview,
    campaigns: new Map(state.campaigns).set(campaign.campaignId, campaign),
  });
}

/** Listens to the daemon for as long as the page is open; the browser itself reconnects and sends Last-Event-ID. */
export function connect(): void {
  const source = new EventSource("/events");
  let boot = "";
  source.addEventListener("hello", (event) => {
    const hello = JSON.parse((event as MessageEvent<string>).data) as { boot: string };
    // Another boot is another process: what it no longer mentions is no longer there.
    const forget = boot !== "" && boot !== hello.boot;
    boot = hello.boot;
    change({
      connection: "live",
      ...(forget ? { campaigns: new Map(), instruments: new Map(), lines: [] } : {}),
    });
  });
  source.addEventListener("view", (event) => receive((event as MessageEvent<string>).data));
  source.addEventListener("news", (event) => {
    refresh(
      (JSON.parse((event as MessageEvent<string>).data) as { campaignId: string }).campaignId,
    );
  });
  source.addEventListener("error", () => {
    change({ connection: "lost" });
    // A refused connection is final for the browser; try again as long as the page is open.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 3000);
  });
}

/** Between two questions for one campaign's view, ms: a simulated laboratory brings several results a second. */
const REFRESH_ms = 120;
const asked = new Map<string, { last_ms: number; waits: boolean }>();

/** Asks for a campaign's view now: its next message is not waited for, and a campaign that is over for a while sends none. */
export function refresh(campaignId: string): void {
  const before = asked.get(campaignId) ?? { last_ms: 0, waits: false };
  if (before.waits) return;
  const wait_ms = Math.max(0, before.last_ms + REFRESH_ms - Date.now());
  asked.set(campaignId, { ...before, waits: true });
  setTimeout(() => {
    asked.set(campaignId, { last_ms: Date.now(), waits: false });
    getJson<CampaignView>(`/api/campaign/${encodeURIComponent(campaignId)}`)
      .then((view) => show(campaignId, view))
      .catch(() => {}); // the next message of the view brings it
  }, wait_ms);
}

/** An answer and a message can overtake each other: the older of two views is dropped. */
function show(campaignId: string, view: CampaignView): void {
  const shown = state.campaigns.get(campaignId);
  if (shown !== undefined && shown.revision > view.revision) return;
  change({ heard_ms: Date.now(), campaigns: new Map(state.campaigns).set(campaignId, view) });
}

function receive(data: string): void {
  const { topic, payload } = JSON.parse(data) as { topic: string; payload: { data: unknown } };
  const name = topic.slice(topic.indexOf("/dashboard/") + "/dashboard/".length);
  const [kind, ...rest] = name.split("/");
  const id = rest.join("/");
  const heard_ms = Date.now();
  if (kind === "overview") change({ heard_ms, overview: payload.data as OverviewView });
  else if (kind === "todo") change({ heard_ms, todo: payload.data as TodoView });
  else if (kind === "campaign") {
    show(id, payload.data as CampaignView);
  } else if (kind === "instrument") {
    const instruments = new Map(state.instruments).set(id, payload.data as InstrumentDetailView);
    change({ heard_ms, instruments });
  } else if (kind === "events") {
    change({ heard_ms, lines: mergeLines(payload.data as EventStreamView) });
  }
}

function mergeLines(view: EventStreamView): readonly EventLine[] {
  const newest = state.lines.at(-1)?.position ?? 0;
  const first = view.lines[0]?.position ?? 0;
  // A gap (more events in a second than a message carries) starts the list anew instead of hiding that lines are missing.
  const kept = first > newest + 1 ? [] : state.lines;
  return [...kept, ...view.lines.filter((line) => line.position > newest)].slice(-LINES_KEPT);
}
