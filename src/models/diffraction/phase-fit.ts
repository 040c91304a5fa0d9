import { Scratch } from "../../numeric/scratch.ts";
import type { PhaseLibrary } from "./phase-library.ts";
import type { PhaseProfile, PhaseShape, SampleShape } from "./phase-profile.ts";
import type { PreparedPattern } from "./prepared-pattern.ts";

/** One phase within a fit. */
export interface FittedPhase {
  readonly card: number;
  /** Net height of the card's strongest line, about. */
  readonly scale: number;
  readonly shape: PhaseShape;
}

/** A pattern as a sum of phases. */
export interface PhaseFit {
  readonly phases: readonly FittedPhase[];
  readonly sample: SampleShape;
  readonly model: Float64Array;
  readonly profiles: readonly PhaseProfile[];
  /** Weighted squares and priors. */
  readonly objective: number;
  /** -2 ln prior of shapes and sample. */
  readonly penalty: number;
}

/** Share of a height by which a model may be off: squares are divided by plain + (RELATIVE max(net, model))^2, so that texture is no misfit. */
export const RELATIVE = 0.2;
/** The same of the pattern's largest line. */
const FLOOR = 0.005;

/** What a fit needs. */
export interface FitContext {
  readonly pattern: PreparedPattern;
  readonly library: PhaseLibrary;
  /** Variance of each bin without a line: noise and floor. */
  readonly plain: Float64Array;
  /** For the derivatives of one step. */
  readonly scratch: Scratch;
}

/** The context of one pattern. */
export function fitContext(pattern: PreparedPattern, library: PhaseLibrary): FitContext {
  const plain = pattern.sigma.map((s) => s * s + FLOOR * FLOOR);
  return { pattern, library, plain, scratch: new Scratch() };
}
