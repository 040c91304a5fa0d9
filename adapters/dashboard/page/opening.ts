import type { DrawnView, OpeningView } from "../../../src/views/opening-view.ts";
import { readPlannerView } from "../../../src/views/read-planner-view.ts";
import { getJson, pathOf } from "./requests.ts";

/** What was asked for before anything was drawn; each is taken once, so that nothing old is kept. */
const opened = new Map<string, OpeningView>();
const drawn = new Map<string, DrawnView>();

/** How long the first drawing waits for the map: then it is drawn without, as results alone. */
const MAP_WAIT_ms = 700;

/**
 * Asks for a campaign and its map at once, as the document has the browser do before this script runs (`rel="preload"`); resolves
 * when there is something to draw.
 */
export async function openCampaign(campaignId: string, waitsForMap: boolean): Promise<OpeningView> {
  const map = askMap(campaignId, undefined).then(
    (view) => void drawn.set(campaignId, view),
    () => {}, // asked again, and told, where it is shown
  );
  const opening = await askOpening(campaignId);
  opened.set(campaignId, opening);
  if (waitsForMap)
    await Promise.race([map, new Promise((resolve) => setTimeout(resolve, MAP_WAIT_ms))]);
  return opening;
}

export function openedAlready(campaignId: string): OpeningView | undefined {
  return taken(opened, campaignId);
}

export function mapAlready(campaignId: string) {
  return taken(drawn, campaignId);
}

function taken<Value>(from: Map<string, Value>, key: string): Value | undefined {
  const value = from.get(key);
  from.delete(key);
  return value;
}

export async function askOpening(campaignId: string, signal?: AbortSignal): Promise<OpeningView> {
  return await getJson<OpeningView>(`${pathOf(campaignId)}/opening`, signal);
}

/** What the planner would draw of a campaign: now, or as it was after the first `past` results. */
export async function askMap(
  campaignId: string,
  past: number | undefined,
  signal?: AbortSignal,
): Promise<DrawnView> {
  const query = past === undefined ? "" : `&observations=${past}`;
  const path = `${pathOf(campaignId)}/map?drawn${query}`;
  const { view, knowledge } = await getJson<DrawnView>(path, signal);
  return { view: readPlannerView(view), knowledge };
}
