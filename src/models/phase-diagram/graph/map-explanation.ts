import type { RankedPoint } from "../map-model.ts";
import type { EvidenceBook } from "./label-shares.ts";
import type { ChosenPoint } from "./phase-batch.ts";
import type { MapScore } from "./scores/map-score.ts";

/** Says in one sentence why a point was chosen: between which labels, how rare they are, how far from the known. */
export function explainChoice(
  point: ChosenPoint,
  reason: MapScore | "start",
  columns: readonly Float64Array[],
  book: EvidenceBook,
): RankedPoint {
  return {
    candidate: point.candidate,
    score: point.score,
    why: whyText(point, reason, columns, book),
  };
}

function whyText(
  point: ChosenPoint,
  reason: MapScore | "start",
  columns: readonly Float64Array[],
  book: EvidenceBook,
): string {
  const far = Number.isFinite(point.distance)
    ? `${point.distance.toFixed(1)} grid steps from the nearest known or planned point`
    : "nothing is known anywhere near";
  if (reason === "start") {
    return Number.isFinite(point.distance)
      ? `First look at the whole diagram: ${far}.`
      : "First look at the whole diagram.";
  }
  if (reason.isBlind === true) return "Chosen at random, as the settings ask.";
  const order = columns
    .map((column, k) => ({
      label: book.labels[k] ?? "?",
      count: book.counts[k] ?? 0,
      p: column[point.candidate] ?? 0,
    }))
    .sort((a, b) => b.p - a.p);
  const [first, second] = order;
  if (first === undefined || first.p === 0) return `No result reaches this point: ${far}.`;
  if (second === undefined || second.p < 0.005) {
    return `Probably ${first.label} (${percent(first.p)}), to be confirmed: ${far}.`;
  }
  const rare = first.count <= 2 ? first : second.count <= 2 ? second : undefined;
  const rarity =
    rare === undefined
      ? ""
      : `; ${rare.label} was found only ${rare.count === 1 ? "once" : "twice"} so far`;
  return `Between ${first.label} (${percent(first.p)}) and ${second.label} (${percent(second.p)}), ${far}${rarity}.`;
}

function percent(p: number): string {
  return `${Math.round(100 * p)} %`;
}
