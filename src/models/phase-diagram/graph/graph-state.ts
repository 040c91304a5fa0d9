import type { Ledger } from "../evidence/ledger.ts";
import type { MapResult } from "../evidence/map-result.ts";
import type {
  MapPrediction,
  PhaseEvidence,
  RankedPoint,
  ScaledGrid,
  SharpenLabels,
} from "../map-model.ts";
import type { ColumnShelf } from "./column-shelf.ts";
import type { GridLevels } from "./grid-levels.ts";
import type { EvidenceBook } from "./label-shares.ts";
import type { MapNetwork } from "./map-network.ts";
import type { PhaseDiversityName } from "./phase-batch.ts";
import type { MapScore } from "./scores/map-score.ts";
import { balanced } from "./scores/rarity.ts";

export interface GraphMapOptions {
  readonly field: "harmonic" | "spreading" | "process";
  /** Results times candidates beyond which the graph takes the process's place; absent: none. */
  readonly processCells_max?: number | undefined;
  /** Where a process keeps its columns for the next map on the same candidates. */
  readonly shelf?: ColumnShelf | undefined;
  readonly score: MapScore;
  readonly diversity: PhaseDiversityName;
  /** Space-filling points before the map chooses. */
  readonly initial: number;
  /** Width of the kernel exp(-gamma z^2), z-scored axes; absent: tied to the grid's step. */
  readonly gamma?: number | undefined;
  /** Faces as diagrams of their own, no forbidden number of phases, attention to missing fields. */
  readonly usesPhaseRule: boolean;
  /** Labels implied by tie-lines and triangles enter the graph (the published midpoint rule). */
  readonly usesMidpoints: boolean;
  /** Column that all points of a batch share, as a position in the grid's axes. */
  readonly shared?: number | undefined;
  /** Starts on every n-th value of each axis and refines near boundaries. */
  readonly refineFrom_steps?: number | undefined;
  /** Applied to what the results on the graph say; absent: nothing else is known. */
  readonly sharpen?: SharpenLabels | undefined;
}

/** The product's best, where nothing is asked for. */
export const GRAPH_DEFAULTS = {
  field: "harmonic",
  score: balanced,
  diversity: "local-penalty",
  initial: 8,
  usesPhaseRule: true,
  usesMidpoints: false,
} as const satisfies GraphMapOptions;

/** A result with the node of the graph that it was measured at, as its `candidate`. */
export interface GraphResult extends MapResult {
  readonly evidence: PhaseEvidence;
}

/** What the parts of a graph map share. */
export interface GraphMapState {
  readonly grid: ScaledGrid;
  readonly options: GraphMapOptions;
  readonly book: EvidenceBook;
  readonly network: MapNetwork;
  /** All results; those of samples that are more likely wrong than right are not in the book. */
  readonly ledger: Ledger<GraphResult>;
  /** Components present at each candidate, as bits. */
  readonly present: Int32Array;
  predict(): MapPrediction;
  /** Squared distance of each candidate to the nearest result. */
  distance2(): Float64Array;
  /** Repeats of what is doubted, the most doubtful first. */
  wishes(): readonly RankedPoint[];
  /** Levels of the grid, where it is refined near boundaries only. */
  readonly levels?: GridLevels | undefined;
}
