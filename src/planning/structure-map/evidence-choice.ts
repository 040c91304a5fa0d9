import type { ProposedPoint } from "../../domain/proposal.ts";

/** What a result rests on. */
export type EvidenceKind = "simulation" | "measurement";

/** What is known of the map, by candidate in the order of the campaign's space. */
export interface EvidenceMap {
  /** Probability of each candidate's label, 0..1; 0 where nothing has reached it. */
  readonly certainty: readonly number[];
  /** Kind of the nearest result. */
  readonly restsOn: readonly (EvidenceKind | "none")[];
  /** Distance to the nearest measurement, made or in flight; axes scaled to 0..1. Infinite before the first. */
  readonly fromMeasurement: readonly number[];
  /** Candidates that may be measured. */
  readonly open: readonly boolean[];
}

export interface KindTerms {
  readonly fidelity: number;
  readonly cost: number;
  /** How many more may be sent out now. */
  readonly places: number;
}

/** A point to be measured, with the probability that it corrects the map there. */
export interface Check {
  readonly row: number;
  readonly gain: number;
}

/**
 * Where a measurement corrects most: the probability that the label is wrong, that is 1 - certainty, where the map rests on
 * simulations at least 1 - fidelity, since no number of simulations makes up for what their potential gets wrong; times
 * the measurement's fidelity; less near measurements, by d / 0.5 up to a distance of 0.5. `undefined` where none is open.
 */
export function findCheck(
  map: EvidenceMap,
  simulation: KindTerms,
  measurement: KindTerms,
): Check | undefined {
  let best: Check | undefined;
  map.open.forEach((isOpen, row) => {
    if (!isOpen) return;
    const trust = map.restsOn[row] === "simulation" ? simulation.fidelity : 1;
    const doubt = 1 - Math.min(trust, map.certainty[row] ?? 0);
    const spread = Math.min(1, (map.fromMeasurement[row] ?? 0) / NEAR);
    const gain = measurement.fidelity * doubt * spread;
    if (best === undefined || gain > best.gain) best = { row, gain };
  });
  return best;
}

/** Two measurements nearer than this share of the axes' ranges say much the same. */
const NEAR = 0.5;

/**
 * The kind of evidence for the next point: that of the larger expected correction per cost among the kinds that have a
 * place free; `undefined` where none has.
 * @param simulationDoubt 1 - certainty at the next point to be simulated; `undefined` where none is left
 */
export function chooseKind(
  simulationDoubt: number | undefined,
  check: Check | undefined,
  simulation: KindTerms,
  measurement: KindTerms,
): EvidenceKind | undefined {
  const canSimulate = simulationDoubt !== undefined && simulation.places > 0;
  const canMeasure = check !== undefined && measurement.places > 0;
  if (!canMeasure) return canSimulate ? "simulation" : undefined;
  if (!canSimulate) return "measurement";
  const simulated = (simulation.fidelity * simulationDoubt) / simulation.cost;
  return check.gain / measurement.cost > simulated ? "measurement" : "simulation";
}

/** Names the recipe of a point where it isn't the campaign's own. */
export function withRecipe(point: ProposedPoint, recipe: string | undefined): ProposedPoint {
  return recipe === undefined ? point : { ...point, recipe };
}
