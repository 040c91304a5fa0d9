import type { PlannerView } from "../domain/planner-view.ts";

/** Lists without which a view of each kind could not be drawn. */
const LISTS: Readonly<Record<PlannerView["kind"], readonly string[]>> = {
  "phase-diagram": ["labels", "label", "certainty", "tieLines", "triangles"],
  optimise: ["quantities", "candidates"],
  "effective-model": ["measured", "curves"],
};

/**
 * A planner's view where it comes in from elsewhere (HTTP, the planner's thread): checked here, trusted behind. JSON knows
 * no NaN: null among numbers is one. Throws where the value is of no kind that this program draws.
 */
export function readPlannerView(value: unknown): PlannerView {
  const view = typeof value === "object" && value !== null ? (value as Partial<PlannerView>) : {};
  const lists = LISTS[view.kind ?? "phase-diagram"];
  const isWhole = lists?.every((name) => Array.isArray((view as Record<string, unknown>)[name]));
  if (view.kind === undefined || isWhole !== true)
    throw new Error(`no view that can be drawn (kind ${String(view.kind)}): load the page again`);
  return (view.kind === "phase-diagram" ? view : withNaN(view)) as PlannerView;
}

function withNaN(value: unknown): unknown {
  if (value === null) return Number.NaN;
  if (Array.isArray(value)) return value.map(withNaN);
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withNaN(one)]));
}
