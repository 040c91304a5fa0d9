import type { FractionEstimate, MapGrid, PhaseEvidence } from "../map-model.ts";
import { phasesAllowed, presentComponents } from "../phase-rule.ts";
import type { LeverSample } from "./fit-corners.ts";
import { type InvariantField, readInvariantField } from "./invariant-field.ts";

/** A field without freedom and where it may lie. */
export interface LeverField {
  /** Components of the face of the composition simplex that it lies in, as bits. */
  readonly face: number;
  readonly phases: readonly string[];
  readonly label: string;
  readonly field: InvariantField;
}

/** A phase beside the set leaves at least so much of the atoms to the set. */
const REST_MIN = 0.05;
/** A sample is of a field where its set is so probable. */
const SAMPLE_MIN = 0.8;
/** A place in a field is taken as no surer than this: phases may be out of equilibrium. */
const CHANCE_MAX = 0.99;

/**
 * Fields of as many phases as there are components, read off the fractions of the samples that lie in them. None where the
 * candidates have a further axis: compositions of phases move along it.
 *
 * @param evidence with the distributions over sets that patterns and the samples around give
 */
export function readLeverFields(evidence: readonly PhaseEvidence[], grid: MapGrid): LeverField[] {
  if (grid.components.length !== grid.axes.length) return [];
  const found = new Map<string, { readonly one: PhaseEvidence; readonly samples: LeverSample[] }>();
  for (const item of evidence) {
    const { phases, estimates = {}, confidence } = item;
    const told = phases.flatMap((phase) => estimates[phase] ?? []);
    if (confidence < SAMPLE_MIN || phases.length < 2 || told.length < phases.length) continue;
    const { face, at } = placeOf(item, grid);
    if (phasesAllowed(face) !== phases.length) continue;
    const key = `${face} ${phases.join("+")}`;
    const known = found.get(key) ?? { one: item, samples: [] };
    found.set(key, known);
    known.samples.push({ at, ...ofOneWhole(told) });
  }
  return [...found.values()].flatMap(({ one, samples }) => {
    const { phases } = one;
    const { face } = placeOf(one, grid);
    const field = readInvariantField(samples);
    return field === undefined ? [] : [{ face, phases, label: phases.join("+"), field }];
  });
}

/**
 * Fractions of a field's phases that sum to about one. A pattern tells the phases that it names of their own sum, and any other
 * beside them (with `moved`) as f = r/(1 + r), r its ratio to that sum: where a phase was too little to be named the others
 * are overrated, and together they would be of no composition.
 */
function ofOneWhole(told: readonly FractionEstimate[]): {
  readonly fractions: readonly number[];
  readonly errors: readonly number[];
} {
  const amounts = told.map(({ fraction, moved }) =>
    moved === undefined ? fraction : fraction / Math.max(REST_MIN, 1 - Math.max(0, fraction)),
  );
  const whole = told.reduce(
    (sum, { moved }, k) => sum + (moved === undefined ? 0 : Math.max(0, amounts[k]!)),
    1,
  );
  return {
    fractions: amounts.map((amount) => amount / whole),
    errors: told.map(({ error }) => error),
  };
}

/** Probability that a composition lies in a field, never quite sure. */
export function chanceInside({ field }: LeverField, at: Float64Array): number {
  return Math.min(CHANCE_MAX, Math.max(1 - CHANCE_MAX, field.inside(at)));
}

/**
 * By how much a place speaks for a label: it lies in that field and in no other.
 *
 * @param field position of the label's field; -1 where it has none
 * @param chances that the place lies in each field
 */
export function placeFactor(field: number, chances: ArrayLike<number>): number {
  let product = 1;
  for (let k = 0; k < chances.length; k++) product *= k === field ? chances[k]! : 1 - chances[k]!;
  return product;
}

/** Face and composition (mole fractions of the components in the face) of a result. */
export function placeOf(
  { at, candidate }: PhaseEvidence,
  grid: MapGrid,
): { readonly face: number; readonly at: Float64Array } {
  const width = grid.axes.length;
  const raw = at ?? grid.values.subarray(candidate * width, (candidate + 1) * width);
  const [face = 0] = presentComponents(raw, width, grid.components, grid.wholeAmount);
  return { face, at: compositionIn(face, raw, grid) };
}

/** Mole fractions of the components of a face. */
export function compositionIn(face: number, raw: Float64Array, grid: MapGrid): Float64Array {
  const there = grid.components.filter((_, k) => (face & (1 << k)) !== 0);
  return Float64Array.from(there, (column) => raw[column]! / grid.wholeAmount);
}
