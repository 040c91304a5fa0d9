import { type Context, Hono } from "hono";
import type { PlannerView } from "../../src/domain/planner-view.ts";
import { candidateColumns } from "../../src/tables/candidate-columns.ts";
import { exportCsv, exportJsonLines, toCsv } from "../../src/views/export-text.ts";
import { type DrawnView, knowledgeOf } from "../../src/views/opening-view.ts";
import { drawnPart } from "../../src/views/planner-views.ts";
import { RESULT_COLUMNS, resultRows } from "../../src/views/result-rows.ts";
import { parquetOf } from "../exports/parquet.ts";
import type { DashboardPorts } from "./dashboard-ports.ts";
import { rememberOpenings } from "./openings.ts";
import { found } from "./request-guards.ts";
import { packedJson } from "./serve-page.ts";

const SEARCH_LIMIT = 200;
/** Maps of the past that are kept for the time slider; each is some 100 kB at 5151 candidates. */
const PAST_VIEWS_KEPT = 24;
const LOOKS_KEPT = 12;

/** The read-only half of the page's API: everything that is too large or too rare for the dashboard topics. */
export function apiRoutes(ports: DashboardPorts): Hono {
  const api = new Hono();
  const looks = rememberLooks(ports);
  addOpeningRoutes(api, ports);

  api.get("/overview", (c) => c.json(ports.overview()));
  api.get("/todo", (c) => c.json(ports.todo()));
  api.get("/events", (c) => c.json(ports.searchEvents(c.req.query("search") ?? "", SEARCH_LIMIT)));
  api.get("/instrument/:id", (c) => found(c, ports.instrument(c.req.param("id"))));
  api.get("/campaign/:id", (c) => found(c, ports.campaign(c.req.param("id"))));
  api.get("/campaign/:id/observations", (c) => {
    const id = c.req.param("id");
    if (ports.campaign(id) === undefined) return found(c, undefined);
    return c.json(ports.observations(id, wholeNumber(c.req.query("from")) ?? 0));
  });
  api.get("/campaign/:id/result/:position", async (c) => {
    const document = await ports.exportDocument(c.req.param("id"));
    const position = wholeNumber(c.req.param("position"));
    return found(
      c,
      document?.observations.find((one) => one.position === position),
    );
  });
  api.get("/campaign/:id/result/:position/pattern", async (c) => {
    const position = wholeNumber(c.req.param("position"));
    const id = c.req.param("id");
    return found(c, position === undefined ? undefined : await ports.pattern(id, position));
  });
  api.get("/campaign/:id/candidates", (c) => {
    const candidates = ports.candidates(c.req.param("id"));
    return found(c, candidates && candidateColumns(candidates));
  });
  api.get("/campaign/:id/candidates.csv", (c) => {
    const candidates = ports.candidates(c.req.param("id"));
    if (candidates === undefined) return found(c, undefined);
    const rows = candidates.map(({ candidateId, parameters }) => ({ candidateId, ...parameters }));
    return download(c, toCsv(rows), "text/csv", `${c.req.param("id")}-candidates.csv`);
  });
  api.get("/campaign/:id/structure", async (c) =>
    found(c, await looks(c.req.param("id"), wholeNumber(c.req.query("position")))),
  );
  api.get("/campaign/:id/export/:format", async (c) => {
    const id = c.req.param("id");
    const document = await ports.exportDocument(id);
    if (document === undefined) return found(c, undefined);
    switch (c.req.param("format")) {
      case "csv":
        return download(c, exportCsv(document), "text/csv", `${id}.csv`);
      case "parquet": {
        const bytes = parquetOf(resultRows(document), { campaignId: id }, RESULT_COLUMNS);
        return download(c, bytes, "application/vnd.apache.parquet", `${id}.parquet`);
      }
      case "jsonl":
        return download(c, exportJsonLines(document), "application/jsonl", `${id}.jsonl`);
      case "json":
        return download(c, JSON.stringify(document), "application/json", `${id}.json`);
      default:
        return found(c, undefined);
    }
  });
  return api;
}

/** What the page asks when it opens, and the map. */
function addOpeningRoutes(api: Hono, ports: DashboardPorts): void {
  const drawn = rememberViews(ports);
  const openings = rememberOpenings(ports);
  api.get("/campaign/:id/opening", async (c) => {
    const text = openings.opening(c.req.param("id"));
    return text === undefined ? found(c, undefined) : await packedJson(c, text);
  });
  api.get("/campaign/:id/results", async (c) => {
    const text = openings.results(c.req.param("id"));
    return text === undefined ? found(c, undefined) : await packedJson(c, text);
  });
  api.get("/campaign/:id/map", async (c) => {
    const id = c.req.param("id");
    const campaign = ports.campaign(id);
    if (campaign === undefined) return found(c, undefined);
    const view = await drawn(id, wholeNumber(c.req.query("observations")));
    if (c.req.query("drawn") === undefined) return c.json(view);
    const shown: DrawnView = { view: drawnPart(view), knowledge: knowledgeOf(campaign) };
    return await packedJson(c, JSON.stringify(shown));
  });
}

/**
 * A map of the past never changes and is kept; the present map is asked anew, but only once at a time, so that ten
 * browsers cost one planner call.
 */
function rememberViews(
  ports: DashboardPorts,
): (id: string, observations: number | undefined) => Promise<PlannerView> {
  const running = new Map<string, Promise<PlannerView>>();
  const past = new Map<string, PlannerView>();
  return (id, observations) => {
    const withdrawn = ports.campaign(id)?.observations.withdrawn.length ?? 0;
    const key = `${id}/${observations ?? "now"}/${withdrawn}`;
    const kept = past.get(key);
    if (kept !== undefined) return Promise.resolve(kept);
    const shared = running.get(key);
    if (shared !== undefined) return shared;
    const asked = ports
      .plannerView(id, observations)
      .then((view) => {
        if (observations !== undefined) past.set(key, view);
        const oldest = past.keys().next().value;
        if (past.size > PAST_VIEWS_KEPT && oldest !== undefined) past.delete(oldest);
        return view;
      })
      .finally(() => running.delete(key));
    running.set(key, asked);
    return asked;
  };
}

/** A trajectory never changes: the looks at the last few are kept, and one that is under way is shared. */
function rememberLooks(ports: DashboardPorts): DashboardPorts["structure"] {
  const kept = new Map<string, ReturnType<DashboardPorts["structure"]>>();
  return (id, position) => {
    const key = `${id}/${position ?? ""}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const asked = ports.structure(id, position);
    kept.set(key, asked);
    asked.catch(() => kept.delete(key));
    const oldest = kept.keys().next().value;
    if (kept.size > LOOKS_KEPT && oldest !== undefined) kept.delete(oldest);
    return asked;
  };
}

function download(
  context: Context,
  body: string | Uint8Array,
  type: string,
  name: string,
): Response {
  context.header("Content-Type", typeof body === "string" ? `${type}; charset=utf-8` : type);
  context.header("Content-Disposition", `attachment; filename="${name}"`);
  return context.body(typeof body === "string" ? body : new Uint8Array(body));
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
