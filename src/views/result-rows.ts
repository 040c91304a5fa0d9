import { columnHead } from "../core/unit-words.ts";
import { axisUnits } from "../domain/axis-units.ts";
import type { Parameters } from "../domain/candidate.ts";
import {
  type CurveObservation,
  type Observation,
  type PatternObservation,
  type PhasesObservation,
  phaseSetLabel,
  presencesOf,
} from "../domain/observation.ts";
import type { ExportDocument } from "./export-document.ts";
import { whoSaid } from "./who-said.ts";

export type Cell = string | number;
export type Row = Readonly<Record<string, Cell>>;

/** Columns that a table of results has before there is one: a table without any is read by few programs. */
export const RESULT_COLUMNS = ["n", "time", "candidateId", "jobId", "withdrawn"] as const;
/** The same of the table of curves. */
export const CURVE_COLUMNS = ["n", "candidateId"] as const;

/** `least`, then what else rows have, in the order of first appearance. */
export function columnNames(rows: readonly Row[], least: readonly string[] = []): string[] {
  return [...new Set([...least, ...rows.flatMap((row) => Object.keys(row))])];
}

/**
 * The observations as rows, one each: number of the result, time, candidate, job, every parameter as asked (and, where any
 * was told, as measured under `actual_*`), then one column for each quantity that was observed: `phases`, `f_PHASE`,
 * `x_PHASE_COMPONENT`, of patterns that the daemon read `p_PHASE`, `alternatives` and `unexplained`, the objectives by name
 * with `_uncertainty`, and `failure`. A name that is taken already (an axis `time`) is
 * written `axis_time` or `result_time`. Heads have the units that names do not state: `strength [MPa]`.
 */
export function resultRows({ observations, campaign }: ExportDocument): Row[] {
  const units = axisUnits(campaign);
  const headed = (parameters: Parameters, prefix = "") =>
    Object.fromEntries(
      Object.entries(parameters).map(([axis, value]) => [
        columnHead(`${prefix}${axis}`, units[axis]),
        value,
      ]),
    );
  return observations.map((observation, k) => {
    const { reportedBy: by } = observation;
    const row: Record<string, Cell> = {
      n: k + 1,
      time: observation.time,
      candidateId: observation.candidateId,
      jobId: observation.jobId,
      withdrawn: observation.withdrawn ? "yes" : "",
      ...(by === undefined ? {} : { reportedBy: whoSaid({ by, identity: observation.identity }) }),
    };
    addColumns(row, headed(observation.parameters), "axis_");
    addColumns(row, headed(observation.actual ?? {}, "actual_"), "measured_");
    addColumns(row, Object.assign({}, ...observation.result.map(columnsOf)), "result_");
    return row;
  });
}

/** Adds columns; none replaces one that is there. */
function addColumns(row: Record<string, Cell>, columns: Row, otherwise: string): void {
  const taken = new Set(Object.keys(row));
  for (const [name, value] of Object.entries(columns)) {
    row[taken.has(name) ? `${otherwise}${name}` : name] = value;
  }
}

/**
 * The points of all curves and patterns, one row each, every value beside the value of its axis: number of the result, which curve,
 * axis and value under heads with their units (`H [T]`, `magnetisation [1]` is `magnetisation`).
 */
export function curveRows({ observations }: ExportDocument): Row[] {
  return observations.flatMap(({ candidateId, result }, k) =>
    result.flatMap((one) =>
      one.kind === "curve" || one.kind === "pattern"
        ? pointsOf(one).map((point): Row => ({ n: k + 1, candidateId, ...point }))
        : [],
    ),
  );
}

function pointsOf(curve: CurveObservation | PatternObservation): Row[] {
  const { axis, values, unit } = curve;
  const name = curve.kind === "curve" ? curve.name : "intensity";
  const errors = curve.kind === "curve" ? curve.standardUncertainty : undefined;
  return values.map((value, k) => ({
    [columnHead(axis.name, axis.unit)]: axis.values[k] ?? Number.NaN,
    [columnHead(name, unit)]: value,
    ...(errors === undefined
      ? {}
      : { [columnHead(`${name}_uncertainty`, unit)]: errors[k] ?? Number.NaN }),
  }));
}

/** Of a curve of one point: where it lies, and its value. */
function valueOfPoint({ name, axis, values, unit }: CurveObservation): Row {
  return {
    [columnHead(`${name}_at_${axis.name}`, axis.unit)]: axis.values[0] ?? "",
    [columnHead(name, unit)]: values[0] ?? "",
  };
}

function columnsOf(observation: Observation): Record<string, number | string> {
  switch (observation.kind) {
    case "phases": {
      const compositions = Object.entries(observation.compositions ?? {}).map(
        ([phase, composition]) => prefixed(`x_${phase}_`, composition),
      );
      return {
        phases: phaseSetLabel(observation.phases),
        ...(observation.confidence === undefined ? {} : { confidence: observation.confidence }),
        ...prefixed("f_", observation.fractions ?? {}),
        ...(observation.readFrom === undefined ? {} : readColumns(observation)),
        ...Object.assign({}, ...compositions),
      };
    }
    case "objective":
      return {
        [columnHead(observation.name, observation.unit)]: observation.value,
        ...(observation.standardUncertainty === undefined
          ? {}
          : {
              [columnHead(`${observation.name}_uncertainty`, observation.unit)]:
                observation.standardUncertainty,
            }),
      };
    case "curve":
      // Values without their axis say nothing: they stand in the table of curves.
      return {
        [`${observation.name}_points`]: observation.values.length,
        ...(observation.values.length === 1 ? valueOfPoint(observation) : {}),
      };
    case "pattern":
      // Thousands of points have no place in a row; they stand in the table of curves.
      return { pattern_points: observation.values.length };
    case "trajectory":
      return { trajectory: observation.frames.uri, sha256: observation.frames.sha256 };
    case "failure":
      return { failure: observation.reason };
  }
}

/** What the daemon read from a pattern: the probability of each phase and of the other sets, the share that nothing explains. */
function readColumns(observation: PhasesObservation): Record<string, number | string> {
  const { alternatives = [], unfamiliar } = observation;
  const presences = [...presencesOf(observation)].map(([phase, p]): [string, number] => [
    phase,
    Number(p.toFixed(4)),
  ]);
  return {
    ...prefixed("p_", Object.fromEntries(presences)),
    alternatives: alternatives
      .map(({ phases, probability }) => `${phaseSetLabel(phases)} ${probability}`)
      .join("; "),
    unexplained: unfamiliar?.share ?? 0,
  };
}

function prefixed<Value>(
  prefix: string,
  values: Readonly<Record<string, Value>>,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, v]) => [`${prefix}${name}`, v]));
}
