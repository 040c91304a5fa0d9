import { censoredField, nearPlaces } from "../../../numeric/censored-process.ts";
import type { MapGrid, PhaseEvidence } from "../map-model.ts";
import { fractionsAtMovedCells } from "./moved-cells.ts";

/** What is believed of one phase in one sample. */
export interface PhaseChance {
  /** Probability that it is there, by its pattern and the samples around. */
  readonly present: number;
  /** The same by the samples around alone. */
  readonly expected: number;
}

/**
 * Fractions of a phase over compositions before anything is measured: they run linearly over a field of constant phases
 * (lever rule) and change over about a fifth of the map. Chosen on two sections (decision 0320).
 */
const FIELD = {
  mean: -0.15,
  amplitude: 0.4,
  ownDeviation: 0.04,
  // At the edge of a narrow field a fraction breaks off: neighbours that foretell it too surely are believed less (decision 0325).
  kink: { chance: 0.3, deviation: 0.15 },
};
const LENGTH = 0.22;
/** A phase is looked for once a sample names it so surely. */
const NAMED_MIN = 0.8;
/** What a result without estimates says of fractions: that a phase is absent, and that a named one is there. */
const PLAIN = { absent: 0.02, present: 0.25 };
/** A result as sure as this says so without estimates. */
const PLAIN_MIN = 0.95;
/** Errors of a fit are a little too small: shapes and cells are guessed too. */
const FIT_DEVIATION = 0.003;

/**
 * For each sample the chance of every phase that the campaign knows and its pattern has an estimate of. Each phase's fraction
 * is a field over the places that is cut off at zero ({@link censoredField}): several samples in which a phase is too little
 * to be seen show it together, and where it should begin to be seen and is not, it is absent.
 *
 * @param evidence in the order of ids
 * @returns by id, by phase
 */
export function expectPhases(
  evidence: readonly PhaseEvidence[],
  grid: MapGrid,
): ReadonlyMap<number, ReadonlyMap<string, PhaseChance>> {
  const chances = new Map<number, Map<string, PhaseChance>>(
    evidence.map(({ id }) => [id, new Map()]),
  );
  const columns = grid.axes.length;
  const points = new Float64Array(evidence.length * columns);
  for (const [i, item] of evidence.entries()) points.set(placeOf(item, grid), i * columns);
  const places = nearPlaces(points, columns, LENGTH);
  for (const phase of knownPhases(evidence)) {
    const seen = fractionsAtMovedCells({
      ...{ points, columns },
      estimates: evidence.map(({ estimates }) => estimates?.[phase]),
    });
    const amounts = evidence.map((item, i) => amountOf(item, phase, seen[i]!));
    const field = censoredField(
      {
        value: Float64Array.from(amounts, ([value]) => value),
        deviation: Float64Array.from(amounts, ([, deviation]) => deviation),
      },
      places,
      FIELD,
    );
    evidence.forEach(({ id, estimates }, i) => {
      if (estimates?.[phase] === undefined) return;
      const chance = { present: field.present[i]!, expected: field.expected[i]! };
      chances.get(id)!.set(phase, chance);
    });
  }
  return chances;
}

/** Phases that some sample names surely, sorted. */
function knownPhases(evidence: readonly PhaseEvidence[]): string[] {
  const sure = evidence.filter(({ confidence }) => confidence >= NAMED_MIN);
  return [...new Set(sure.flatMap(({ phases }) => phases))].sort();
}

/** Fraction and standard deviation; infinite where the result says nothing of the phase. */
function amountOf(
  item: PhaseEvidence,
  phase: string,
  [fraction, error]: readonly [number, number],
): readonly [number, number] {
  if (item.estimates !== undefined) return [fraction, Math.hypot(error, FIT_DEVIATION)];
  if (item.confidence < PLAIN_MIN) return [0, Number.POSITIVE_INFINITY];
  return item.phases.includes(phase) ? [1 / item.phases.length, PLAIN.present] : [0, PLAIN.absent];
}

/** Coordinates in which the edge of a composition triangle, and the range of any other axis, is 1. */
function placeOf({ at, candidate }: PhaseEvidence, grid: MapGrid): Float64Array {
  const width = grid.axes.length;
  const raw = at ?? grid.values.subarray(candidate * width, (candidate + 1) * width);
  return Float64Array.from(raw, (value, k) => value / unitOf(grid, k));
}

function unitOf(grid: MapGrid, axis: number): number {
  if (grid.components.includes(axis)) return grid.wholeAmount * Math.SQRT2;
  if (axis === grid.fractionAxis) return grid.wholeAmount;
  let low = Infinity;
  let high = -Infinity;
  for (let i = axis; i < grid.values.length; i += grid.axes.length) {
    low = Math.min(low, grid.values[i]!);
    high = Math.max(high, grid.values[i]!);
  }
  return high > low ? high - low : 1;
}
