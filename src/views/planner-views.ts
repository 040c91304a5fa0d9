import { type FoundLabels, foundLabels } from "../domain/found-labels.ts";
import type { MapView, PlannerView, TieLineView, TriangleView } from "../domain/planner-view.ts";

/** A map of phases as pictures and tables take it, of a planner or of a known truth. */
export interface PhaseDiagramView {
  /** Names of the labels (sets of phases, `A+B`). */
  readonly labels: readonly string[];
  /** Place in `labels` of the likeliest label, -1 where nothing is known. */
  readonly labelIndex: readonly number[];
  /** Probability of that label, 0..1. */
  readonly certainty: readonly number[];
  /** Names of the mole fractions; absent where the view doesn't say. */
  readonly components?: readonly string[] | undefined;
  /** For each label one probability a candidate, where they were asked for. */
  readonly probabilities?: readonly (readonly number[])[] | undefined;
  readonly tieLines: readonly TieLineView[];
  readonly triangles: readonly TriangleView[];
  /** Candidates whose label was not measured but follows from one result: that result's position, by row. */
  readonly derivedFrom?: ReadonlyMap<number, number> | undefined;
  /** What the labels rest on, where the view is a planner's. */
  readonly found?: FoundLabels | undefined;
  /** What was found out beyond labels, one sentence each. */
  readonly findings?: readonly string[] | undefined;
}

/** The map of a campaign that has one. */
export function readPhaseDiagramView(view: PlannerView | undefined): PhaseDiagramView | undefined {
  return view?.kind === "phase-diagram" ? drawnMap(view) : undefined;
}

function drawnMap(view: MapView): PhaseDiagramView {
  const { labels, label, certainty, components, probabilities, tieLines, triangles } = view;
  return {
    found: view.found ?? foundIn(view),
    ...{ labels, labelIndex: label, certainty, components, probabilities, tieLines, triangles },
    derivedFrom: new Map(
      Object.entries(view.derived ?? {}).map(([row, from]) => [Number(row), from]),
    ),
    findings: view.status?.findings ?? [],
  };
}

function foundIn({ labels, label, measured }: MapView): FoundLabels {
  const drawn = new Set(label);
  return foundLabels(
    labels.filter((_, k) => drawn.has(k)),
    measured ?? [],
  );
}

/**
 * What the page draws of a planner's view: of a map without the list of its results, which the page has already.
 */
export function drawnPart(view: PlannerView): PlannerView {
  if (view.kind !== "phase-diagram") return view;
  return {
    ...view,
    found: foundIn(view),
    measured: [],
    reached: [],
  };
}

/** The findings of a map's status or of a model's summary; none where it has none. */
export function findingsIn(figures: unknown): readonly string[] {
  return (isRecord(figures) ? strings(figures["findings"]) : undefined) ?? [];
}

export function strings(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === "string")
    ? (value as string[])
    : undefined;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function numbersByName(value: unknown): Readonly<Record<string, number>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number",
    ),
  );
}
