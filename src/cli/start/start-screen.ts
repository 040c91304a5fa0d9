import type { Daemon } from "../../daemon.ts";
import { listCandidates } from "../../domain/candidates.ts";
import { GOAL_VIEWS } from "../../views/goal-views.ts";
import { discoveryOrder, gatherMapData, type MapData } from "../../views/map-data.ts";
import type { Columns } from "../../views/map-plane.ts";
import { chooseSections } from "../../views/map-slices.ts";
import { readPhaseDiagramView } from "../../views/planner-views.ts";
import { createTerminalMap, type TerminalMap } from "../../views/terminal-map.ts";
import type { CommandIo } from "../command.ts";
import { liveLine } from "./live-line.ts";
import { createLiveScreen, cutLine, type TerminalKind, terminalKind } from "./live-screen.ts";

const REDRAW_ms = 500;
/** The map is asked for at most so often. */
const MAP_ms = 2_000;
/** Lines of the map, and what a terminal must have to show it without filling up. */
const MAP_rows = 15;
const TERMINAL_rows_min = 22;
const TERMINAL_columns_min = 64;
/** A map of more candidates is for the page. */
const CANDIDATES_max = 20_000;

/**
 * In a terminal: how the campaigns stand, drawn again in place, with a small map of the first campaign that maps phases. The
 * structured log says the same elsewhere. Returns what ends it.
 */
export function showLiveScreen(io: CommandIo, daemon: Daemon): () => void {
  if (!io.interactive) return () => {};
  const terminal = terminalKind();
  const screen = createLiveScreen(io);
  const map = followMap(daemon, terminal);
  const timer = setInterval(() => {
    map.refresh();
    const lines = liveLine(daemon.view)
      .split(" | ")
      .map((line) => cutLine(line, terminal.columns));
    screen.draw([...lines, ...map.lines()]);
  }, REDRAW_ms);
  return () => {
    clearInterval(timer);
    screen.clear();
  };
}

interface FollowedMap {
  /** Asks for the map anew where results have come since. */
  refresh(): void;
  lines(): readonly string[];
}

function followMap(daemon: Daemon, terminal: TerminalKind): FollowedMap {
  const id = mappedCampaign(daemon);
  const isTooSmall = terminal.rows < TERMINAL_rows_min || terminal.columns < TERMINAL_columns_min;
  if (id === undefined || isTooSmall) return { refresh: () => {}, lines: () => [] };
  const columns = columnsOf(daemon, id);
  let lines: readonly string[] = [];
  let drawn: TerminalMap | undefined;
  let seen = "";
  let asked_ms = Number.NEGATIVE_INFINITY;
  let isWaiting = false;
  const update = async (): Promise<void> => {
    const data = await currentMap(daemon, id, columns);
    if (data === undefined) return;
    const { columns: width, colours } = terminal;
    drawn ??= createTerminalMap(data.plane, data.cells, {
      columns: width,
      rows: MAP_rows,
      colours,
    });
    lines = ["", ...drawn.draw(data)];
  };
  return {
    refresh: () => {
      const campaign = daemon.view.campaign(id);
      const state = `${campaign?.observations.total}/${campaign?.jobs.map((j) => j.candidateId).join()}`;
      const now_ms = performance.now();
      if (isWaiting || state === seen || now_ms - asked_ms < MAP_ms) return;
      [seen, asked_ms, isWaiting] = [state, now_ms, true];
      // A planner that is busy or gone leaves the last map on the screen.
      void update()
        .catch(() => {})
        .finally(() => {
          isWaiting = false;
        });
    },
    lines: () => lines,
  };
}

function mappedCampaign(daemon: Daemon): string | undefined {
  return daemon.view.campaignIdsAtHand.find((id) => {
    const spec = daemon.lab.specs.get(id);
    if (spec === undefined || !GOAL_VIEWS[spec.goal].hasMap) return false;
    return listCandidates(spec.space).length <= CANDIDATES_max;
  });
}

function columnsOf(daemon: Daemon, id: string): Columns {
  const spec = daemon.lab.specs.get(id);
  const candidates = spec === undefined ? [] : listCandidates(spec.space);
  const names = Object.keys(candidates[0]?.parameters ?? {});
  return Object.fromEntries(
    names.map((name) => [name, candidates.map(({ parameters }) => parameters[name] ?? null)]),
  );
}

async function currentMap(
  daemon: Daemon,
  id: string,
  columns: Columns,
): Promise<MapData | undefined> {
  const view = readPhaseDiagramView(await daemon.planner.view(id));
  if (view === undefined) return undefined;
  const observations = daemon.view.observations(id, 0);
  const { plane, slices } = chooseSections(columns, view.components);
  const slice = slices[Math.floor(slices.length / 2)] ?? {};
  const campaign = daemon.view.campaign(id);
  const title = campaign?.title ?? id;
  const data = gatherMapData({ title, plane, columns, view, observations, campaign, slice });
  return { ...data, phaseOrder: discoveryOrder(observations) };
}
