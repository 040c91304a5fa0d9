import { type DrawableView, isRecord, numbers, numbersByName, records } from "./planner-views.ts";

/** What the page draws of an optimisation, read from the planner's plain JSON; lists are empty where a field is absent. */
export interface OptimiseFields {
  readonly best: number | undefined;
  readonly bestParameters: Readonly<Record<string, unknown>> | undefined;
  readonly convergence: {
    readonly quantity: string;
    readonly evaluations: readonly number[];
    readonly values: readonly number[];
  };
  readonly quantities: readonly QuantityFields[];
  readonly hypervolume: number | undefined;
  readonly front: readonly FrontPoint[];
  readonly candidates: readonly CandidateFields[];
}

export interface QuantityFields {
  readonly name: string;
  readonly role: string;
  readonly importances: readonly {
    readonly name: string;
    readonly ard: number;
    readonly permutation: number;
    readonly permutationSd: number;
  }[];
  readonly slices: readonly SliceFields[];
  readonly fit:
    | {
        readonly r2: number | undefined;
        readonly measured: readonly number[];
        readonly predicted: readonly number[];
      }
    | undefined;
}

export interface SliceFields {
  readonly axis: string;
  readonly through: Readonly<Record<string, unknown>>;
  readonly x: readonly (number | string)[];
  readonly mean: readonly number[];
  readonly sd: readonly number[];
}

export interface FrontPoint {
  readonly candidateId: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly values: Readonly<Record<string, number>>;
}

export interface CandidateFields {
  readonly candidateId: string;
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly isMeasured: boolean;
  readonly expectedGain: number;
  readonly feasibility: number;
  readonly predictions: Readonly<Record<string, { readonly value: number; readonly sd: number }>>;
}

/** `undefined` where the view is of another kind. */
export function readOptimiseView(view: DrawableView | undefined): OptimiseFields | undefined {
  if (view === undefined || view.kind !== "optimise") return undefined;
  const best = isRecord(view["best"]) ? view["best"] : {};
  const convergence = isRecord(view["convergence"]) ? view["convergence"] : {};
  const pareto = isRecord(view["pareto"]) ? view["pareto"] : {};
  return {
    best: numberOrNothing(best["best"]),
    bestParameters: isRecord(best["bestParameters"]) ? best["bestParameters"] : undefined,
    convergence: {
      quantity: String(convergence["quantity"] ?? ""),
      evaluations: numbers(convergence["evaluations"]) ?? [],
      values: numbers(convergence["values"]) ?? [],
    },
    quantities: records(view["quantities"]).map(readQuantity),
    hypervolume: numberOrNothing(pareto["hypervolume"]),
    front: records(pareto["front"]).map((point) => ({
      candidateId: String(point["candidateId"] ?? ""),
      parameters: isRecord(point["parameters"]) ? point["parameters"] : {},
      values: numbersByName(point["values"]),
    })),
    candidates: records(view["candidates"]).map(readCandidate),
  };
}

function readQuantity(quantity: Readonly<Record<string, unknown>>): QuantityFields {
  const fit = isRecord(quantity["fit"]) ? quantity["fit"] : undefined;
  return {
    name: String(quantity["name"]),
    role: String(quantity["role"]),
    importances: records(quantity["importances"]).map((one) => ({
      name: String(one["name"]),
      ard: Number(one["ard"] ?? 0),
      permutation: Number(one["permutation"] ?? 0),
      permutationSd: Number(one["permutationSd"] ?? 0),
    })),
    slices: records(quantity["slices"]).map((slice) => ({
      axis: String(slice["axis"]),
      through: isRecord(slice["through"]) ? slice["through"] : {},
      x: Array.isArray(slice["x"]) ? (slice["x"] as (number | string)[]) : [],
      mean: numbers(slice["mean"]) ?? [],
      sd: numbers(slice["sd"]) ?? [],
    })),
    fit: fit && {
      r2: numberOrNothing(fit["r2"]),
      measured: numbers(fit["measured"]) ?? [],
      predicted: numbers(fit["predicted"]) ?? [],
    },
  };
}

function readCandidate(row: Readonly<Record<string, unknown>>): CandidateFields {
  const predictions = isRecord(row["predictions"]) ? row["predictions"] : {};
  return {
    candidateId: String(row["candidateId"] ?? ""),
    parameters: isRecord(row["parameters"])
      ? (row["parameters"] as Record<string, number | string>)
      : {},
    isMeasured: row["isMeasured"] === true,
    expectedGain: Number(row["expectedGain"] ?? Number.NaN),
    feasibility: Number(row["feasibility"] ?? 1),
    predictions: Object.fromEntries(
      Object.entries(predictions).flatMap(([name, value]) => {
        const { value: mean, sd } = numbersByName(value);
        return mean === undefined ? [] : [[name, { value: mean, sd: sd ?? 0 }]];
      }),
    ),
  };
}

function numberOrNothing(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
