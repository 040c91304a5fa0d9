import type { Parameters } from "../../domain/candidate.ts";
import type { KnownPhases } from "../../domain/goal-settings.ts";
import type { Composition, PhasesObservation } from "../../domain/observation.ts";
import { phaseSetLabel } from "../../domain/observation.ts";
import type { CampaignResult } from "../../domain/proposal.ts";
import type { MapGrid, PhaseEnd, PhaseEvidence } from "../../models/phase-diagram/map-model.ts";

/** Confidence of a result that an instrument gave without one. */
const CONFIDENCE_default = 1;
/** A confidence of 0 teaches nothing; below this a result counts as ambiguous and is left out. */
export const CONFIDENCE_min = 0.05;

/**
 * What the results of one experiment say of the map. Several observations of phases in one result (several samples or
 * several looks) each become evidence; their ids differ by a fraction of a position.
 *
 * @param candidate canonical index, -1 where the point is no candidate
 */
export function evidenceOf(
  result: CampaignResult,
  candidate: number,
  grid: MapGrid,
): PhaseEvidence[] {
  const observed = result.observations.filter(
    (observation): observation is PhasesObservation =>
      observation.kind === "phases" &&
      observation.phases.length > 0 &&
      (observation.confidence ?? 1) >= CONFIDENCE_min,
  );
  const at = placeOf(result.actual, result.parameters, candidate, grid);
  return observed.map((observation, k) => ({
    id: result.position + k / 1024,
    candidate,
    at,
    phases: sortedPhases(observation.phases),
    ends: endsOf(observation, grid),
    confidence: observation.confidence ?? CONFIDENCE_default,
    alternatives: alternativesOf(observation),
    ...(observation.estimates === undefined ? {} : { estimates: observation.estimates }),
    known: false,
  }));
}

/** Points known beforehand; their ids are negative. A component that is not named has none of it. */
export function evidenceOfKnown(known: readonly KnownPhases[], grid: MapGrid): PhaseEvidence[] {
  return known.map((point, k) => ({
    id: -1 - k,
    candidate: -1,
    at: Float64Array.from(grid.axes, (axis, position) => {
      const value = point.at[axis] ?? 0;
      return grid.components.includes(position) && grid.wholeAmount === 100 && sumOf(point.at) < 2
        ? value * 100
        : value;
    }),
    phases: sortedPhases(point.phases),
    confidence: 1,
    known: true,
  }));
}

function alternativesOf({ alternatives }: PhasesObservation): PhaseEvidence["alternatives"] {
  return alternatives
    ?.filter(({ phases }) => phases.length > 0)
    .map(({ phases, probability }) => ({ phases: sortedPhases(phases), probability }));
}

function sortedPhases(phases: readonly string[]): string[] {
  return phaseSetLabel(phases).split("+");
}

function sumOf(composition: Composition): number {
  return Object.values(composition).reduce((sum, x) => sum + x, 0);
}

/** The measured place where it differs from the candidate's; axes that were not measured keep the asked value. */
function placeOf(
  actual: Parameters | undefined,
  asked: Parameters,
  candidate: number,
  grid: MapGrid,
): Float64Array | undefined {
  const values = Float64Array.from(grid.axes, (axis) => {
    const measured = actual?.[axis];
    const value =
      typeof measured === "number" && Number.isFinite(measured) ? measured : asked[axis];
    return typeof value === "number" ? value : 0;
  });
  if (candidate < 0) return values;
  const width = grid.axes.length;
  const isSame = values.every((x, k) => x === grid.values[candidate * width + k]);
  return isSame ? undefined : values;
}

function endsOf(observation: PhasesObservation, grid: MapGrid): PhaseEnd[] | undefined {
  const { compositions, fractions } = observation;
  if (compositions === undefined) return undefined;
  const ends: PhaseEnd[] = [];
  for (const phase of sortedPhases(observation.phases)) {
    const composition = compositions[phase];
    const amounts = composition === undefined ? undefined : amountsOf(composition, grid);
    if (amounts === undefined) return undefined;
    ends.push({ phase, composition: amounts, fraction: fractions?.[phase] });
  }
  return ends;
}

/** Mole fractions of the components; [1 - x, x] where a binary has one axis for both. */
function amountsOf(composition: Composition, grid: MapGrid): number[] | undefined {
  const { components, axes, fractionAxis, wholeAmount } = grid;
  if (fractionAxis !== undefined) {
    const name = axes[fractionAxis]!;
    const amount = composition[name] ?? composition[stripPrefix(name)];
    if (amount === undefined) return undefined;
    const isComplete = Object.keys(composition).length > 1;
    const x = amount / (isComplete ? sumOf(composition) : wholeAmount);
    return x >= 0 && x <= 1 ? [1 - x, x] : undefined;
  }
  if (components.length < 2) return undefined;
  const names = components.map((k) => axes[k] ?? "");
  const amounts = names.map((name) => composition[name] ?? composition[stripPrefix(name)] ?? 0);
  const whole = amounts.reduce((sum, x) => sum + x, 0);
  return whole > 0 ? amounts.map((x) => x / whole) : undefined;
}

/** An axis `x_Al` holds the amount of the component `Al`. */
function stripPrefix(axis: string): string {
  return axis.replace(/^x_/, "");
}
