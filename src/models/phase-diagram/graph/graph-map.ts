import { impliedLabels, isInside } from "../coexistence-rule.ts";
import type {
  MapGeometry,
  MapModel,
  MapPrediction,
  PhaseEvidence,
  ScaledGrid,
  SuspiciousEvidence,
} from "../map-model.ts";
import { applyPhaseRule, presentComponents } from "../phase-rule.ts";
import { bringNearer, chooseFromGraph } from "./graph-ranking.ts";
import { createGridLevels, type GridLevels } from "./grid-levels.ts";
import { inferBetween } from "./inferred-labels.ts";
import { createEvidenceBook, type EvidenceBook } from "./label-shares.ts";
import { createMapNetwork, type MapNetwork } from "./map-network.ts";
import { assessMap } from "./map-status.ts";
import type { PhaseDiversityName, PhaseScoreName } from "./phase-batch.ts";
import { findSuspicious } from "./suspicious-results.ts";

export interface GraphMapOptions {
  readonly field: "harmonic" | "spreading";
  readonly score: PhaseScoreName;
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
}

/** What the parts of a graph map share. */
export interface GraphMapState {
  readonly grid: ScaledGrid;
  readonly options: GraphMapOptions;
  readonly book: EvidenceBook;
  readonly network: MapNetwork;
  /** Candidates that were asked for, by result. */
  readonly tried: ReadonlyMap<number, number>;
  /** Components present at each candidate, as bits. */
  readonly present: Int32Array;
  predict(): MapPrediction;
  /** Squared distance of each candidate to the nearest result. */
  distance2(): Float64Array;
  suspicious(): readonly SuspiciousEvidence[];
  /** Levels of the grid, where it is refined near boundaries only. */
  readonly levels?: GridLevels | undefined;
}

/** The map by label propagation or spreading on the graph of the candidates. */
export function createGraphMap(grid: ScaledGrid, options: GraphMapOptions): MapModel {
  const book = createEvidenceBook();
  const tried = new Map<number, number>();
  const network = createMapNetwork(grid, options);
  const present = presentComponents(
    grid.values,
    grid.axes.length,
    grid.components,
    grid.wholeAmount,
  );
  let prediction: MapPrediction | undefined;
  const predict = (): MapPrediction => {
    prediction ??= readMap(state);
    return prediction;
  };
  let doubted: readonly SuspiciousEvidence[] | undefined;
  const suspicious = (): readonly SuspiciousEvidence[] => {
    predict();
    doubted ??= findSuspicious(state);
    return doubted;
  };
  const reach = createReach(grid, book, network);
  const state: GraphMapState = {
    grid,
    options,
    book,
    network,
    tried,
    present,
    predict,
    distance2: reach.distance2,
    suspicious,
    levels: levelsOf(grid, options),
  };
  const forgetConclusions = (): void => {
    prediction = undefined;
    doubted = undefined;
  };

  return {
    observe: (evidence) => {
      const node = evidence.at === undefined ? evidence.candidate : network.nodeAt(evidence.at);
      network.touch(node, book.add(node, evidence));
      reach.add(node);
      if (evidence.candidate >= 0) tried.set(evidence.id, evidence.candidate);
      if (options.usesPhaseRule && evidence.phases.length > 1) network.separateFaces();
      if (options.usesMidpoints) {
        deriveLabels(state, evidence);
        inferBetween(state, node, evidence);
      }
      forgetConclusions();
    },
    forget: (id) => {
      tried.delete(id);
      if (!book.remove(id)) return;
      network.touch(-1, false);
      reach.forget();
      forgetConclusions();
    },
    predict,
    rank: (request) => chooseFromGraph(state, request),
    status: () => ({
      ...assessMap(predict(), book, grid.count),
      warnings: phaseRuleWarnings(state),
      suspicious: suspicious(),
    }),
    geometry: () => geometryOf(book),
  };
}

function levelsOf(grid: ScaledGrid, options: GraphMapOptions): GridLevels | undefined {
  const { refineFrom_steps } = options;
  return refineFrom_steps === undefined ? undefined : createGridLevels(grid, refineFrom_steps);
}

/** Squared distance of each candidate to the nearest result, kept from one proposal to the next. */
function createReach(grid: ScaledGrid, book: EvidenceBook, network: MapNetwork) {
  let nearest: Float64Array | undefined;
  const bring = (known: Float64Array, node: number): void =>
    bringNearer(known, grid.points, grid.dimension, network.place(node));
  return {
    distance2: (): Float64Array => {
      if (nearest !== undefined) return nearest;
      const fresh = new Float64Array(grid.count).fill(Number.POSITIVE_INFINITY);
      for (const { node } of book.entries.values()) bring(fresh, node);
      nearest = fresh;
      return fresh;
    },
    add: (node: number): void => {
      if (nearest !== undefined) bring(nearest, node);
    },
    forget: (): void => {
      nearest = undefined;
    },
  };
}

function readMap({ grid, options, book, network, present }: GraphMapState): MapPrediction {
  const raw = network.columns(book);
  const probabilities =
    options.usesPhaseRule && grid.components.length > 0
      ? applyPhaseRule(raw, book.labels, present, grid.components.length)
      : raw.map((column) => column.subarray(0, grid.count));
  const label = new Int32Array(grid.count).fill(-1);
  const certainty = new Float64Array(grid.count);
  for (const [k, column] of probabilities.entries()) {
    for (let i = 0; i < grid.count; i++) {
      // Labels found earlier win ties that rounding would decide otherwise.
      if (column[i]! > certainty[i]! + 1e-9) {
        certainty[i] = column[i]!;
        label[i] = k;
      }
    }
  }
  return { labels: [...book.labels], label, certainty, probabilities };
}

/** Derived nodes closer than this to one of the same label are that one, grid steps. */
const MERGE_steps = 0.5;
/** An end of a tie-line this close to a candidate is its composition; farther off the candidate has other phases, as a rule. */
const SAME_PLACE_steps = 0.02;

function deriveLabels(state: GraphMapState, evidence: PhaseEvidence): void {
  const { grid, book, network } = state;
  const ends = evidence.ends;
  if (ends === undefined || ends.length < 2 || grid.components.length !== grid.axes.length) return;
  for (const { composition, phases } of impliedLabels(ends)) {
    const at = Float64Array.from(composition, (x) => x * grid.wholeAmount);
    if (hasSameNearby(state, at, phases.join("+"))) continue;
    const node = network.nodeAt(at, SAME_PLACE_steps);
    network.touch(node, book.derive(node, phases, evidence.id));
  }
  if (ends.length !== 3) return;
  const corners = ends.map((end) => end.composition);
  const width = grid.axes.length;
  for (let i = 0; i < grid.count; i++) {
    const composition = Array.from(
      grid.values.subarray(i * width, (i + 1) * width),
      (x) => x / grid.wholeAmount,
    );
    if (book.measuredAt(i).length > 0 || !isInside(composition, corners, -1e-6)) continue;
    network.touch(i, book.derive(i, evidence.phases, evidence.id));
  }
}

function hasSameNearby(
  { grid, book, network }: GraphMapState,
  at: Float64Array,
  label: string,
): boolean {
  const wanted = book.labels.indexOf(label);
  if (wanted < 0) return false;
  const point = network.placeRaw(at);
  for (const [node, { shares }] of book.nodes()) {
    if (shares[0]?.label !== wanted) continue;
    const other = network.place(node);
    let d2 = 0;
    for (let k = 0; k < grid.dimension; k++) d2 += (other[k]! - point[k]!) ** 2;
    if (d2 < MERGE_steps * MERGE_steps) return true;
  }
  return false;
}

/** More phases than components present cannot be in equilibrium at fixed temperature and pressure. */
function phaseRuleWarnings({ grid, book, network }: GraphMapState): string[] {
  const components = grid.components.length;
  if (components === 0) return [];
  return [...book.entries.values()].flatMap(({ node, evidence }) => {
    const values = network.valuesOf(node);
    const there = grid.components.filter((k) => values[k]! > 1e-6 * grid.wholeAmount);
    if (evidence.phases.length <= Math.max(1, there.length)) return [];
    const names = there.map((k) => grid.axes[k]).join(", ");
    const what = `${evidence.phases.join("+")} is ${evidence.phases.length} phases of the components ${names}`;
    return [`${what}: out of equilibrium, or a wrong identification.`];
  });
}

function geometryOf(book: EvidenceBook): MapGeometry {
  const tieLines: MapGeometry["tieLines"][number][] = [];
  const triangles: MapGeometry["triangles"][number][] = [];
  for (const { evidence } of book.entries.values()) {
    const [a, b, c] = evidence.ends ?? [];
    if (a === undefined || b === undefined) continue;
    const from = evidence.id;
    if (c === undefined) {
      tieLines.push({ phases: [a.phase, b.phase], ends: [a.composition, b.composition], from });
    } else {
      triangles.push({
        phases: [a.phase, b.phase, c.phase],
        corners: [a.composition, b.composition, c.composition],
        from,
        proved: true,
      });
    }
  }
  return { tieLines, triangles };
}
