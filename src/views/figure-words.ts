import { formatNumber } from "./observation-summary.ts";
import { strings } from "./planner-views.ts";

/** How a figure of a model's summary is told to a person. */
interface FigureWords {
  readonly name: string;
  readonly meaning: string;
  /** A share 0..1 is read in per cent; anything else in its unit, if it has one. */
  readonly unit?: string;
}

/** Every figure that planners sum up, in words: the one table for page, status and report. */
const FIGURES: Readonly<Record<string, FigureWords>> = {
  phasesFound: { name: "phases", meaning: "measured or told; a demixed phase is one" },
  labelsMeasured: { name: "labels measured", meaning: "sets of phases that results have shown" },
  labelsTold: {
    name: "labels told",
    meaning: "sets of phases known beforehand, not measured since",
  },
  labelsFollowing: {
    name: "labels that follow",
    meaning: "sets of phases that nobody measured: they follow from results, and may not exist",
  },
  derivedPoints: {
    name: "points that follow",
    meaning: "points that nobody measured: the label of each follows from one result",
  },
  certainty: { name: "certainty", meaning: "mean probability of the likeliest label", unit: "%" },
  estimatedError: {
    name: "estimated error",
    meaning: "share of the map whose label is probably wrong",
    unit: "%",
  },
  unseenShare: {
    name: "unseen share",
    meaning: "share of the map that probably belongs to labels not seen yet",
    unit: "%",
  },
  unseenLabels: { name: "unseen labels", meaning: "labels that were probably not seen yet" },
  unseenChance: {
    name: "unseen chance",
    meaning: "chance that there is a label not seen yet",
    unit: "%",
  },
  reached: { name: "reached", meaning: "share of the map that the results reach", unit: "%" },
  gap_steps: {
    name: "widest gap",
    meaning: "between the results that a boundary lies between",
    unit: "grid steps",
  },
  compositionNoise_molFraction: {
    name: "composition noise",
    meaning: "standard deviation of a measured composition",
    unit: "mole fraction",
  },
  levels: { name: "sections", meaning: "levels of the further axis" },
  invariantReactions: { name: "invariant reactions", meaning: "found between two sections" },
  best: { name: "best so far", meaning: "best measured value" },
  expectedGain: {
    name: "expected gain",
    meaning: "that one more measurement is expected to bring",
  },
  hypervolume: { name: "hypervolume", meaning: "that the Pareto front dominates" },
  front: {
    name: "results on the front",
    meaning: "that no other result betters in all objectives",
  },
  failed: { name: "failed", meaning: "experiments that failed" },
  value: { name: "value", meaning: "of the quantity asked for", unit: "meV" },
  error: { name: "error", meaning: "standard error of the value", unit: "meV" },
  sigma: {
    name: "sigma",
    meaning: "standard deviation of the data around the model, in their unit",
  },
};

/** What logs of before labels were told apart by what they rest on call theirs. */
const FORMER: Readonly<Record<string, FigureWords>> = {
  labelsFound: { name: "labels", meaning: "measured, told and following together" },
  derivedLabels: FIGURES["derivedPoints"] as FigureWords,
};

/** `estimatedError` -> `estimated error`. */
export function figureName(name: string): string {
  return wordsOf(name)?.name ?? spaced(name);
}

/** What a figure means; empty where its name says it all. */
export function figureMeaning(name: string): string {
  return wordsOf(name)?.meaning ?? "";
}

/** A figure with its unit: `3.1 %`, `2 grid steps`, `4: A, B, C, D`; `undefined` for what is no figure. */
export function figureValue(
  name: string,
  value: unknown,
  namesShown = Number.POSITIVE_INFINITY,
): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number") {
    const unit = wordsOf(name)?.unit;
    if (unit === "%") return percent(value);
    return unit === undefined ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
  }
  const names = strings(value);
  if (names === undefined || names.length === 0) return undefined;
  const more = names.length > namesShown ? ", …" : "";
  return `${names.length}: ${names.slice(0, namesShown).join(", ")}${more}`;
}

function percent(share: number): string {
  return `${formatNumber(Number((100 * share).toPrecision(2)))} %`;
}

function wordsOf(name: string): FigureWords | undefined {
  return FIGURES[name] ?? FORMER[name];
}

function spaced(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
}
