import type { Parameters } from "./candidate.ts";
import type { FoundLabels } from "./found-labels.ts";

/**
 * What a planner would have drawn, as plain JSON, one interface a kind. The kind is also the version: what an older page
 * could not read rightly gets a new kind, what it may overlook a new optional field.
 */
export type PlannerView = MapView | OptimiseView | EffectiveModelView;

export type Named<Value> = Readonly<Record<string, Value>>;

/** A map of phases or structures over the campaign's candidates; lists without a name run over these in their order. */
export interface MapView {
  readonly kind: "phase-diagram";
  /** Names of the axes; `components` are the places in it of the mole fractions, by name. */
  readonly axes: readonly string[];
  readonly components: readonly string[];
  readonly candidates: number;
  /** Names of the labels: sorted sets of phases, `A+B`. */
  readonly labels: readonly string[];
  /** Place in `labels` of the likeliest label, -1 where nothing is known. */
  readonly label: readonly number[];
  /** Probability of that label, 0..1. */
  readonly certainty: readonly number[];
  /** For each label one probability a candidate, where they were asked for. */
  readonly probabilities?: readonly (readonly number[])[] | undefined;
  readonly reached: readonly boolean[];
  readonly measured: readonly MeasuredPlace[];
  /** What the labels rest on, where it was worked out already: then `measured` may be empty. */
  readonly found?: FoundLabels | undefined;
  readonly tieLines: readonly TieLineView[];
  readonly triangles: readonly TriangleView[];
  readonly tetrahedra?: readonly TriangleView[] | undefined;
  /** Row of each candidate whose label was not measured but follows from one result: that result's position. */
  readonly derived: Named<number>;
  readonly status: {
    /** What was found out beyond labels, one sentence each. */
    readonly findings?: readonly string[] | undefined;
  };
  /** Maps of simulations and measurements: results and costs by kind, and which kind each region rests on. */
  readonly evidence?: Named<EvidenceSpent> | undefined;
  readonly restsOn?: readonly string[] | undefined;
  readonly regions?: readonly RegionEvidence[] | undefined;
}

export interface MeasuredPlace {
  /** Position of the result; negative for a point known beforehand. */
  readonly position: number;
  readonly candidate?: number | undefined;
  readonly at: Named<number>;
  readonly label: string;
  readonly known: boolean;
}

export interface TieLineView {
  readonly phases: readonly string[];
  /** Compositions (and further axes) of the two ends, by axis name. */
  readonly ends: readonly Named<number>[];
  readonly from?: number | undefined;
}

export interface TriangleView {
  readonly phases: readonly string[];
  readonly corners: readonly Named<number>[];
  readonly from?: number | undefined;
  readonly proved?: boolean | undefined;
}

export interface EvidenceSpent {
  readonly results: number;
  readonly cost: number;
}

/** One region of the map, and how many of its candidates lie nearest to a result of each kind. */
export interface RegionEvidence {
  readonly label: string;
  readonly candidates: number;
  readonly simulation: number;
  readonly measurement: number;
}

/** An optimisation. Values in the user's units; NaN (null in JSON) where there is none yet. */
export interface OptimiseView {
  readonly kind: "optimise";
  readonly title: string;
  readonly acquisition: string;
  readonly observations: number;
  /** Of a single objective; empty before the first feasible result. */
  readonly best: BestResult;
  readonly convergence: {
    readonly quantity: string;
    readonly evaluations: readonly number[];
    readonly values: readonly number[];
  };
  readonly quantities: readonly QuantityView[];
  /** Of several objectives; else empty. */
  readonly pareto: ParetoView;
  /** The most promising candidates, best first. */
  readonly candidates: readonly PromisingCandidate[];
}

export interface BestResult {
  readonly best?: number;
  readonly bestCandidateId?: string;
  readonly bestParameters?: Parameters;
}

export interface ParetoView {
  readonly hypervolume?: number;
  readonly reference?: Named<number>;
  readonly front?: readonly FrontPoint[];
}

export interface FrontPoint {
  readonly candidateId: string;
  readonly parameters: Parameters;
  readonly values: Named<number>;
}

export interface QuantityView {
  readonly name: string;
  readonly role: string;
  readonly importances: readonly AxisImportance[];
  readonly slices: readonly SliceView[];
  readonly fit?: FitView | undefined;
}

export interface AxisImportance {
  readonly name: string;
  /** Share of the axis' inverse width, 0..1. */
  readonly ard: number;
  /** By how many standard deviations predictions worsen without the axis, and the deviation of that over repeats. */
  readonly permutation: number;
  readonly permutationSd: number;
}

/** One axis through the best point: prediction and deviation along it. */
export interface SliceView {
  readonly axis: string;
  readonly through: Parameters;
  readonly x: readonly (number | string)[];
  readonly mean: readonly number[];
  readonly sd: readonly number[];
}

/** What the model would have said of each result without it. */
export interface FitView {
  readonly r2?: number | undefined;
  readonly calibration?: number | undefined;
  readonly measured: readonly number[];
  readonly predicted: readonly number[];
  readonly zScores: readonly number[];
}

export interface PromisingCandidate {
  readonly candidateId: string;
  readonly parameters: Parameters;
  readonly isMeasured: boolean;
  readonly expectedGain: number;
  /** Probability of meeting all constraints, 0..1. */
  readonly feasibility: number;
  readonly predictions: Named<{ readonly value: number; readonly sd: number }>;
}

/** A spin Hamiltonian: data, curves and couplings; whatever further figures the planner has go beside them. */
export interface EffectiveModelView {
  readonly kind: "effective-model";
  readonly measured: readonly MeasuredValue[];
  readonly curves: readonly CurveView[];
  /** Couplings, meV; errors once there is a posterior. */
  readonly J?: Named<EstimatedFigure> | undefined;
  /** What is to be known: a coupling's name or `spinGap_meV`. */
  readonly quantity?: string | undefined;
  /** Draws of the posterior: names of the couplings, and one row of them a draw. */
  readonly samples?:
    | { readonly names: readonly string[]; readonly rows: readonly (readonly number[])[] }
    | undefined;
}

export interface EstimatedFigure {
  readonly value: number;
  readonly error?: number | undefined;
}

export interface MeasuredValue {
  readonly quantity: string;
  readonly temperature_K: number;
  readonly field_T: number;
  readonly value: number;
  /** Standard error, where it is known. */
  readonly sigma?: number | undefined;
}

/** A model's curve, with the posterior's 95 % band where there is one. */
export interface CurveView {
  readonly quantity: string;
  readonly axis: "field_T" | "temperature_K";
  /** The other of temperature and field. */
  readonly fixed: number;
  readonly x: readonly number[];
  readonly middle: readonly number[];
  readonly low?: readonly number[] | undefined;
  readonly high?: readonly number[] | undefined;
}
