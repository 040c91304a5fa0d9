import type { MapPrediction, MapStatus } from "../models/phase-diagram/map-model.ts";
import type { EvidenceBook } from "./evidence-book.ts";

/**
 * How good the map is, by relations fitted on runs against known truths (design study, 24 runs on 8 maps):
 * true error = 1.28 E^1.5 with E the mean of 1 - max P; share of unseen labels = 0.5 f1 / n with f1 the labels seen once
 * (Good-Turing, halved because active choice finds rare labels sooner); number of unseen labels = 0.3 f1 + 1.2 (labels
 * first seen in the last 20 results).
 */
export function assessMap(prediction: MapPrediction, book: EvidenceBook, count: number): MapStatus {
  let sum = 0;
  for (const p of prediction.certainty) sum += p;
  const meanCertainty = count > 0 ? sum / count : 0;
  const results = [...book.entries.values()];
  const once = book.counts.filter((n) => n === 1).length;
  return {
    observations: book.experiments,
    meanCertainty,
    estimatedError: Math.min(1, 1.28 * (1 - meanCertainty) ** 1.5),
    unseenShare: results.length === 0 ? 1 : Math.min(1, (0.5 * once) / results.length),
    unseenLabels: 0.3 * once + 1.2 * newLabelsLately(results.map((entry) => entry.label)),
    warnings: [],
    suspicious: [],
  };
}

const LATELY = 20;

function newLabelsLately(labels: readonly number[]): number {
  const before = new Set(labels.slice(0, Math.max(0, labels.length - LATELY)));
  return new Set(labels.slice(-LATELY).filter((label) => !before.has(label))).size;
}
