import type { ClassFamiliarity } from "./familiarity.ts";
import type { Standardisation } from "./standardise.ts";

/** One TS-LPP fit to one draw of the training atoms: everything that a new atom needs. */
export interface ProjectionMember {
  readonly standardisation: Standardisation;
  /** Descriptor length x components. */
  readonly map: Float64Array;
  readonly components: number;
  readonly dimension: number;
  /** Training atoms in the final space, rows x components, with their classes. */
  readonly coordinates: Float64Array;
  readonly labels: Int32Array;
  readonly crossValidation: number | undefined;
}

/** The model of one species of centre atom. */
export interface CentreModel {
  readonly species: string;
  readonly members: readonly ProjectionMember[];
  readonly familiarity: readonly ClassFamiliarity[];
  /** Standardisation that the familiarity's maps take. */
  readonly standardisation: Standardisation;
  /**
   * First principal components of the standardised training descriptors, descriptor length x 2: a plain linear measure of
   * order, by which interfaces are placed. Absent in models of earlier versions.
   */
  readonly principal?: Float64Array | undefined;
  /** Descriptors and coordinates by which a reader checks that the file reproduces its projection. */
  readonly probes: { readonly descriptors: Float64Array; readonly coordinates: Float64Array };
}

/** How descriptors are made from frames; absent in a model trained on descriptors made elsewhere. */
export interface DescriptorRecipe {
  readonly cutoff_A: number;
  readonly average_A: number;
  readonly etas: number;
  readonly averageOver: "same-species" | "all";
}

/** A trained classifier of atoms. */
export interface StructureModel {
  /** Neighbour species in the order of the descriptor's blocks. */
  readonly species: readonly string[];
  readonly descriptor: DescriptorRecipe | undefined;
  readonly classes: readonly string[];
  /** False where the classes are clusters that nobody has named. */
  readonly labelled: boolean;
  readonly voters: number;
  readonly centres: readonly CentreModel[];
}
