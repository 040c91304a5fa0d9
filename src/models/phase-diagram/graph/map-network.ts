import type { ScaledGrid } from "../map-model.ts";
import { presentComponents } from "../phase-rule.ts";
import type { ColumnShelf } from "./column-shelf.ts";
import { createHarmonicField } from "./harmonic-field.ts";
import {
  BANDWIDTH_steps,
  buildCompleteGraph,
  buildKernelGraph,
  CUT_steps,
  FACE_COUPLING,
  type KernelGraph,
} from "./kernel-graph.ts";
import type { LabelField, NodeEvidence } from "./label-field.ts";
import { createProcessField } from "./process-field.ts";
import { type PublishedPlaces, publishedPlaces } from "./published-kernel.ts";
import { createSpreadingField } from "./spreading-field.ts";

export interface NetworkOptions {
  readonly field: "harmonic" | "spreading" | "process";
  /** Results times candidates beyond which the graph takes the process's place; absent: none. */
  readonly processCells_max?: number | undefined;
  /** Where a process keeps its columns for the next map on the same candidates. */
  readonly shelf?: ColumnShelf | undefined;
  /** Width of the kernel exp(-gamma z^2) on z-scored axes; absent: tied to the grid's step. */
  readonly gamma?: number | undefined;
  /** False for the published methods, whose kernel of given gamma measures in the published coordinates. */
  readonly usesPhaseRule: boolean;
}

/** The graph of candidates and of results off the grid, with a label field on it that follows the evidence. */
export interface MapNetwork {
  /** The node at a raw place: a candidate or an earlier node within a share of a step (a quarter where not said), else a new one. */
  nodeAt(at: Float64Array, snap_steps?: number): number;
  /** The candidate within half a step of a raw place, -1 where there is none. */
  candidateAt(at: Float64Array): number;
  /** Isometric coordinates of a node. */
  place(node: number): Float64Array;
  /** Isometric coordinates of a raw place. */
  placeRaw(at: Float64Array): Float64Array;
  /** Raw axis values of a node. */
  valuesOf(node: number): Float64Array;
  /** Says that a node's evidence is new (it had none) or has changed. */
  touch(node: number, isNew: boolean): void;
  /** Treats faces of the composition simplex as diagrams of their own, from now on. */
  separateFaces(): void;
  columns(evidence: EvidenceSource): readonly Float64Array[];
  /** The field that these results are read by. */
  fieldFor(evidence: EvidenceSource): NetworkOptions["field"];
  leaveOut(node: number): Float64Array | undefined;
  /** How far each node follows a change at a free one. */
  respond(node: number): Float64Array | undefined;
}

/** Where the network reads the evidence from. */
export interface EvidenceSource {
  at(node: number): NodeEvidence | undefined;
  nodes(): ReadonlyMap<number, NodeEvidence>;
  readonly size: number;
}

/** A measured composition this close to a candidate is that candidate's, grid steps. */
const SNAP_steps = 0.25;
/** A point in flight this close to a candidate will be a result of it, grid steps. */
const SAME_PLACE_steps = 0.5;
/** So many new nodes at once are cheaper by a fresh solve of all labels. */
const WAITING_max = 60;
/** Weights below this share of the largest are left out of a kernel of given gamma. */
const GAMMA_WEIGHT_min = 1e-9;
/** Up to so many nodes a published kernel joins every pair: candidates of real tables are scattered, and may all be far apart. */
const COMPLETE_max = 400;

export function createMapNetwork(grid: ScaledGrid, options: NetworkOptions): MapNetwork {
  const extra: ExtraPlace[] = [];
  let field: LabelField | undefined;
  let waiting: number[] = [];
  let isGraphOld = false;
  let hasFaces = false;
  let needsReset = false;
  let kind = options.field;

  const settle = (evidence: EvidenceSource): LabelField => {
    const wanted = fieldFor(evidence, grid, options);
    if (field === undefined || isGraphOld || wanted !== kind) {
      kind = wanted;
      field = createField(grid, extra, { ...options, field: kind }, hasFaces);
      needsReset = true;
    }
    if (needsReset || waiting.length > WAITING_max) field.reset(evidence.nodes());
    else {
      for (const node of waiting) {
        const item = evidence.at(node);
        if (item !== undefined) field.place(node, item);
      }
    }
    waiting = [];
    isGraphOld = false;
    needsReset = false;
    return field;
  };

  const placeRaw = (at: Float64Array): Float64Array => {
    const point = new Float64Array(grid.dimension);
    grid.scaling.place(at, point, 0);
    return point;
  };

  return {
    placeRaw,
    candidateAt: (at) => candidateNear(grid, placeRaw(at)),
    place: (node) =>
      node < grid.count
        ? grid.points.subarray(node * grid.dimension, (node + 1) * grid.dimension)
        : (extra[node - grid.count]?.point ?? new Float64Array(grid.dimension)),
    valuesOf: (node) =>
      node < grid.count
        ? grid.values.subarray(node * grid.axes.length, (node + 1) * grid.axes.length)
        : (extra[node - grid.count]?.values ?? new Float64Array(grid.axes.length)),
    nodeAt: (at, snap_steps = SNAP_steps) => {
      const point = placeRaw(at);
      const others = extra.map((item) => item.point);
      const near = nearestNode(grid, others, point);
      if (near.distance <= snap_steps * Math.min(...grid.scaling.steps)) return near.node;
      extra.push({ point, values: at });
      isGraphOld = true;
      return grid.count + extra.length - 1;
    },
    touch: (node, isNew) => {
      if (isNew) waiting.push(node);
      else needsReset = true;
    },
    separateFaces: () => {
      if (hasFaces || grid.components.length === 0) return;
      hasFaces = true;
      isGraphOld = true;
    },
    columns: (evidence) => settle(evidence).columns(),
    fieldFor: (evidence) => fieldFor(evidence, grid, options),
    leaveOut: (node) => field?.leaveOut(node),
    respond: (node) => field?.respond(node),
  };
}

function fieldFor(
  { size }: EvidenceSource,
  { count }: ScaledGrid,
  { field, processCells_max = Number.POSITIVE_INFINITY }: NetworkOptions,
): NetworkOptions["field"] {
  return field === "process" && size * count > processCells_max ? "harmonic" : field;
}

/** A place off the grid. */
interface ExtraPlace {
  readonly point: Float64Array;
  readonly values: Float64Array;
}

function createField(
  grid: ScaledGrid,
  extra: readonly ExtraPlace[],
  options: NetworkOptions,
  hasFaces: boolean,
): LabelField {
  const points = extra.length === 0 ? grid.points : withPlaces(grid, extra);
  if (options.field === "process") {
    const faces = hasFaces ? facesOf(grid, extra) : undefined;
    const shelf = extra.length === 0 ? options.shelf : undefined;
    return createProcessField({ points, dimension: grid.dimension, faces }, shelf);
  }
  const graph = buildGraph(grid, points, extra, options, hasFaces);
  return options.field === "harmonic" ? createHarmonicField(graph) : createSpreadingField(graph);
}

function withPlaces(grid: ScaledGrid, extra: readonly ExtraPlace[]): Float64Array {
  const points = new Float64Array(grid.points.length + extra.length * grid.dimension);
  points.set(grid.points);
  for (const [k, { point }] of extra.entries()) {
    points.set(point, grid.points.length + k * grid.dimension);
  }
  return points;
}

function buildGraph(
  grid: ScaledGrid,
  points: Float64Array,
  extra: readonly ExtraPlace[],
  options: NetworkOptions,
  hasFaces: boolean,
): KernelGraph {
  const { gamma } = options;
  if (gamma !== undefined && !options.usesPhaseRule) {
    const others = extra.map(({ values }) => values);
    return buildPublishedGraph(publishedPlaces(grid, others), gamma);
  }
  if (gamma !== undefined) {
    const bandwidth = 1 / Math.sqrt(2 * gamma) / grid.scaling.unit_z;
    const cut = bandwidth * Math.sqrt(-2 * Math.log(GAMMA_WEIGHT_min));
    return buildKernelGraph(points, grid.dimension, { bandwidth, cut });
  }
  const { steps } = grid.scaling;
  return buildKernelGraph(inGridSteps(points, steps), grid.dimension, {
    bandwidth: BANDWIDTH_steps,
    cut: CUT_steps,
    stretch: steps.every((step) => step === steps[0]) ? undefined : steps,
    coupling: hasFaces ? faceCoupling(facesOf(grid, extra)) : undefined,
  });
}

function buildPublishedGraph({ points, dimension }: PublishedPlaces, gamma: number): KernelGraph {
  if (points.length / dimension <= COMPLETE_max)
    return buildCompleteGraph(points, dimension, gamma);
  const bandwidth = 1 / Math.sqrt(2 * gamma);
  const cut = bandwidth * Math.sqrt(-2 * Math.log(GAMMA_WEIGHT_min));
  return buildKernelGraph(points, dimension, { bandwidth, cut });
}

/** Coordinates in which one unit is one grid step along every axis. */
function inGridSteps(points: Float64Array, steps: readonly number[]): Float64Array {
  const inSteps = points.slice();
  for (let i = 0; i < points.length; i += steps.length)
    for (let k = 0; k < steps.length; k++) inSteps[i + k] = points[i + k]! / steps[k]!;
  return inSteps;
}

function faceCoupling(faces: Int32Array): (i: number, j: number) => number {
  return (i, j) => (faces[i] === faces[j] ? 1 : FACE_COUPLING);
}

/** The face of the composition simplex of every node, as the components present. */
function facesOf(grid: ScaledGrid, extra: readonly ExtraPlace[]): Int32Array {
  const width = grid.axes.length;
  const values = new Float64Array(grid.values.length + extra.length * width);
  values.set(grid.values);
  for (const [k, item] of extra.entries()) values.set(item.values, grid.values.length + k * width);
  return presentComponents(values, width, grid.components, grid.wholeAmount);
}

function candidateNear(grid: ScaledGrid, point: Float64Array): number {
  const { node, distance } = nearestNode(grid, [], point);
  return distance <= SAME_PLACE_steps * Math.min(...grid.scaling.steps) ? node : -1;
}

function nearestNode(
  grid: ScaledGrid,
  extra: readonly Float64Array[],
  point: Float64Array,
): { node: number; distance: number } {
  let node = -1;
  let best = Number.POSITIVE_INFINITY;
  const offer = (candidate: number, other: Float64Array, offset: number): void => {
    let d2 = 0;
    for (let k = 0; k < grid.dimension; k++) d2 += (other[offset + k]! - point[k]!) ** 2;
    if (d2 < best) {
      best = d2;
      node = candidate;
    }
  };
  for (let i = 0; i < grid.count; i++) offer(i, grid.points, i * grid.dimension);
  for (const [k, other] of extra.entries()) offer(grid.count + k, other, 0);
  return { node, distance: Math.sqrt(best) };
}
