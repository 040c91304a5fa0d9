import { unitInWords } from "../core/unit-words.ts";
import type { Parameters } from "../domain/candidate.ts";
import { type Observation, phaseSetLabel } from "../domain/observation.ts";
import { nameAndUnit } from "./pictures/axis-title.ts";

/** An observation as views carry it: everything of phases and objectives, only the size of what is long. */
export type ObservationSummary =
  | Exclude<Observation, { kind: "curve" | "pattern" | "trajectory" }>
  | {
      readonly kind: "curve";
      readonly name: string;
      readonly unit: string;
      readonly points: number;
      /** Of a curve of one point. */
      readonly value?: number | undefined;
    }
  | {
      readonly kind: "pattern";
      readonly points: number;
      readonly countingTime_s?: number | undefined;
    }
  | { readonly kind: "trajectory"; readonly uri: string; readonly format: string };

/** Drops what would make a view grow with the data: the values of curves and patterns. */
export function summariseObservation(observation: Observation): ObservationSummary {
  switch (observation.kind) {
    case "curve": {
      const { name, unit, values } = observation;
      const only = values.length === 1 ? values[0] : undefined;
      return {
        ...{ kind: "curve", name, unit, points: values.length },
        ...(only === undefined ? {} : { value: only }),
      };
    }
    case "pattern": {
      const { values, countingTime_s } = observation;
      return {
        ...{ kind: "pattern", points: values.length },
        ...(countingTime_s === undefined ? {} : { countingTime_s }),
      };
    }
    case "trajectory":
      return {
        kind: "trajectory",
        uri: observation.frames.uri,
        format: observation.frames.format,
      };
    default:
      return observation;
  }
}

/** One short phrase that a person reads: `fcc+hcp`, `creep_rate 0.41 %/h`, `failed: sample melted`. */
export function describeObservation(observation: ObservationSummary | Observation): string {
  switch (observation.kind) {
    case "phases":
      return phaseSetLabel(observation.phases);
    case "objective": {
      const { name, value, standardUncertainty } = observation;
      const written = unitInWords(observation.unit);
      const unit = written === "" ? "" : ` ${written}`;
      return `${name} ${formatWithError(value, standardUncertainty)}${unit}`;
    }
    case "curve": {
      const isSummary = "points" in observation;
      const points = isSummary ? observation.points : observation.values.length;
      const only = isSummary ? observation.value : observation.values[0];
      return points === 1 && only !== undefined
        ? `${observation.name} ${formatNumber(only)} ${unitInWords(observation.unit)}`.trim()
        : `${observation.name}: curve of ${points} points`;
    }
    case "pattern":
      return `pattern of ${"points" in observation ? observation.points : observation.values.length} points`;
    case "trajectory":
      // The whole address is in every export.
      return `trajectory ${("uri" in observation ? observation.uri : observation.frames.uri).split("/").at(-1)}`;
    case "failure":
      return `failed: ${observation.reason}`;
  }
}

/** Curves that a person reads one by one; more are told by their number. */
const CURVES_TOLD_max = 3;

/** All observations of a result in one line, many curves (a calculation with its derivatives) as their number. */
export function describeObservations<T extends ObservationSummary | Observation>(
  observations: readonly T[],
  describe: (observation: T) => string = describeObservation,
): string {
  const curves = observations.filter((one) => one.kind === "curve");
  if (curves.length <= CURVES_TOLD_max) return observations.map(describe).join("; ");
  const others = observations.filter((one) => one.kind !== "curve").map(describe);
  return [`${curves.length} curves`, ...others].join("; ");
}

/** Four significant digits without trailing zeros, thousands ungrouped: what fits in a table cell. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2).replace(/\.?0+e/, "e");
  return String(Number(value.toPrecision(4)));
}

/** `2.003 ± 0.0049`: the error with two digits, the value with as many decimals; the value alone where there is no error. */
export function formatWithError(value: number, error: number | undefined): string {
  if (error === undefined || !Number.isFinite(error) || !(error > 0)) return formatNumber(value);
  const decimals = 1 - Math.floor(Math.log10(error));
  if (decimals > 8 || Math.abs(value) >= 1e6)
    return `${formatNumber(value)} ± ${formatNumber(error)}`;
  const shown = Math.max(0, decimals);
  return `${Number(value.toFixed(shown))} ± ${Number(error.toPrecision(2))}`;
}

/** Where an observation was made: the axes as asked, as measured where that was told. */
export function placeOfObservation({
  parameters,
  actual = {},
}: {
  readonly parameters: Parameters;
  readonly actual?: Parameters | undefined;
}): Parameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([axis, asked]) => [axis, actual[axis] ?? asked]),
  );
}

/**
 * `Al 0.25, Zn 0.5, T 873 K`: the parameters of a point in one line, each in the unit that its name (`T_K`) or `units` (UCUM, by axis)
 * states.
 */
export function describeParameters(
  parameters: Parameters,
  units: Readonly<Record<string, string>> = {},
): string {
  return Object.entries(parameters)
    .map(([name, value]) => {
      if (typeof value !== "number") return `${name} ${value}`;
      const { bare, unit = unitInWords(units[name] ?? "1") } = nameAndUnit(name);
      return `${bare} ${formatNumber(value)}${unit === "" ? "" : ` ${unit}`}`;
    })
    .join(", ");
}
