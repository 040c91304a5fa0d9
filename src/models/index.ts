/**
 * `tieline/models`: the models as a library on typed arrays, without daemon or broker. Named exports, no logic; docs/models.md.
 * Pure and deterministic: no clock, no input or output, randomness from seeds.
 */
export { LabError } from "../core/errors.ts";
export { createPrng, type Prng } from "../core/prng.ts";

// Spin models: forward calculations and couplings from measured curves.
export { estimateModel, type ModelEstimate } from "./effective-model/estimate/estimate.ts";
export {
  type EstimateSummary,
  summariseEstimate,
} from "./effective-model/estimate/estimate-summary.ts";
export {
  type EstimationSpec,
  readEstimationSpec,
} from "./effective-model/estimate/estimation-spec.ts";
export { solveForward } from "./effective-model/forward/forward.ts";
export type { ForwardResult } from "./effective-model/forward/forward-result.ts";
export { type ForwardSpec, readForwardSpec } from "./effective-model/forward/forward-spec.ts";

// Gaussian processes, and what is made of their predictions.
export { hypervolume, paretoIndices } from "./optimise/acquisition/pareto.ts";
export {
  type FittedProcess,
  fitProcess,
  type ProcessData,
  type ProcessOptions,
} from "./optimise/fitted-process.ts";

// Maps of phases.
export type {
  MapGeometry,
  MapPrediction,
  MapStatus,
  SuspiciousEvidence,
} from "./phase-diagram/map-model.ts";
export {
  createPhaseMap,
  type MapPlaces,
  type MeasuredEnd,
  type MeasuredPhases,
  type NextPlace,
  type NextPlacesOptions,
  type PhaseMap,
  type PhaseMapOptions,
} from "./phase-diagram/phase-map.ts";

// Kinds of atoms: LAAF descriptors, TS-LPP classifiers.
export type { AtomBox } from "./structure/atom-box.ts";
export {
  type ClassifiedAtoms,
  classifyDescriptors,
  type PreparedCentre,
  prepareCentre,
} from "./structure/classify-descriptors.ts";
export { automaticRadii, firstNeighbourDistance } from "./structure/first-neighbour.ts";
export { describeAtoms, descriptorLength, etaGrid, type LaafSettings } from "./structure/laaf.ts";
export type { CentreModel } from "./structure/structure-model.ts";
export { type TrainedCentre, type TrainingOptions, trainCentre } from "./structure/train-centre.ts";
export type { TrainingAtoms } from "./structure/training-draws.ts";
