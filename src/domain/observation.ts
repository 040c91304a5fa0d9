/** Name of a phase, e.g. `fcc`; `FCC#1` and `FCC#2` are the two sides of a miscibility gap. */
export type PhaseName = string;

/** Amounts by component, mole fractions that sum to 1. */
export type Composition = Readonly<Record<string, number>>;

/** The phases found in one sample, with what was measured of each. */
export interface PhasesObservation {
  readonly kind: "phases";
  readonly sampleId?: string | undefined;
  readonly phases: readonly PhaseName[];
  /** Fraction of atoms in each phase, 0..1. */
  readonly fractions?: Readonly<Record<PhaseName, number>> | undefined;
  /** Composition of each phase: the ends of a tie-line, the corners of a tie-triangle. */
  readonly compositions?: Readonly<Record<PhaseName, Composition>> | undefined;
  /** Probability that the phases were identified rightly, 0..1; absent means 1. */
  readonly confidence?: number | undefined;
  /** Other sets that the same measurement allows, the most probable first. */
  readonly alternatives?:
    | readonly { readonly phases: readonly PhaseName[]; readonly probability: number }[]
    | undefined;
  /** What a pattern says of each reference's fraction of the atoms, of phases that it does not name too. */
  readonly estimates?: Readonly<Record<PhaseName, PhaseEstimate>> | undefined;
  /** The kind of raw observation that the daemon read it from; absent: the instrument says so itself. */
  readonly readFrom?: "pattern" | undefined;
  /** Lines that no reference explains. */
  readonly unfamiliar?:
    | {
        /** Of the net intensity, 0..1. */
        readonly share: number;
        /** Spacings of the strongest, the highest first. */
        readonly d_A: readonly number[];
        /** Their heights, as shares of the pattern's largest line. */
        readonly heights?: readonly number[] | undefined;
        /** Which of the campaign's unknown phases it is: the daemon's own word, in no message. */
        readonly id?: string | undefined;
      }
    | undefined;
}

/** A phase's fraction of the atoms as one pattern has it. */
export interface PhaseEstimate {
  /** Below 0 where noise points that way. */
  readonly fraction: number;
  /** Standard deviation: how little of it would have been seen. */
  readonly error: number;
  /** Isotropic strain of the cell from its reference's, where the phase is named. */
  readonly strain?: number | undefined;
  /** Where it is not named: signal over noise if its cell were strained, from -strain_max to strain_max in equal steps. */
  readonly moved?: { readonly strain_max: number; readonly signals: readonly number[] } | undefined;
}

/** One measured number. */
export interface ObjectiveObservation {
  readonly kind: "objective";
  readonly sampleId?: string | undefined;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly standardUncertainty?: number | undefined;
  /** Known only to be at most (`below`) or at least (`above`) `value`: beyond what the instrument can tell. */
  readonly bound?: "below" | "above" | undefined;
}

/** A measured curve, values over one axis. */
export interface CurveObservation {
  readonly kind: "curve";
  readonly sampleId?: string | undefined;
  readonly name: string;
  readonly axis: {
    readonly name: string;
    readonly unit: string;
    readonly values: readonly number[];
  };
  readonly values: readonly number[];
  readonly unit: string;
  readonly standardUncertainty?: readonly number[] | undefined;
}

/** A diffraction pattern: what a diffractometer saw before anybody named phases. */
export interface PatternObservation {
  readonly kind: "pattern";
  readonly sampleId?: string | undefined;
  readonly axis: {
    readonly name: "twoTheta" | "Q" | "d";
    readonly unit: "deg" | "1/nm" | "angstrom";
    readonly values: readonly number[];
  };
  /** Of the source; absent: copper's K-alpha for twoTheta, none for Q and d. */
  readonly radiation?:
    | readonly { readonly wavelength_A: number; readonly share: number }[]
    | undefined;
  readonly values: readonly number[];
  /** "1" is any unit. Attenuators are already applied. */
  readonly unit: "counts" | "counts/s" | "1";
  /** Of each point. */
  readonly countingTime_s?: number | undefined;
  /** The instrument's own file. */
  readonly file?: DataReference | undefined;
}

/** Frames of a simulation, by reference. */
export interface TrajectoryObservation {
  readonly kind: "trajectory";
  readonly sampleId?: string | undefined;
  readonly frames: DataReference & { readonly format: string };
}

/** The experiment ended without a measurement that counts: a result too. */
export interface FailureObservation {
  readonly kind: "failure";
  readonly sampleId?: string | undefined;
  readonly reason: string;
}

export type Observation =
  | PhasesObservation
  | ObjectiveObservation
  | CurveObservation
  | PatternObservation
  | TrajectoryObservation
  | FailureObservation;

/** Larger data outside the message. */
export interface DataReference {
  readonly uri: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** The label of a set of phases, independent of their order: `["hcp", "fcc"]` -> `"fcc+hcp"`. */
export function phaseSetLabel(phases: readonly PhaseName[]): string {
  return [...new Set(phases)].sort().join("+");
}

/** The probability of each phase: the sum over the sets that hold it. */
export function presencesOf({
  phases,
  confidence = 1,
  alternatives = [],
}: PhasesObservation): ReadonlyMap<PhaseName, number> {
  const found = new Map<PhaseName, number>();
  for (const set of [{ phases, probability: confidence }, ...alternatives])
    for (const phase of new Set(set.phases))
      found.set(phase, (found.get(phase) ?? 0) + set.probability);
  return found;
}
