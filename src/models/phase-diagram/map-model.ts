import type { Scaling } from "./coordinates.ts";

/**
 * What every engine that maps a phase diagram offers to the planner: label propagation on a graph (`harmonic`,
 * `label-propagation`, `label-spreading`) and the engines of phase compositions behind one conductor. Candidates are rows 0..N-1 of a
 * {@link MapGrid}; labels are texts such as `A+B`, the sorted set of phases.
 */
export interface MapModel {
  /** Adds what one experiment taught. Cheap: O(what changes), not O(N^3). */
  observe(evidence: PhaseEvidence): void;
  /** Takes the evidence with this id back, and everything derived from it. Unknown ids are ignored. */
  forget(id: number): void;
  /** The map as it is believed now. The arrays belong to the model and are valid until it learns again. */
  predict(): MapPrediction;
  /** The next points, best first; fewer than `count` only where fewer are left. Does not change what was learnt. */
  rank(request: RankRequest): readonly RankedPoint[];
  /** A few figures on how good the map is. */
  status(): MapStatus;
  /** Tie-lines and triangles known or derived so far, in mole fractions; empty where the engine has no geometry. */
  geometry(): MapGeometry;
  /** What the label of a candidate rests on; absent where the engine derives no labels. */
  originOf?(candidate: number): LabelOrigin;
  /** The kind of {@link originOf} alone: asked of every candidate. */
  kindOf?(candidate: number): LabelOrigin["origin"];
  /** Probability of each phase in the sample of a result, by the samples around too; absent where each speaks for itself. */
  presencesIn?(id: number): ReadonlyMap<string, number> | undefined;
  /** By what the engine that maps now chooses: its own name and figures, not those of another that was asked for. */
  hyperparameters(): Hyperparameters;
}

/** What a proposal's record says of the engine behind it. */
export interface Hyperparameters {
  readonly method: string;
  readonly score: string;
  readonly diversity: string;
  readonly [name: string]: unknown;
}

/** The candidates as an engine sees them, in the planner's canonical order (rows sorted by axis name and value). */
export interface MapGrid {
  /** N, the number of candidates. */
  readonly count: number;
  /** Names of the axes, sorted; `values` follows this order. */
  readonly axes: readonly string[];
  /** N x axes.length, raw values, one row a candidate. */
  readonly values: Float64Array;
  /** Positions in `axes` of the mole fractions (3 or more that sum to `wholeAmount`); empty where there are none. */
  readonly components: readonly number[];
  /** Position of the one mole fraction of a binary whose other component has no axis of its own; absent elsewhere. */
  readonly fractionAxis?: number | undefined;
  /** What the components of a row sum to: 1, or 100 for at.%. */
  readonly wholeAmount: number;
  /** N x dimension, isometric coordinates in which one unit is about one grid step. */
  readonly points: Float64Array;
  readonly dimension: number;
}

/** A grid that knows how its coordinates were made: what the graph of candidates needs besides. */
export interface ScaledGrid extends MapGrid {
  readonly scaling: Scaling;
}

/** A set of phases that a measurement allows. */
export interface PhaseSetChance {
  /** Distinct phase names, sorted. */
  readonly phases: readonly string[];
  readonly probability: number;
}

/** What one experiment (or a known point) says of one place. */
export interface PhaseEvidence {
  /** Name of the result for ever: its position in the log; negative for points known beforehand. */
  readonly id: number;
  /** The candidate that was asked for, or -1 where the place is no candidate. */
  readonly candidate: number;
  /** Raw values of the axes as measured, in the order of `MapGrid.axes`; absent where they are the candidate's. */
  readonly at?: Float64Array | undefined;
  /** Distinct phase names, sorted. */
  readonly phases: readonly string[];
  /**
   * Composition of each phase, where measured, in the order of `MapGrid.components`, mole fractions that sum to 1; with a
   * `fractionAxis` [1 - x, x].
   */
  readonly ends?: readonly PhaseEnd[] | undefined;
  /** Probability that the phases were identified rightly, in (0, 1]. */
  readonly confidence: number;
  /** Other sets that the same measurement allows, with what is left of the probability; a sure result has none. */
  readonly alternatives?: readonly PhaseSetChance[] | undefined;
  /** What the measurement says of phases' fractions of the atoms, of phases not named too. */
  readonly estimates?: Readonly<Record<string, FractionEstimate>> | undefined;
  /** True for a point known beforehand: not an experiment. */
  readonly known: boolean;
}

/** A phase's fraction of the atoms in one sample as a pattern has it. */
export interface FractionEstimate {
  /** Most likely value, 0 or below where nothing was seen. */
  readonly fraction: number;
  readonly error: number;
  /** Isotropic strain of its cell, where the phase is named. */
  readonly strain?: number | undefined;
  /** Where it is not: signal over noise at strains from -strain_max to strain_max in equal steps. */
  readonly moved?: { readonly strain_max: number; readonly signals: readonly number[] } | undefined;
}

/** Order of results: those known beforehand (ids -1, -2, ...), then by position in the log. */
export function compareIds(a: number, b: number): number {
  return a < 0 && b < 0 ? b - a : a - b;
}

export interface PhaseEnd {
  readonly phase: string;
  readonly composition: readonly number[];
  /** Fraction of the atoms in this phase, where measured. */
  readonly fraction?: number | undefined;
}

export interface MapPrediction {
  /** Labels in the order of their discovery; `probabilities[k]` and `label` refer to it. May hold labels never measured. */
  readonly labels: readonly string[];
  /** Most probable label of each candidate; -1 where no label reaches it. */
  readonly label: Int32Array;
  /** Probability of that label, 0..1; 0 where not reached. */
  readonly certainty: Float64Array;
  /** For each label, N probabilities; the columns of a reached candidate sum to 1. */
  readonly probabilities: readonly Float64Array[];
}

/**
 * What is known of labels beside results on the graph: probabilities of `labels` at the candidates, before and after. Candidates
 * that were measured (`isTold`) keep theirs: their results have spoken, and those with estimates were weighed by their place.
 */
export type SharpenLabels = (
  columns: readonly Float64Array[],
  labels: readonly string[],
  isTold: (candidate: number) => boolean,
) => readonly Float64Array[];

export interface RankRequest {
  readonly count: number;
  /** Candidates in flight: they will be measured, condition on them. */
  readonly pending: readonly number[];
  /** Raw axis values of points in flight that are no candidates, in the order of `MapGrid.axes`. */
  readonly pendingElsewhere: readonly Float64Array[];
  /** Candidates that must not be proposed; those measured already are left out by the model itself unless it wants a repeat. */
  readonly excluded: ReadonlySet<number>;
  /** Names the random stream: the same request on the same evidence gives the same answer. */
  readonly seed: string;
}

export interface RankedPoint {
  readonly candidate: number;
  /** Larger is chosen first. */
  readonly score: number;
  /** One short sentence for the scientist: why this point now. */
  readonly why: string;
}

/** Where a label comes from: measured, inside a known tie-triangle, on a tie-line, or read off between results. */
export interface LabelOrigin {
  readonly origin: "measured" | "tie-triangle" | "tie-line" | "between";
  /** Ids of the evidence. */
  readonly evidence: readonly number[];
}

export interface MapStatus {
  /** Experiments learnt (known points do not count). */
  readonly observations: number;
  /** Mean over the candidates of the largest probability, 0..1. */
  readonly meanCertainty: number;
  /** Estimated share of candidates whose label is wrong, 0..1. */
  readonly estimatedError: number;
  /** Estimated share of the map that belongs to labels not seen yet, 0..1. */
  readonly unseenShare: number;
  /** Estimated number of labels not seen yet. */
  readonly unseenLabels: number;
  /** Chance that there is a label not seen yet, 0..1; absent where the engine only estimates their number. */
  readonly unseenChance?: number | undefined;
  /** Set where the engine itself says that nothing is left to learn at the resolution of the grid. */
  readonly complete?: string | undefined;
  /** The engine's name where it is not the method of the settings, and figures of its own for the log and the page. */
  readonly engine?:
    | { readonly name: string; readonly figures: Readonly<Record<string, number>> }
    | undefined;
  /** What the map has found out beyond labels, one sentence each: invariant reactions between two temperatures. */
  readonly findings?: readonly string[] | undefined;
  /** Conflicts that a person should see: contradicted labels, rejected tie-lines, too many phases. */
  readonly warnings: readonly string[];
  /** Points whose measurement the model doubts and would repeat. */
  readonly suspicious: readonly SuspiciousEvidence[];
}

/** Chance that a label is still unseen, 0..1; without an estimate of its own as a Poisson count of the expected number has it. */
export function unseenChanceOf({ unseenChance, unseenLabels }: MapStatus): number {
  return unseenChance ?? 1 - Math.exp(-unseenLabels);
}

export interface SuspiciousEvidence {
  readonly id: number;
  readonly candidate: number;
  readonly label: string;
  /** What the rest of the evidence says instead. */
  readonly expected: string;
  /** Probability of the measured label given everything else, 0..1. */
  readonly probability: number;
}

export interface MapGeometry {
  readonly tieLines: readonly TieLine[];
  readonly triangles: readonly TieTriangle[];
  /** Equilibria of four phases and more (sections of four components and more). */
  readonly tetrahedra?: readonly TieSimplex[] | undefined;
}

export interface TieSimplex {
  readonly phases: readonly string[];
  readonly corners: readonly (readonly number[])[];
  readonly from?: number | undefined;
}

export interface TieLine {
  readonly phases: readonly [string, string];
  /** Two compositions, mole fractions in the order of `MapGrid.components`. */
  readonly ends: readonly [readonly number[], readonly number[]];
  /** Raw value of the further axis, where the map has one. */
  readonly level?: number | undefined;
  /** Id of the evidence that it comes from, absent where derived from several. */
  readonly from?: number | undefined;
}

export interface TieTriangle {
  readonly phases: readonly [string, string, string];
  readonly corners: readonly [readonly number[], readonly number[], readonly number[]];
  /** Raw value of the further axis, where the map has one. */
  readonly level?: number | undefined;
  readonly from?: number | undefined;
  /** True where a three-phase result was measured inside; false where only deduced. */
  readonly proved: boolean;
}
