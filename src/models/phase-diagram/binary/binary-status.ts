import type { MapPrediction, MapStatus } from "../map-model.ts";
import { OFF_LEVER } from "../triangulation/explain.ts";
import type { BinaryMap } from "./binary-map.ts";
import type { BinaryResult } from "./binary-result.ts";
import type { Doubt } from "./doubts.ts";
import { reactionsOf } from "./reactions.ts";

/** Largest weighted gap, grid steps, from which nothing is left to learn. */
const COMPLETE_BELOW_steps = 0.5;

/**
 * Labels not seen yet: so many for each that is read off but was never measured, and apart from these 0.05 and 8 times the estimated
 * error (fitted on seven binaries: cu-mg and the made-up systems 1-6).
 */
const UNSEEN_PER_GUESS = 1.3;
const UNSEEN_base = 0.05;
const UNSEEN_PER_ERROR = 8;

/** What the figures are made of. */
export interface BinaryStatusParts {
  readonly prediction: MapPrediction;
  readonly gap_steps: number;
  readonly noise: number;
  readonly doubts: readonly Doubt[];
  readonly results: readonly BinaryResult[];
  readonly observations: number;
  readonly warnings: readonly string[];
}

/** Figures on how good the map is. */
export function binaryStatus(parts: BinaryStatusParts): MapStatus {
  const { prediction, gap_steps, results, doubts } = parts;
  const { labels, label, certainty } = prediction;
  const mean = certainty.reduce((sum, p) => sum + p, 0) / label.length;
  const seen = new Set(results.map((result) => result.label));
  const area = labels.map(() => 0);
  for (const k of label) if (k >= 0) area[k]! += 1;
  const unseen = labels.filter((name, k) => !seen.has(name) && area[k]! > 0);
  const unseenPoints = labels.reduce((sum, name, k) => sum + (seen.has(name) ? 0 : area[k]!), 0);
  return {
    observations: parts.observations,
    meanCertainty: mean,
    estimatedError: 1 - mean,
    unseenShare: ((1 - mean) * unseenPoints) / label.length,
    unseenLabels: UNSEEN_PER_GUESS * unseen.length + UNSEEN_base + UNSEEN_PER_ERROR * (1 - mean),
    ...(gap_steps < COMPLETE_BELOW_steps &&
      doubts.length === 0 && {
        complete: `every gap is below ${COMPLETE_BELOW_steps} grid steps (weighted)`,
      }),
    engine: {
      name: "binary-fields",
      figures: {
        gap_steps: Number(gap_steps.toFixed(5)),
        compositionNoise_molFraction: Number(parts.noise.toFixed(5)),
      },
    },
    findings: reactionsOf(results),
    warnings: parts.warnings,
    suspicious: doubts.map(({ result, expected }) => ({
      id: result.id,
      candidate: result.candidate,
      label: result.label,
      expected,
      probability: 0.5,
    })),
  };
}

/** Why a candidate is worth measuring now. */
export function explainBinaryGap(map: BinaryMap, i: number, gap_steps: number): string {
  const label = map.readings[i]?.label;
  const size = `weighted gap ${gap_steps.toFixed(1)} grid steps`;
  if (label === undefined) return "Nothing is known around this point yet.";
  switch (map.supportOf(i)) {
    case "guess":
      return `Would prove or disprove ${label}, read off between its neighbours; ${size}.`;
    case "extended":
      return `Shows how far ${label} goes beyond its last tie-line; ${size}.`;
    case "single":
      return `Farthest from any evidence in the field ${label}; ${size}.`;
    case "between":
    case "measured":
    case undefined:
      return `Splits the unproved part of ${label} between two tie-lines; ${size}.`;
  }
}

/** One sentence for each result that a person should look at. */
export function warningsOf(
  results: readonly BinaryResult[],
  doubts: readonly Doubt[],
): readonly string[] {
  const contradicted = doubts.map(
    ({ result, expected }) =>
      `${result.label} (result ${result.id}) contradicts ${expected} around it.`,
  );
  const named = (result: BinaryResult, what: string): string =>
    `${result.label} (result ${result.id})${what}`;
  const others = results.flatMap((result) => [
    ...(result.outOfEquilibrium
      ? [
          named(
            result,
            " has more phases than a binary can have at this temperature: not in equilibrium, or exactly at an invariant reaction.",
          ),
        ]
      : []),
    ...(result.offLever ? [named(result, `: ${OFF_LEVER}`)] : []),
  ]);
  return [...new Set([...contradicted, ...others])];
}
