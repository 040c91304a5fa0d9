import {
  argmax,
  type ChosenPoint,
  chooseBatch,
  type PhaseDiversityName,
  type PhaseScoreName,
} from "../acquisition/phase-batch.ts";
import { fillSpace } from "../acquisition/space-filling.ts";
import { createPrng, hash32 } from "../core/prng.ts";
import { createHarmonicField } from "../models/phase-diagram/harmonic-field.ts";
import {
  BANDWIDTH_steps,
  buildKernelGraph,
  cutOf,
  type KernelGraph,
} from "../models/phase-diagram/kernel-graph.ts";
import type { LabelField } from "../models/phase-diagram/label-field.ts";
import type {
  MapModel,
  MapPrediction,
  PhaseEvidence,
  RankedPoint,
  RankRequest,
} from "../models/phase-diagram/map-model.ts";
import { createSpreadingField } from "../models/phase-diagram/spreading-field.ts";
import { createEvidenceBook, type EvidenceBook } from "./evidence-book.ts";
import { explainChoice } from "./map-explanation.ts";
import type { OrderedGrid } from "./map-grid.ts";
import { assessMap } from "./map-status.ts";

export interface GraphMapOptions {
  readonly field: "harmonic" | "spreading";
  readonly score: PhaseScoreName;
  readonly diversity: PhaseDiversityName;
  /** Space-filling points before the map chooses. */
  readonly initial: number;
}

/** A measured composition this close to a candidate is that candidate's, grid steps. */
const SNAP_steps = 0.25;

/** The map by label propagation or spreading on the graph of the candidates, plus nodes for results off the grid. */
export function createGraphMap(grid: OrderedGrid, options: GraphMapOptions): MapModel {
  const book = createEvidenceBook();
  const tried = new Map<number, number>();
  const network = createNetwork(grid, options.field);
  let prediction: MapPrediction | undefined;

  return {
    observe: (evidence) => {
      const node = network.nodeOf(evidence);
      const isNew = book.add(node, evidence);
      if (evidence.candidate >= 0) tried.set(evidence.id, evidence.candidate);
      network.learn(node, book, isNew);
      prediction = undefined;
    },
    forget: (id) => {
      tried.delete(id);
      if (!book.remove(id)) return;
      network.restart();
      prediction = undefined;
    },
    predict: () => {
      prediction ??= readMap(grid.count, book.labels, network.columns(book));
      return prediction;
    },
    rank: (request) =>
      rankPoints({ grid, options, book, network, request, tried: new Set(tried.values()) }),
    status: () => {
      prediction ??= readMap(grid.count, book.labels, network.columns(book));
      return assessMap(prediction, book, grid.count);
    },
    geometry: () => ({ tieLines: [], triangles: [] }),
  };
}

/** The graph with its field; results off the grid become further nodes. */
interface Network {
  nodeOf(evidence: PhaseEvidence): number;
  learn(node: number, book: EvidenceBook, isNew: boolean): void;
  restart(): void;
  columns(book: EvidenceBook): readonly Float64Array[];
  /** Coordinates of a node. */
  place(node: number): Float64Array;
  placeRaw(at: Float64Array): Float64Array;
}

function createNetwork(grid: OrderedGrid, kind: GraphMapOptions["field"]): Network {
  const extra: Float64Array[] = [];
  let field: LabelField | undefined;
  // Results wait here until the map is asked for: many at once are cheaper than one by one.
  let waiting: number[] = [];
  let isStale = true;
  const place = (node: number): Float64Array =>
    node < grid.count
      ? grid.points.subarray(node * grid.dimension, (node + 1) * grid.dimension)
      : extra[node - grid.count]!;
  const placeRaw = (at: Float64Array): Float64Array => {
    const point = new Float64Array(grid.dimension);
    grid.scaling.place(at, point, 0);
    return point;
  };
  const settle = (book: EvidenceBook): LabelField => {
    if (field === undefined || isStale || waiting.length > 40 + book.labels.length) {
      if (field === undefined || isStale) {
        const graph = graphOf(grid, extra);
        field = kind === "harmonic" ? createHarmonicField(graph) : createSpreadingField(graph);
      }
      field.reset(book.nodes());
    } else {
      for (const node of waiting) {
        const evidence = book.at(node);
        if (evidence !== undefined) field.place(node, evidence);
      }
    }
    waiting = [];
    isStale = false;
    return field;
  };
  return {
    place,
    placeRaw,
    nodeOf: (evidence) => {
      if (evidence.at === undefined) return evidence.candidate;
      const point = placeRaw(evidence.at);
      const near = nearestNode(grid, extra, point);
      if (near.distance <= SNAP_steps) return near.node;
      extra.push(point);
      isStale = true;
      return grid.count + extra.length - 1;
    },
    learn: (node, _book, isNew) => {
      if (isNew) waiting.push(node);
      else field = undefined;
    },
    restart: () => {
      field = undefined;
    },
    columns: (book) => settle(book).columns(),
  };
}

function graphOf(grid: OrderedGrid, extra: readonly Float64Array[]): KernelGraph {
  const points = new Float64Array(grid.points.length + extra.length * grid.dimension);
  points.set(grid.points);
  for (const [k, point] of extra.entries()) {
    points.set(point, grid.points.length + k * grid.dimension);
  }
  return buildKernelGraph(points, grid.dimension, {
    bandwidth: BANDWIDTH_steps,
    cut: cutOf(grid.dimension),
  });
}

function nearestNode(
  grid: OrderedGrid,
  extra: readonly Float64Array[],
  point: Float64Array,
): { node: number; distance: number } {
  let best = { node: -1, distance: Number.POSITIVE_INFINITY };
  const offer = (node: number, other: Float64Array, offset: number): void => {
    let d2 = 0;
    for (let k = 0; k < grid.dimension; k++) d2 += (other[offset + k]! - point[k]!) ** 2;
    if (d2 < best.distance * best.distance) best = { node, distance: Math.sqrt(d2) };
  };
  for (let i = 0; i < grid.count; i++) offer(i, grid.points, i * grid.dimension);
  for (const [k, other] of extra.entries()) offer(grid.count + k, other, 0);
  return best;
}

function readMap(
  count: number,
  labels: readonly string[],
  columns: readonly Float64Array[],
): MapPrediction {
  const label = new Int32Array(count).fill(-1);
  const certainty = new Float64Array(count);
  const probabilities = columns.map((column) => column.subarray(0, count));
  for (const [k, column] of probabilities.entries()) {
    for (let i = 0; i < count; i++) {
      if (column[i]! > certainty[i]! + 1e-12) {
        certainty[i] = column[i]!;
        label[i] = k;
      }
    }
  }
  return { labels: [...labels], label, certainty, probabilities };
}

interface RankContext {
  readonly grid: OrderedGrid;
  readonly options: GraphMapOptions;
  readonly book: EvidenceBook;
  readonly network: Network;
  readonly request: RankRequest;
  readonly tried: ReadonlySet<number>;
}

function rankPoints(context: RankContext): RankedPoint[] {
  const { grid, options, book, network, request } = context;
  const free = new Uint8Array(grid.count).fill(1);
  for (const candidate of context.tried) free[candidate] = 0;
  for (const candidate of request.pending) free[candidate] = 0;
  for (const candidate of request.excluded) free[candidate] = 0;
  for (const { node } of book.entries.values()) if (node < grid.count) free[node] = 0;
  const inFlight = request.pending.length + request.pendingElsewhere.length;
  const known = new Set([...book.entries.values()].map((entry) => entry.label)).size;
  const started = book.entries.size + inFlight;
  const missing = known < 2 ? request.count : Math.max(0, options.initial - started);
  const first = missing === 0 ? [] : startPoints(context, free, Math.min(missing, request.count));
  for (const { candidate } of first) free[candidate] = 0;
  const pending = [...request.pending, ...first.map((point) => point.candidate)];
  const batch =
    first.length >= request.count
      ? []
      : chooseBatch({
          count: request.count - first.length,
          points: grid.points,
          dimension: grid.dimension,
          columns: network.columns(book).map((column) => column.subarray(0, grid.count)),
          labelCounts: book.counts,
          distance: distanceToResults(context),
          free,
          pending,
          measured: book.entries.size,
          score: options.score,
          diversity: options.diversity,
          tie: tieBreaks(grid, request.seed),
        });
  return [
    ...first.map((point) => explainChoice(point, "start", [], book)),
    ...batch.map((point) => explainChoice(point, options.score, network.columns(book), book)),
  ];
}

function startPoints(context: RankContext, free: Uint8Array, wanted: number): ChosenPoint[] {
  const { grid, options, book, network, request } = context;
  const prng = createPrng(`${request.seed}/start`);
  if (options.score === "random") {
    const tie = tieBreaks(grid, request.seed);
    const open = free.slice();
    const flat = new Float64Array(grid.count);
    return Array.from({ length: wanted }, () => argmax(flat, open, tie)).flatMap((candidate) => {
      if (candidate === undefined) return [];
      open[candidate] = 0;
      return [{ candidate, score: 0, distance: Number.POSITIVE_INFINITY }];
    });
  }
  const occupied = [
    ...[...book.entries.values()].map((entry) => network.place(entry.node)),
    ...request.pending.map((candidate) => network.place(candidate)),
    ...request.pendingElsewhere.map((at) => network.placeRaw(at)),
  ];
  return fillSpace(grid.points, grid.dimension, free, occupied, wanted, prng);
}

/** Distance of each candidate to the nearest result or point in flight off the grid. */
function distanceToResults(context: RankContext): Float64Array {
  const { grid, book, network, request } = context;
  const distance2 = new Float64Array(grid.count).fill(Number.POSITIVE_INFINITY);
  const places = [...new Set([...book.entries.values()].map((entry) => entry.node))].map((node) =>
    network.place(node),
  );
  for (const place of [...places, ...request.pendingElsewhere.map((at) => network.placeRaw(at))]) {
    for (let i = 0; i < grid.count; i++) {
      let d2 = 0;
      for (let k = 0; k < grid.dimension; k++) {
        d2 += (grid.points[i * grid.dimension + k]! - place[k]!) ** 2;
      }
      if (d2 < distance2[i]!) distance2[i] = d2;
    }
  }
  return distance2.map(Math.sqrt);
}

/** One pseudo-random number a candidate, from the seed and the candidate's own values only. */
function tieBreaks(grid: OrderedGrid, seed: string): Uint32Array {
  const width = grid.axes.length;
  const salt = hash32(seed);
  const tie = new Uint32Array(grid.count);
  const bytes = new Float32Array(1);
  const bits = new Uint32Array(bytes.buffer);
  for (let i = 0; i < grid.count; i++) {
    let h = salt;
    for (let k = 0; k < width; k++) {
      bytes[0] = grid.values[i * width + k]!;
      h = Math.imul(h ^ bits[0]!, 0x85ebca6b);
      h ^= h >>> 13;
    }
    h = Math.imul(h ^ (h >>> 16), 0xc2b2ae35);
    tie[i] = (h ^ (h >>> 15)) >>> 0;
  }
  return tie;
}
