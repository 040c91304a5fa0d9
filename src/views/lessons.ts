import { type Observation, phaseSetLabel } from "../domain/observation.ts";
import type { PlannerView } from "../domain/planner-view.ts";
import type { ExportDocument } from "./export-document.ts";
import { formatNumber, formatWithError } from "./observation-summary.ts";

/** What a result (and those before it since the last lesson) did to the map. */
export interface Lesson {
  readonly position: number;
  /** Share of the candidates whose likeliest label changed, 0..1. */
  readonly changed: number;
  /** What it said: nothing that can be learnt, what was certain already, the map's own label, or another. */
  readonly said: "nothing" | "known" | "same" | "other";
}

/** Of a result that changed no label. */
const UNCHANGED: Readonly<Record<Lesson["said"], string>> = {
  nothing: "taught nothing",
  known: "was certain already",
  same: "confirmed the map",
  other: "contradicts the map, which stays",
};

/** What was known after so many results. */
export interface Snapshot {
  readonly results: number;
  readonly view: PlannerView;
}

/** In a few words what each observation taught: new phases, a better best, how much of the map it changed. */
export function lessonTexts(
  document: ExportDocument,
  lessons: readonly Lesson[],
): ReadonlyMap<number, string> {
  const changes = new Map(lessons.map((lesson) => [lesson.position, lesson]));
  const seen = new Set<string>();
  const best = bestValues(document);
  const targets = targetsAfter(document);
  let counted = 0;
  return new Map(
    document.observations.map((observation) => {
      if (observation.withdrawn) return [observation.position, "withdrawn"];
      counted++;
      const words = [
        ...newPhases(observation.result, seen),
        ...best(observation.result),
        ...changeOf(changes.get(observation.position)),
        ...(targets.get(counted) ?? []),
      ];
      return [observation.position, words.join("; ")];
    }),
  );
}

/** The target of an effective model with its error, after each number of results. */
function targetsAfter({ proposals }: ExportDocument): ReadonlyMap<number, readonly string[]> {
  return new Map(
    proposals.flatMap(({ model }): [number, string[]][] => {
      const { quantity, value, error } = model.summary;
      if (typeof value !== "number" || typeof error !== "number") return [];
      return [[model.observations, [`${String(quantity)} now ${formatWithError(value, error)}`]]];
    }),
  );
}

function newPhases(result: readonly Observation[], seen: Set<string>): string[] {
  return result.flatMap((item) => {
    if (item.kind !== "phases") return [];
    const phases = item.phases.filter((phase) => !seen.has(phase));
    for (const phase of phases) seen.add(phase);
    const label = phaseSetLabel(item.phases);
    const isNewSet = item.phases.length > 1 && !seen.has(label);
    seen.add(label);
    if (phases.length > 0) return [`first ${phases.join(", ")}`];
    return isNewSet ? ["new set of phases"] : [];
  });
}

function changeOf(lesson: Lesson | undefined): string[] {
  if (lesson === undefined) return [];
  const { changed, said } = lesson;
  if (changed === 0) return [UNCHANGED[said]];
  const percent = 100 * changed;
  return [
    `changed ${percent < 0.1 ? "< 0.1" : formatNumber(Number(percent.toPrecision(2)))} % of the map`,
  ];
}

/** Tells of each result whether it is the best so far, or (of several objectives) whether no result before it betters it. */
function bestValues({ campaign }: ExportDocument): (result: readonly Observation[]) => string[] {
  const objectives = campaign.goal === "optimise" ? campaign.model.objectives : [];
  const signs = objectives.map(({ direction }) => (direction === "min" ? -1 : 1));
  if (objectives.some(({ direction }) => direction === "target")) return () => [];
  const seen: number[][] = [];
  return (result) => {
    const values = objectives.map(({ name }, k) => {
      const item = result.find((one) => one.kind === "objective" && one.name === name);
      return item?.kind === "objective" ? (signs[k] ?? 1) * item.value : Number.NaN;
    });
    if (values.length === 0 || !values.every(Number.isFinite)) return [];
    const isBettered = seen.some((other) => values.every((v, k) => (other[k] ?? 0) >= v));
    const isFirst = seen.length === 0;
    const best = objectives.flatMap(({ name }, k) =>
      seen.every((other) => (other[k] ?? 0) < (values[k] ?? 0)) ? [`best ${name} so far`] : [],
    );
    seen.push(values);
    if (isFirst) return ["first result"];
    if (best.length > 0) return best;
    if (objectives.length === 1) return ["no better value"];
    return [isBettered ? "bettered by an earlier result" : "joins the front"];
  };
}
