import { misuse } from "../../core/errors.ts";
import type { Parameters } from "../../domain/candidate.ts";
import { requestText } from "../../domain/forward-request.ts";
import type { CurveObservation, Observation } from "../../domain/observation.ts";
import type { Calculation } from "../../models/effective-model/emulate/calculation.ts";
import {
  createEstimationProblem,
  type EstimationProblem,
} from "../../models/effective-model/estimate/estimation-problem.ts";
import { readModelSpec } from "../../models/effective-model/estimate/estimation-spec.ts";
import {
  type MeasuredCurve,
  readCurves,
} from "../../models/effective-model/estimate/measured-curve.ts";
import type { MeasuringPoint } from "../../models/effective-model/forward/curve-predictor.ts";
import type { Quantity } from "../../models/effective-model/forward/observables.ts";
import {
  type JsonObject,
  readArray,
  readObject,
} from "../../models/effective-model/forward/spec-reader.ts";

/** Units of the quantities on the wire (UCUM): <Sz> per spin, meV/T^2 per spin, kB per spin. */
const UNITS: Readonly<Record<Quantity, string>> = {
  magnetisation: "1",
  susceptibility: "meV/T2",
  specificHeat: "{kB}",
};
const GAP = "spinGap";

/** A prepared calculation: couplings in, observations out. */
export interface ForwardCalculator {
  /** Names of the couplings that it takes. */
  readonly couplings: readonly string[];
  calculate(parameters: Parameters): Observation[];
}

/** Observations of one calculation and what they were asked for. */
interface CalculatorParts {
  readonly problem: EstimationProblem;
  readonly curves: readonly MeasuredCurve[];
}

/**
 * Prepares the forward calculations that jobs of one campaign ask for (see `requestParameters`). The result of one is,
 * for each curve asked for, the curve and its derivative by each free coupling ("magnetisation by J1"), and the gap.
 * Errors: TL-8002 and others where the request is wrong.
 */
export function createForwardCalculator(text: string): ForwardCalculator {
  const parts = readRequest(text);
  const { problem, curves } = parts;
  const { free, low, high } = problem.map;
  return {
    couplings: free,
    calculate: (parameters) => {
      const x = Float64Array.from(free, (name) => Number(parameters[name]));
      const bad = x.findIndex((value, k) => !(value >= low[k]! && value <= high[k]!));
      if (bad >= 0)
        throw misuse(
          "TL-8002",
          `${free[bad]} = ${String(parameters[free[bad] ?? ""])} is not within ${low[bad]} .. ${high[bad]} meV`,
        );
      const { values, slopes } = problem.predictWithSlopes(x);
      const gap = problem.physics.groundState?.(problem.couplingsOf(x)).spinGap_meV;
      return [
        ...observe(curves, free, values, slopes),
        ...(gap === undefined || !Number.isFinite(gap)
          ? []
          : [{ kind: "objective", name: GAP, value: gap, unit: "meV" } as const]),
      ];
    },
  };
}

/** The request's text of a job's parameters. Errors: TL-8002 where there is none. */
export function readRequestText(parameters: Parameters): string {
  const text = requestText(parameters);
  if (text === undefined)
    throw misuse("TL-8002", "request is missing", "Give the cluster and its points as JSON text.");
  return text;
}

function readRequest(text: string): CalculatorParts {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw misuse(
      "TL-8002",
      "request is not JSON",
      "Send every part of it: request, request_2, ...",
    );
  }
  const object = readObject(document, "request");
  const { curves: asked, ...rest } = object;
  const spec = readModelSpec(rest);
  const entries = readArray(asked, "curves").map((curve, k) => withZeros(curve, k));
  const curves = readCurves(entries, spec.siteSpins);
  const count = curves.reduce((sum, curve) => sum + curve.points.length, 0);
  const noise = { scales: new Float64Array(count).fill(1), known: true };
  return { problem: createEstimationProblem(spec, spec.models[0]!, curves, noise), curves };
}

/** A curve that is asked for is read like a measured one whose values are all 0. */
function withZeros(value: unknown, k: number): JsonObject {
  const curve = readObject(value, `curves[${k}]`);
  const length = Math.max(...["T", "H"].map((name) => lengthOf(curve[name])));
  return { ...curve, values: new Array<number>(length).fill(0) };
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 1;
}

function observe(
  curves: readonly MeasuredCurve[],
  free: readonly string[],
  values: Float64Array,
  slopes: Float64Array,
): CurveObservation[] {
  const n = free.length;
  let from = 0;
  return curves.flatMap(({ quantity, points }) => {
    const at = from;
    from += points.length;
    const axis = axisOf(points);
    const unit = UNITS[quantity];
    const own = [...values.subarray(at, at + points.length)];
    return [
      { kind: "curve", name: quantity, axis, values: own, unit },
      ...free.map((name, k) => ({
        kind: "curve" as const,
        name: slopeName(quantity, name),
        axis,
        values: points.map((_, l) => slopes[(at + l) * n + k]!),
        unit: `${unit}/meV`,
      })),
    ];
  });
}

function slopeName(quantity: Quantity, coupling: string): string {
  return `${quantity} by ${coupling}`;
}

/** Temperature where it varies, else the field. */
function axisOf(points: readonly MeasuringPoint[]): CurveObservation["axis"] {
  const [first] = points;
  const isAlongT = points.some((point) => point.temperature_K !== first?.temperature_K);
  return isAlongT
    ? { name: "T", unit: "K", values: points.map((point) => point.temperature_K) }
    : { name: "H", unit: "T", values: points.map((point) => point.field_T) };
}

/**
 * The calculation that a result holds, for the curves of a campaign; `undefined` where it is another kind of result or
 * incomplete: such a result teaches nothing.
 */
export function readCalculation(
  observations: readonly Observation[],
  parameters: Parameters,
  free: readonly string[],
  curves: readonly MeasuredCurve[],
): Calculation | undefined {
  const x = Float64Array.from(free, (name) => Number(parameters[name]));
  const found = observations.filter((one) => one.kind === "curve");
  const isAsked = (name: string): boolean => curves.some(({ quantity }) => name === quantity);
  const values = found.filter(({ name }) => isAsked(name)).flatMap((curve) => [...curve.values]);
  const n = free.length;
  const slopes = new Float64Array(values.length * n);
  for (const [k, coupling] of free.entries()) {
    const names = new Set(curves.map(({ quantity }) => slopeName(quantity, coupling)));
    const column = found
      .filter(({ name }) => names.has(name))
      .flatMap((curve) => [...curve.values]);
    if (column.length !== values.length) return undefined;
    column.forEach((slope, l) => {
      slopes[l * n + k] = slope;
    });
  }
  const count = curves.reduce((sum, curve) => sum + curve.points.length, 0);
  if (values.length !== count || !x.every(Number.isFinite)) return undefined;
  return { x, values: Float64Array.from(values), slopes };
}

/** The gap of a calculation, meV. */
export function readGap(observations: readonly Observation[]): number | undefined {
  const found = observations.find((one) => one.kind === "objective" && one.name === GAP);
  return found?.kind === "objective" ? found.value : undefined;
}
