import { Ledger } from "../evidence/ledger.ts";
import { capCertainty } from "../evidence/map-figures.ts";
import { labelOf } from "../evidence/phase-names.ts";
import { geometryOf } from "../evidence/result-geometry.ts";
import {
  compareIds,
  type Hyperparameters,
  type MapModel,
  type MapPrediction,
  type PhaseEvidence,
  type ScaledGrid,
  type SuspiciousEvidence,
} from "../map-model.ts";
import { applyPhaseRule, presentComponents } from "../phase-rule.ts";
import { bringNearer } from "./bring-nearer.ts";
import { deriveLabels } from "./derived-labels.ts";
import { describeDoubts, ownDoubts, wishesOf } from "./graph-doubts.ts";
import { chooseFromGraph } from "./graph-ranking.ts";
import type { GraphMapOptions, GraphMapState, GraphResult } from "./graph-state.ts";
import { createGridLevels, type GridLevels } from "./grid-levels.ts";
import { inferBetween } from "./inferred-labels.ts";
import { createEvidenceBook, type EvidenceBook } from "./label-shares.ts";
import { createMapNetwork, type MapNetwork } from "./map-network.ts";
import { assessMap } from "./map-status.ts";
import { findSuspicious } from "./suspicious-results.ts";

/** The map by label propagation or spreading on the graph of the candidates. */
export function createGraphMap(grid: ScaledGrid, options: GraphMapOptions): MapModel {
  const present = presentComponents(
    grid.values,
    grid.axes.length,
    grid.components,
    grid.wholeAmount,
  );
  const levels = levelsOf(grid, options);
  const begin = (): GrowingMap => createGrowingMap({ grid, options, present, levels });
  let map = begin();
  /** Learns everything from the beginning, in the order of the ids: as if nothing else had ever been. */
  const startAgain = (evidence: readonly PhaseEvidence[]): void => {
    map = begin();
    for (const item of [...evidence].sort((a, b) => compareIds(a.id, b.id)))
      map.state.ledger.add(item);
    for (const owner of map.state.ledger.owners()) map.enter(owner);
  };
  const learnt = (): PhaseEvidence[] => {
    const { ledger } = map.state;
    return ledger.owners().map((owner) => ledger.evidence(owner));
  };

  return {
    observe: (evidence) => {
      const { ledger } = map.state;
      const isLatest = !ledger.has(evidence.id) && ledger.add(evidence);
      const owner = ledger.owners().at(-1)!;
      if (isLatest && !map.changesOthers(owner)) map.enter(owner);
      else startAgain(learnt());
    },
    forget: (id) => {
      if (map.state.ledger.remove(id)) startAgain(learnt());
    },
    predict: () => map.state.predict(),
    rank: (request) => chooseFromGraph(map.state, request),
    status: () => ({
      observations: map.state.ledger.observations,
      ...assessMap({
        ...{ prediction: map.state.predict(), book: map.state.book },
        ...{ count: grid.count, field: fieldOf(map.state) },
      }),
      warnings: [...phaseRuleWarnings(map.state), ...describeDoubts(map.state)],
      suspicious: map.suspicious(),
    }),
    geometry: () =>
      geometryOf(
        [...map.state.book.entries.values()].map(({ evidence: { ends = [], id } }) => ({
          phases: ends.map(({ phase }) => phase),
          ends: ends.map(({ composition }) => composition),
          from: id,
        })),
      ),
    hyperparameters: () => hyperparametersOf(options, fieldOf(map.state)),
  };
}

function fieldOf({ network, book }: GraphMapState): GraphMapOptions["field"] {
  return network.fieldFor(book);
}

function hyperparametersOf(
  { score, diversity, initial, gamma, usesPhaseRule }: GraphMapOptions,
  field: GraphMapOptions["field"],
): Hyperparameters {
  const plain = usesPhaseRule ? "harmonic" : "label-propagation";
  const named = { harmonic: plain, spreading: "label-spreading", process: "gaussian-process" };
  const method = named[field];
  return { method, score: score.name, diversity, initial, gamma };
}

/** A graph map that takes one result after the other. */
interface GrowingMap {
  readonly state: GraphMapState;
  /** Brings a result of the ledger into the field, unless its sample is more likely wrong than right. */
  enter(owner: number): void;
  /** True where a new result lets earlier ones of its sample stand that did not. */
  changesOthers(owner: number): boolean;
  suspicious(): readonly SuspiciousEvidence[];
}

function createGrowingMap(
  parts: Pick<GraphMapState, "grid" | "options" | "present" | "levels">,
): GrowingMap {
  const { grid, options } = parts;
  const book = createEvidenceBook();
  const network = createMapNetwork(grid, options);
  const ledger = new Ledger<GraphResult>((evidence) => ({
    candidate: evidence.at === undefined ? evidence.candidate : network.nodeAt(evidence.at),
    label: labelOf(evidence.phases),
    outOfEquilibrium: false,
    offLever: false,
    evidence,
  }));
  let prediction: MapPrediction | undefined;
  let doubted: readonly SuspiciousEvidence[] | undefined;
  const predict = (): MapPrediction => {
    prediction ??= readMap(state);
    return prediction;
  };
  const suspicious = (): readonly SuspiciousEvidence[] => {
    predict();
    doubted ??= [...ownDoubts(state), ...findSuspicious(state)];
    return doubted;
  };
  const reach = createReach(grid, book, network);
  const state: GraphMapState = {
    ...parts,
    book,
    network,
    ledger,
    predict,
    distance2: reach.distance2,
    wishes: () => wishesOf(state, suspicious()),
  };
  return {
    state,
    suspicious,
    changesOthers: (owner) => {
      const { candidate } = ledger.get(owner);
      const isFirst = book.measuredAt(candidate).length === 0;
      const isAlone = ledger.repeatsOf(owner).length === 1;
      return isFirst && !isAlone && !ledger.isOpen(owner);
    },
    enter: (owner) => {
      prediction = undefined;
      doubted = undefined;
      if (ledger.isOpen(owner)) return;
      const { candidate: node, evidence } = ledger.get(owner);
      network.touch(node, book.add(node, evidence));
      reach.add(node);
      if (options.usesPhaseRule && evidence.phases.length > 1) network.separateFaces();
      if (!options.usesMidpoints) return;
      deriveLabels(state, evidence);
      inferBetween(state, node, evidence);
    },
  };
}

function levelsOf(grid: ScaledGrid, options: GraphMapOptions): GridLevels | undefined {
  const { refineFrom_steps } = options;
  return refineFrom_steps === undefined ? undefined : createGridLevels(grid, refineFrom_steps);
}

/** Squared distance of each candidate to the nearest result, kept from one proposal to the next. */
function createReach(grid: ScaledGrid, book: EvidenceBook, network: MapNetwork) {
  let nearest: Float64Array | undefined;
  const bring = (known: Float64Array, nodes: readonly number[]): void => {
    const places = nodes.map((node) => network.place(node));
    bringNearer(known, grid.points, grid.dimension, places);
  };
  return {
    distance2: (): Float64Array => {
      if (nearest !== undefined) return nearest;
      const fresh = new Float64Array(grid.count).fill(Number.POSITIVE_INFINITY);
      bring(fresh, [...new Set([...book.entries.values()].map(({ node }) => node))]);
      nearest = fresh;
      return fresh;
    },
    add: (node: number): void => {
      if (nearest !== undefined) bring(nearest, [node]);
    },
  };
}

function readMap(state: GraphMapState): MapPrediction {
  const { grid, options, book, network, present } = state;
  const raw = network.columns(book);
  const ruled =
    options.usesPhaseRule && grid.components.length > 0
      ? applyPhaseRule(raw, book.labels, present, grid.components.length)
      : raw.map((column) => column.subarray(0, grid.count));
  const isTold = (candidate: number): boolean => book.measuredAt(candidate).length > 0;
  const probabilities = options.sharpen?.(ruled, book.labels, isTold) ?? ruled;
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
  return soften(state, { labels: [...book.labels], label, certainty, probabilities });
}

/** A doubtful result is not made surer by what its neighbours have from it: at its own place it is as sure as it was said to be. */
function soften({ ledger }: GraphMapState, prediction: MapPrediction): MapPrediction {
  const caps = new Map<string, number>();
  for (const owner of ledger.owners()) {
    const strength = ledger.strengthOf(owner);
    const { candidate, label } = ledger.get(owner);
    if (strength < 1) caps.set(`${candidate} ${label}`, strength);
  }
  if (caps.size === 0) return prediction;
  const { labels, label } = prediction;
  return capCertainty(prediction, (i) => caps.get(`${i} ${labels[label[i]!]}`) ?? 1);
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
