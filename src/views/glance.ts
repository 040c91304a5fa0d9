import type { Goal } from "../domain/campaign.ts";
import { phaseOfSide } from "../domain/found-labels.ts";
import type { PlannerView } from "../domain/planner-view.ts";
import type { CampaignView, JobView } from "./campaign-view.ts";
import type { Columns } from "./map-plane.ts";
import { describeParameters, formatNumber, formatWithError } from "./observation-summary.ts";
import { phasesOfLabel } from "./pictures/palette.ts";
import { isRecord, readPhaseDiagramView } from "./planner-views.ts";
import { type QuantityUnits, unitBehind } from "./result-units.ts";

/** One question that everyone asks of a running campaign, with its answer. */
export interface GlanceLine {
  readonly question: string;
  readonly answer: string;
  /** What a person reads next, smaller. */
  readonly more?: string | undefined;
}

/** A cell below this certainty counts as unsure. */
const SURE = 0.5;

/** What is known, where it is least sure, and what is measured now and why: in words, for a person who sees the page first. */
export function glanceOf(
  campaign: CampaignView,
  view: PlannerView | undefined,
  columns: Columns | undefined,
  units: QuantityUnits = {},
): GlanceLine[] {
  return [
    ...knownOf(campaign, view, units),
    ...evidenceOf(view),
    ...doubtOf(campaign, view, columns, units),
    nowOf(campaign),
  ];
}

/** A phase that a map has found; `place` is that of its colour. */
export interface FoundPhase {
  readonly phase: string;
  readonly place: number;
}

/**
 * The phases of a map that were measured or told, in the order in which they get their colours: observed ones first. A demixed
 * phase is one, in the colour of its first side.
 */
export function phasesFound(
  view: PlannerView | undefined,
  discovered: readonly string[],
): FoundPhase[] {
  const map = readPhaseDiagramView(view);
  const order = [...new Set([...discovered, ...(map?.labels ?? []).flatMap(phasesOfLabel)])];
  const { measured = [], told = [] } = map?.found ?? {};
  const believed = new Set([...discovered, ...[...measured, ...told].flatMap(phasesOfLabel)]);
  const found = new Map<string, number>();
  order.forEach((name, place) => {
    const phase = phaseOfSide(name);
    if (believed.has(name) && !found.has(phase)) found.set(phase, place);
  });
  return [...found].map(([phase, place]) => ({ phase, place }));
}

type Known = (
  summary: Readonly<Record<string, unknown>>,
  view: PlannerView | undefined,
  units: QuantityUnits,
) => GlanceLine[];

/** What each goal has reached; a map shows it by itself. */
const KNOWN: Readonly<Record<Goal, Known>> = {
  "phase-diagram": () => [],
  "structure-map": () => [],
  optimise: bestSoFar,
  "effective-model": ({ quantity, value, error }) =>
    typeof value === "number" && typeof error === "number"
      ? [
          {
            question: "Known so far",
            answer: `${String(quantity)} ${formatWithError(value, error)}`,
          },
        ]
      : [],
};

function knownOf(
  { goal, model }: CampaignView,
  view: PlannerView | undefined,
  units: QuantityUnits,
): GlanceLine[] {
  return KNOWN[goal](model?.summary ?? {}, view, units);
}

function bestSoFar(
  { best, bestParameters, front, hypervolume }: Readonly<Record<string, unknown>>,
  view: PlannerView | undefined,
  units: QuantityUnits,
): GlanceLine[] {
  const question = "Best so far";
  if (typeof best === "number" && isRecord(bestParameters)) {
    const name = view?.kind === "optimise" ? view.convergence.quantity : "value";
    const more = `at ${describeParameters(bestParameters as Record<string, number | string>)}`;
    return [{ question, answer: `${name} ${formatNumber(best)}${unitBehind(name, units)}`, more }];
  }
  if (!Array.isArray(front)) return [];
  const more =
    typeof hypervolume === "number" ? { more: `hypervolume ${formatNumber(hypervolume)}` } : {};
  return [{ question, answer: `${front.length} results on the Pareto front`, ...more }];
}

/** Of a map made of simulations and measurements: which region rests on which. */
function evidenceOf(view: PlannerView | undefined): GlanceLine[] {
  const { evidence = {}, regions = [] } = view?.kind === "phase-diagram" ? view : {};
  const results = (kind: string): number => evidence[kind]?.results ?? 0;
  const [simulated, measured] = [results("simulation"), results("measurement")];
  if (simulated === 0 || measured === 0) return [];
  const shares = regions.flatMap(({ label, candidates, measurement }) =>
    candidates > 0 ? [`${label} ${Math.round((100 * measurement) / candidates)} %`] : [],
  );
  return [
    {
      question: "Rests on",
      answer: `${simulated} simulations, ${measured} measurements`,
      more: `nearest to a measurement: ${shares.join(", ")}`,
    },
  ];
}

function doubtOf(
  campaign: CampaignView,
  view: PlannerView | undefined,
  columns: Columns | undefined,
  units: QuantityUnits,
): GlanceLine[] {
  const map = readPhaseDiagramView(view);
  if (map !== undefined && map.certainty.length > 0) {
    const { certainty, labelIndex, labels } = map;
    let least = 0;
    let unsure = 0;
    certainty.forEach((value, row) => {
      if (value < (certainty[least] ?? 1)) least = row;
      if (value < SURE) unsure++;
    });
    const at = Object.fromEntries(
      Object.entries(columns ?? {}).flatMap(([name, values]) => {
        const value = values[least];
        return typeof value === "number" || typeof value === "string" ? [[name, value]] : [];
      }),
    );
    const guess = labels[labelIndex[least] ?? -1];
    const share = Math.round((100 * unsure) / certainty.length);
    return [
      {
        question: "Least certain",
        answer: describeParameters(at),
        more: `${guess === undefined ? "nothing known there" : `${guess}? ${Math.round(100 * (certainty[least] ?? 0))} %`}; ${
          share === 0 ? "nowhere below" : `${share} % of the map is below`
        } ${100 * SURE} % certainty`,
      },
    ];
  }
  return DOUBT[campaign.goal](campaign, view, units);
}

/** What each goal doubts most where it has no map. */
const DOUBT: Readonly<
  Record<
    Goal,
    (campaign: CampaignView, view: PlannerView | undefined, units: QuantityUnits) => GlanceLine[]
  >
> = {
  "phase-diagram": () => [],
  "structure-map": () => [],
  optimise: ({ model }, view, units) => {
    const gain = model?.summary["expectedGain"];
    if (typeof gain !== "number") return [];
    const unit = view?.kind === "optimise" ? unitBehind(view.convergence.quantity, units) : "";
    return [
      {
        question: "Still expected",
        answer: `a gain of ${formatNumber(gain)}${unit} by one more point`,
        more: "where the model is least sure, the bands below are wide",
      },
    ];
  },
  "effective-model": ({ warnings: [warning] }) =>
    warning === undefined ? [] : [{ question: "Least certain", answer: warning }],
};

/** The job that goes on now; why none does stands below. */
function nowOf(campaign: CampaignView): GlanceLine {
  const question = "Measured now";
  const { inFlight, waiting } = campaign;
  const held = waiting?.candidateIds.length ?? 0;
  const going = campaign.jobs.filter(({ waitsFor }) => waitsFor === undefined);
  const job = going.find(({ state }) => state === "running") ?? going[0];
  const waits = held === 1 ? "1 point waits" : `${held} points wait`;
  if (job === undefined) {
    if (held > 0) return { question, answer: `nothing: ${waits} for your approval` };
    return { question, answer: "nothing" };
  }
  const others = inFlight > 1 ? ` and ${inFlight - 1} more` : "";
  return {
    question,
    answer: `${describeParameters(job.parameters)}${others}`,
    more: `${whereOf(job)}${job.why === undefined ? "" : `; why: ${job.why}`}${
      held === 0 ? "" : `; ${waits} for your approval`
    }`,
  };
}

function whereOf({ capability, instrumentId }: JobView): string {
  return instrumentId === undefined
    ? `${capability}, waits for an instrument`
    : `${capability} on ${instrumentId}`;
}
