import { convertUnit } from "../../core/units.ts";
import type { Parameters } from "../../domain/candidate.ts";
import type { CurveObservation, ObjectiveObservation } from "../../domain/observation.ts";
import type { CampaignResult } from "../../domain/proposal.ts";
import type { MeasuredCurve } from "../../models/effective-model/estimate/measured-curve.ts";
import type { MeasuringPoint } from "../../models/effective-model/forward/curve-predictor.ts";
import type { Quantity } from "../../models/effective-model/forward/observables.ts";

/** Names under which candidates and instruments give temperature (K) and field (T). */
const TEMPERATURE_NAMES = ["temperature_K", "T_K", "T"];
const FIELD_NAMES = ["field_T", "H_T", "H"];
const SWEEP_FROM = ["field_min_T"];
const SWEEP_TO = ["field_max_T"];
/** Values that a sweep is expected to bring, for planning. */
const SWEEP_POINTS = 21;

/** Names under which a result may carry each quantity. */
const QUANTITY_NAMES: ReadonlyMap<string, Quantity> = new Map([
  ["magnetisation", "magnetisation"],
  ["magnetization", "magnetisation"],
  ["m", "magnetisation"],
  ["susceptibility", "susceptibility"],
  ["chi", "susceptibility"],
  ["specificHeat", "specificHeat"],
  ["specific heat", "specificHeat"],
  ["C", "specificHeat"],
]);

/** What measuring a candidate would bring: one value, or a sweep of the field. */
export function measuringPoints(parameters: Parameters): MeasuringPoint[] {
  const temperature_K = find(parameters, TEMPERATURE_NAMES);
  if (temperature_K === undefined) return [];
  const base = { quantity: "magnetisation" as const, temperature_K };
  const from = find(parameters, SWEEP_FROM);
  const to = find(parameters, SWEEP_TO);
  const field_T = find(parameters, FIELD_NAMES);
  if (field_T !== undefined || from === undefined || to === undefined || from === to)
    return [{ ...base, field_T: field_T ?? from ?? 0 }];
  return Array.from({ length: SWEEP_POINTS }, (_, k) => ({
    ...base,
    field_T: from + ((to - from) * k) / (SWEEP_POINTS - 1),
  }));
}

/** The curves of a result; observations of other kinds bring none. */
export function curvesOf(result: CampaignResult): MeasuredCurve[] {
  const parameters = { ...result.parameters, ...result.actual };
  return result.observations.flatMap((observation) => {
    if (observation.kind === "curve") return fromCurve(observation, parameters);
    if (observation.kind === "objective") return fromObjective(observation, parameters);
    return [];
  });
}

function fromCurve(observation: CurveObservation, parameters: Parameters): MeasuredCurve[] {
  const quantity = QUANTITY_NAMES.get(observation.name);
  if (quantity === undefined) return [];
  const { axis, values, standardUncertainty } = observation;
  const along = ["K", "mK"].includes(axis.unit) ? "temperature" : "field";
  const fixed = find(parameters, along === "field" ? TEMPERATURE_NAMES : FIELD_NAMES);
  if (along === "field" && fixed === undefined) return [];
  const points = axis.values.flatMap((value): MeasuringPoint[] => {
    const at = convertUnit(value, axis.unit, along === "field" ? "T" : "K");
    if (at === undefined) return [];
    return along === "field"
      ? [{ quantity, temperature_K: fixed ?? 0, field_T: at }]
      : [{ quantity, temperature_K: at, field_T: fixed ?? 0 }];
  });
  if (points.length !== values.length) return []; // an axis in a unit that is neither tesla nor kelvin
  const base = { quantity, points, values: Float64Array.from(values) };
  const known = standardUncertainty?.every((sigma) => sigma > 0) === true;
  return [known ? { ...base, sigmas: Float64Array.from(standardUncertainty ?? []) } : base];
}

function fromObjective(observation: ObjectiveObservation, parameters: Parameters): MeasuredCurve[] {
  const quantity = QUANTITY_NAMES.get(observation.name);
  const temperature_K = find(parameters, TEMPERATURE_NAMES);
  if (quantity === undefined || temperature_K === undefined) return [];
  const field_T = find(parameters, FIELD_NAMES) ?? find(parameters, SWEEP_FROM) ?? 0;
  const base = {
    quantity,
    points: [{ quantity, temperature_K, field_T }],
    values: Float64Array.of(observation.value),
  };
  const sigma = observation.standardUncertainty;
  return [sigma !== undefined && sigma > 0 ? { ...base, sigmas: Float64Array.of(sigma) } : base];
}

function find(parameters: Parameters, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = parameters[name];
    if (typeof value === "number") return value;
  }
  return undefined;
}
