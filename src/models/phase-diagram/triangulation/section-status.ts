import type { EvidenceBook } from "../evidence/evidence-book.ts";
import { phasesOf } from "../evidence/phase-names.ts";
import type { RepeatWish } from "../evidence/repeat-wishes.ts";
import type { MapPrediction, MapStatus } from "../map-model.ts";
import type { SectionEngine } from "./section-engine.ts";

/** Largest weighted gap, in grid steps, from which nothing is left to learn at the resolution of the grid. */
const COMPLETE_BELOW_steps = 0.5;

/** Gaps beyond this are as good as everything. */
const GAP_MAX_steps = 100;

/** What the figures are made of. */
export interface StatusParts {
  readonly engine: SectionEngine;
  readonly observations: number;
  /** Standard deviation of measured phase compositions, per component. */
  readonly noise: number;
  readonly warnings: readonly string[];
  readonly wishes: readonly RepeatWish[];
  readonly book: EvidenceBook;
}

/**
 * Figures on how good the map is. The estimated error is the mean doubt of the predicted labels; labels that are predicted
 * but not measured, weighted with their doubt, stand for what has not been seen.
 */
export function statusOf(parts: StatusParts): MapStatus {
  const { engine, observations, book } = parts;
  const { prediction, gap_steps } = engine;
  const certainty = prediction.certainty.reduce((sum, p) => sum + p, 0) / prediction.label.length;
  const isDone = gap_steps < COMPLETE_BELOW_steps && parts.wishes.length === 0;
  const labels = book.owners().map((owner) => book.get(owner)!.label);
  const seen = new Set(labels);
  const once = [...seen].filter((name) => labels.indexOf(name) === labels.lastIndexOf(name)).length;
  const surprise = unseen(prediction, seen);
  return {
    observations,
    meanCertainty: certainty,
    estimatedError: 1 - certainty,
    ...surprise,
    // Fitted without noise; with noise the expected number of labels says enough.
    ...(parts.noise === 0 && {
      unseenChance: unseenChance({ ...surprise, gap_steps, once }),
    }),
    ...(isDone && {
      complete: `every gap is below ${COMPLETE_BELOW_steps} grid steps (weighted)`,
    }),
    engine: {
      name: "triangulation",
      figures: { gap_steps: round(gap_steps), compositionNoise_molFraction: round(parts.noise) },
    },
    warnings: parts.warnings,
    suspicious: parts.wishes.map(({ owner, candidate, against }) => {
      const result = book.get(owner)!;
      const label = prediction.labels[prediction.label[candidate]!] ?? "";
      const other = against.map((opponent) => book.get(opponent)!.label)[0] ?? "something else";
      const expected = label === result.label ? other : label;
      const probability = book.setAside.has(owner) ? 0.2 : 0.5;
      return { id: Number(result.id), candidate, label: result.label, expected, probability };
    }),
  };
}

/**
 * Chance that there is a label which is neither measured nor on the map: logit = -8.3 + 4.5 sqrt(u) + 1.07 ln(gap + 0.1) + 2.4 ln(1 + f1)
 * with u the expected number of labels that turn out as something else, f1 the labels measured once. Fitted on 768 states of 32
 * sections (four computed, 28 of random energies, 231 to 861 candidates).
 */
function unseenChance({
  unseenLabels,
  gap_steps,
  once,
}: {
  unseenLabels: number;
  gap_steps: number;
  once: number;
}): number {
  const gap = 1.07 * Math.log(Math.min(gap_steps, GAP_MAX_steps) + 0.1);
  const logit = -8.3 + 4.5 * Math.sqrt(unseenLabels) + gap + 2.4 * Math.log1p(once);
  return 1 / (1 + Math.exp(-logit));
}

/** Labels of three phases that are predicted but not measured are as likely to be something else, with fields around them. */
function unseen(
  prediction: MapPrediction,
  seen: ReadonlySet<string>,
): { unseenShare: number; unseenLabels: number } {
  const { labels, label, certainty } = prediction;
  const doubt = new Float64Array(labels.length);
  const points = new Float64Array(labels.length);
  for (let i = 0; i < label.length; i++) {
    const k = label[i]!;
    if (k < 0) continue;
    points[k]! += 1;
    doubt[k]! += 1 - certainty[i]!;
  }
  let unseenShare = 0;
  let unseenLabels = 0;
  labels.forEach((name, k) => {
    if (seen.has(name) || points[k] === 0) return;
    unseenShare += doubt[k]! / label.length;
    if (phasesOf(name).length === 3) unseenLabels += doubt[k]! / points[k]!;
  });
  return { unseenShare, unseenLabels };
}

function round(x: number): number {
  return Math.round(x * 1e5) / 1e5;
}
