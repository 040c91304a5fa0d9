import { columnHead } from "../core/unit-words.ts";
import { axisUnits } from "../domain/axis-units.ts";
import { isWithin } from "../domain/candidate.ts";
import type { ObjectiveObservation } from "../domain/observation.ts";
import type { EffectiveModelView, OptimiseView, PlannerView } from "../domain/planner-view.ts";
import type { ExportDocument, ExportedObservation } from "./export-document.ts";
import {
  describeParameters,
  formatNumber,
  formatWithError,
  placeOfObservation,
} from "./observation-summary.ts";
import { nameAndUnit } from "./pictures/axis-title.ts";
import { escapeXml } from "./pictures/svg.ts";
import { readPhaseDiagramView } from "./planner-views.ts";
import { section, table } from "./report-parts.ts";

/** Unmeasured points that are worth a look. */
const PROMISING_max = 5;
/** Measured points beside the best. */
const RUNNERS_UP_max = 4;

/** What whoever reads only one table should read: settings with values and errors, couplings, what was found where. */
export function resultSection(document: ExportDocument, view: PlannerView | undefined): string {
  if (view?.kind === "optimise") return optimiseSection(document, view);
  if (view?.kind === "effective-model") return couplingsSection(document, view);
  return foundSection(document, view);
}

interface Numbered extends ExportedObservation {
  readonly n: number;
}

function countingOf({ observations }: ExportDocument): Numbered[] {
  return observations.flatMap((one, k) => (one.withdrawn ? [] : [{ ...one, n: k + 1 }]));
}

function optimiseSection(document: ExportDocument, view: OptimiseView): string {
  const { campaign } = document;
  if (campaign.goal !== "optimise") return "";
  const units = axisUnits(campaign);
  const { objectives, constraints = [] } = campaign.model;
  const names = [...objectives, ...constraints].map(({ name }) => name);
  const results = countingOf(document).filter(
    (one) =>
      names.every((name) => objectiveIn(one, name) !== undefined) &&
      constraints.every(({ name, ...range }) =>
        isWithin(objectiveIn(one, name)?.value ?? Number.NaN, range),
      ),
  );
  const front = new Set(view.pareto.front?.map(({ candidateId }) => candidateId));
  const chosen =
    objectives.length > 1
      ? bestFirst(
          results.filter(({ candidateId }) => front.has(candidateId)),
          objectives[0],
        )
      : bestFirst(results, objectives[0]).slice(0, 1 + RUNNERS_UP_max);
  const [first] = chosen;
  if (first === undefined)
    return section("Recommended settings", [
      "<p>No result has every quantity asked for, within its constraints, yet.</p>",
    ]);
  const axes = Object.keys(first.parameters);
  const heads = [
    ...axes.map((axis) => headOf(axis, units)),
    ...names.map((name) => columnHead(name, objectiveIn(first, name)?.unit)),
    "result",
  ];
  const rows = chosen.map((one) => [
    ...axes.map((axis) => shown(placeOfObservation(one)[axis])),
    ...names.map((name) => quantityOf(objectiveIn(one, name))),
    String(one.n),
  ]);
  const intro =
    objectives.length > 1
      ? `${chosen.length} results that no other betters in all of ${objectives.map(({ name }) => name).join(", ")}: what each is worth decides among them.`
      : recommendation(first, names[0] ?? "", units);
  return section(objectives.length > 1 ? "The Pareto front" : "Recommended settings", [
    `<p>${escapeXml(intro)}</p>`,
    table(heads, rows),
    ...promising(view, { axes, names, units, sample: first }),
  ]);
}

function recommendation(
  best: Numbered,
  name: string,
  units: Readonly<Record<string, string>>,
): string {
  const value = `${quantityOf(objectiveIn(best, name))}${unitAfter(best, name)}`;
  const where = describeParameters(placeOfObservation(best), units);
  return `Recommended: ${where}, where ${name} is ${value} (result ${best.n}). Below it what came next.`;
}

/** Points that nobody measured, with what the model expects of them. */
function promising(
  view: OptimiseView,
  about: {
    readonly axes: readonly string[];
    readonly names: readonly string[];
    readonly units: Readonly<Record<string, string>>;
    readonly sample: ExportedObservation;
  },
): string[] {
  const { axes, names, units, sample } = about;
  const points = view.candidates
    .filter(({ isMeasured, expectedGain }) => !isMeasured && expectedGain > 0)
    .slice(0, PROMISING_max);
  if (points.length === 0) return [];
  const heads = [
    ...axes.map((axis) => headOf(axis, units)),
    ...names.map((name) => columnHead(name, objectiveIn(sample, name)?.unit)),
  ];
  const rows = points.map(({ parameters, predictions }) => [
    ...axes.map((axis) => shown(parameters[axis])),
    ...names.map((name) => {
      const expected = predictions[name];
      return expected === undefined ? "" : formatWithError(expected.value, expected.sd);
    }),
  ]);
  return [
    "<p>Not measured yet: what the model expects (± one standard deviation) where it would look next.</p>",
    table(heads, rows),
  ];
}

function bestFirst(
  results: readonly Numbered[],
  objective:
    | { readonly name: string; readonly direction: string; readonly range?: unknown }
    | undefined,
): Numbered[] {
  if (objective === undefined) return [];
  const { name, direction } = objective;
  const range = objective.range as { min: number; max: number } | undefined;
  const loss = (one: Numbered): number => {
    const value = objectiveIn(one, name)?.value ?? Number.NaN;
    if (direction === "max") return -value;
    if (direction === "min" || range === undefined) return value;
    return Math.abs(value - (range.min + range.max) / 2);
  };
  return [...results].sort((a, b) => loss(a) - loss(b));
}

function objectiveIn(one: ExportedObservation, name: string): ObjectiveObservation | undefined {
  return one.result.find(
    (item): item is ObjectiveObservation => item.kind === "objective" && item.name === name,
  );
}

function quantityOf(one: ObjectiveObservation | undefined): string {
  return one === undefined ? "" : formatWithError(one.value, one.standardUncertainty);
}

function unitAfter(one: ExportedObservation, name = ""): string {
  const head = columnHead("", objectiveIn(one, name)?.unit);
  return head === "" ? "" : ` ${head.replace(/^ ?\[(.*)\]$/, "$1")}`;
}

function headOf(axis: string, units: Readonly<Record<string, string>>): string {
  const { bare, unit } = nameAndUnit(axis);
  return unit === undefined ? columnHead(axis, units[axis]) : `${bare} [${unit}]`;
}

function shown(value: number | string | undefined): string {
  return typeof value === "number" ? formatNumber(value) : (value ?? "");
}

function couplingsSection(document: ExportDocument, view: EffectiveModelView): string {
  const couplings = Object.entries(view.J ?? {});
  if (couplings.length === 0)
    return section("Couplings", ["<p>There are not enough results for an estimate yet.</p>"]);
  const rows = couplings.map(([name, { value, error }]) => [name, formatWithError(value, error)]);
  const summary = document.proposals.at(-1)?.model.summary ?? {};
  const [value, error] = [summary["value"], summary["error"]];
  const asked =
    view.quantity !== undefined && typeof value === "number" && !(view.quantity in (view.J ?? {}))
      ? [[view.quantity.replace(/_meV$/, ""), formatWithError(value, numberIn(error))]]
      : [];
  return section("Couplings", [
    "<p>Estimates with one standard error; signs and factors as in the campaign's specification.</p>",
    table(["", "meV"], [...rows, ...asked]),
  ]);
}

function numberIn(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Each set of phases: how often it was measured, where first, and how much of the map is likeliest to be it. */
function foundSection(document: ExportDocument, view: PlannerView | undefined): string {
  const map = readPhaseDiagramView(view);
  const units = axisUnits(document.campaign);
  const found = new Map<string, { count: number; first: Numbered }>();
  for (const one of countingOf(document))
    for (const item of one.result) {
      if (item.kind !== "phases") continue;
      const label = [...new Set(item.phases)].sort().join("+");
      const before = found.get(label);
      found.set(label, { count: (before?.count ?? 0) + 1, first: before?.first ?? one });
    }
  if (found.size === 0) return "";
  const shares = new Map<string, number>();
  for (const index of map?.labelIndex ?? []) {
    const label = map?.labels[index];
    if (label !== undefined) shares.set(label, (shares.get(label) ?? 0) + 1);
  }
  const total = map?.labelIndex.length ?? 0;
  const rows = [...found]
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([label, { count, first }]) => [
      label,
      String(count),
      total === 0 ? "" : `${formatNumber((100 * (shares.get(label) ?? 0)) / total)} %`,
      `${describeParameters(placeOfObservation(first), units)} (result ${first.n})`,
    ]);
  return section("What was found", [
    table(["phases", "results", "share of the map where it is likeliest", "first found at"], rows),
  ]);
}
