import { createPrng, hash32 } from "../../../core/prng.ts";
import type { RankedPoint, RankRequest, ScaledGrid } from "../map-model.ts";
import { missingFieldChance } from "../phase-rule.ts";
import { bringNearer } from "./bring-nearer.ts";
import type { GraphMapState } from "./graph-state.ts";
import { explainChoice } from "./map-explanation.ts";
import { argmax, type ChosenPoint, chooseBatch } from "./phase-batch.ts";
import { fillSpace } from "./space-filling.ts";

/** How much a likely missing field raises a score: factor 1 + this x chance. */
const MISSING_FIELD_weight = 2;

/** Chooses the next points: a space-filling start, repeats of doubted results, then by score; one setting a batch if asked. */
export function chooseFromGraph(state: GraphMapState, asked: RankRequest): RankedPoint[] {
  const request = withPlaces(state, asked);
  const free = freeCandidates(state, request);
  const { shared } = state.options;
  if (shared === undefined) return chooseAmong(state, request, free);
  // One furnace setting for the whole batch: the setting whose batch scores best.
  let best: { points: RankedPoint[]; value: number } = { points: [], value: -1 };
  for (const allowed of groupsOf(state.grid, shared, free)) {
    const points = chooseAmong(state, request, allowed);
    const value = points.reduce((sum, point) => sum + Math.max(0, point.score), 0);
    if (value > best.value * (1 + 1e-9) && points.length >= Math.min(best.points.length, 1)) {
      best = { points, value };
    }
  }
  return best.points;
}

/** Points in flight beside a candidate count as that candidate. */
function withPlaces({ network }: GraphMapState, request: RankRequest): RankRequest {
  const places = request.pendingElsewhere.map((row) => network.candidateAt(row));
  return {
    ...request,
    pending: [...request.pending, ...places.filter((i) => i >= 0)],
    pendingElsewhere: request.pendingElsewhere.filter((_, k) => places[k]! < 0),
  };
}

function freeCandidates(state: GraphMapState, request: RankRequest): Uint8Array {
  const { grid, book, ledger, levels } = state;
  const free = new Uint8Array(grid.count).fill(1);
  for (const candidate of ledger.asked()) if (candidate >= 0) free[candidate] = 0;
  for (const candidate of request.pending) free[candidate] = 0;
  for (const candidate of request.excluded) free[candidate] = 0;
  for (const node of book.known()) if (node < grid.count) free[node] = 0;
  return levels === undefined ? free : levels.open(state.predict().label, free);
}

/** The free candidates of each value of an axis, ascending. */
function groupsOf(grid: ScaledGrid, axis: number, free: Uint8Array): Uint8Array[] {
  const groups = new Map<number, Uint8Array>();
  for (let i = 0; i < grid.count; i++) {
    if (free[i] !== 1) continue;
    const value = grid.values[i * grid.axes.length + axis]!;
    let group = groups.get(value);
    if (group === undefined) {
      group = new Uint8Array(grid.count);
      groups.set(value, group);
    }
    group[i] = 1;
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

function chooseAmong(state: GraphMapState, request: RankRequest, free: Uint8Array): RankedPoint[] {
  const { options, book } = state;
  const repeats = options.shared === undefined ? repeatsOf(state, request) : [];
  const wanted = request.count - repeats.length;
  const inFlight = request.pending.length + request.pendingElsewhere.length;
  const labels = new Set([...book.entries.values()].map((entry) => entry.label)).size;
  const missing = labels < 2 ? wanted : Math.max(0, options.initial - book.entries.size - inFlight);
  const start = missing === 0 ? [] : startPoints(state, request, free, Math.min(missing, wanted));
  const open = free.slice();
  for (const { candidate } of start) open[candidate] = 0;
  const pending = [...request.pending, ...start.map((point) => point.candidate)];
  const scored =
    start.length >= wanted
      ? []
      : scoredPoints(state, request, open, pending, wanted - start.length);
  const columns = start.length < wanted ? state.predict().probabilities : [];
  return [
    ...repeats,
    ...start.map((point) => explainChoice(point, "start", [], book)),
    ...scored.map((point) => explainChoice(point, options.score, columns, book)),
  ];
}

function scoredPoints(
  state: GraphMapState,
  request: RankRequest,
  free: Uint8Array,
  pending: readonly number[],
  count: number,
): ChosenPoint[] {
  const { grid, options, book } = state;
  const { probabilities, labels } = state.predict();
  return chooseBatch({
    count,
    points: grid.points,
    dimension: grid.dimension,
    cellVolume: grid.scaling.steps.reduce((volume, step) => volume * step, 1),
    columns: probabilities,
    labelCounts: book.counts,
    distance: distanceToResults(state, request),
    free,
    pending,
    measured: book.entries.size,
    score: options.score,
    diversity: options.diversity,
    tie: tieBreaks(grid, request.seed),
    respond: state.network.respond,
    emphasis: emphasisOf(options.usesPhaseRule, probabilities, labels, grid.count),
  });
}

/** Between labels that cannot be neighbours a field is still missing. Maps of single phases have no such law. */
function emphasisOf(
  usesPhaseRule: boolean,
  columns: readonly Float64Array[],
  labels: readonly string[],
  count: number,
): Float64Array | undefined {
  if (!usesPhaseRule || !labels.some((label) => label.includes("+"))) return undefined;
  const emphasis = missingFieldChance(columns, labels, count);
  for (let i = 0; i < count; i++) emphasis[i] = 1 + MISSING_FIELD_weight * emphasis[i]!;
  return emphasis;
}

/** Repeats of what is doubted, at most one a batch. */
function repeatsOf(state: GraphMapState, request: RankRequest): RankedPoint[] {
  const wish = state
    .wishes()
    .find(
      ({ candidate }) => !request.pending.includes(candidate) && !request.excluded.has(candidate),
    );
  return request.count === 0 || wish === undefined ? [] : [wish];
}

function startPoints(
  state: GraphMapState,
  request: RankRequest,
  free: Uint8Array,
  wanted: number,
): ChosenPoint[] {
  const { grid, options, book, network } = state;
  if (options.score.isBlind === true) return randomPoints(grid, request, free, wanted);
  const nodes = new Set([...book.entries.values()].map((entry) => entry.node));
  const occupied = [
    ...[...nodes].map((node) => network.place(node)),
    ...request.pending.map((candidate) => network.place(candidate)),
    ...request.pendingElsewhere.map((at) => network.placeRaw(at)),
  ];
  const prng = createPrng(`${request.seed}/start`);
  return fillSpace(grid.points, grid.dimension, free, occupied, wanted, prng);
}

function randomPoints(
  grid: ScaledGrid,
  request: RankRequest,
  free: Uint8Array,
  wanted: number,
): ChosenPoint[] {
  const tie = tieBreaks(grid, request.seed);
  const open = free.slice();
  const flat = new Float64Array(grid.count);
  const chosen: ChosenPoint[] = [];
  while (chosen.length < wanted) {
    const candidate = argmax(flat, open, tie);
    if (candidate === undefined) break;
    open[candidate] = 0;
    chosen.push({ candidate, score: 0, distance: Number.POSITIVE_INFINITY });
  }
  return chosen;
}

/** Distance of each candidate to the nearest result or point in flight off the grid, grid steps. */
function distanceToResults(
  { grid, network, distance2 }: GraphMapState,
  request: RankRequest,
): Float64Array {
  const nearest = distance2().slice();
  const places = request.pendingElsewhere.map((at) => network.placeRaw(at));
  bringNearer(nearest, grid.points, grid.dimension, places);
  for (let i = 0; i < nearest.length; i++) nearest[i] = Math.sqrt(nearest[i]!);
  return nearest;
}

/** One pseudo-random number a candidate, from the seed and the candidate's own values only. */
function tieBreaks(grid: ScaledGrid, seed: string): Uint32Array {
  const width = grid.axes.length;
  const salt = hash32(seed);
  const tie = new Uint32Array(grid.count);
  const value = new Float32Array(1);
  const bits = new Uint32Array(value.buffer);
  for (let i = 0; i < grid.count; i++) {
    let h = salt;
    for (let k = 0; k < width; k++) {
      value[0] = grid.values[i * width + k]!;
      h = Math.imul(h ^ bits[0]!, 0x85ebca6b);
      h ^= h >>> 13;
    }
    h = Math.imul(h ^ (h >>> 16), 0xc2b2ae35);
    tie[i] = (h ^ (h >>> 15)) >>> 0;
  }
  return tie;
}
