import { LabError } from "../../core/errors.ts";
import { createCoexistenceMap } from "./choose-engine.ts";
import { defaultField } from "./graph/default-field.ts";
import { createGraphMap } from "./graph/graph-map.ts";
import { GRAPH_DEFAULTS } from "./graph/graph-state.ts";
import type {
  MapGeometry,
  MapModel,
  MapPrediction,
  MapStatus,
  PhaseEnd,
  PhaseSetChance,
  SharpenLabels,
} from "./map-model.ts";
import { type OrderedGrid, orderRows } from "./order-grid.ts";

/** Places that could be measured. */
export interface MapPlaces {
  /** Names of the axes. */
  readonly axes: readonly string[];
  /** N x axes.length, row-major, raw values. */
  readonly values: ArrayLike<number>;
  /** Names of the axes that are mole fractions of one whole (1 or 100); found by their constant sum where not given. */
  readonly components?: readonly string[] | undefined;
}

export interface PhaseMapOptions {
  /** `full`: phase compositions from the start; `off`: only labels; absent: compositions from the first tie-line on. */
  readonly coexistence?: "full" | "midpoint" | "off" | undefined;
  /** Standard deviation of a measured composition, mole fraction; absent: learnt. */
  readonly compositionNoise_molFraction?: number | undefined;
  /** Space-filling points before the map chooses. Default 8. */
  readonly initial?: number | undefined;
}

/** What was found at one place. */
export interface MeasuredPhases {
  /** Row of `MapPlaces.values`; or `at` where the place is none of them. */
  readonly row?: number | undefined;
  /** Raw values in the order of `MapPlaces.axes`. */
  readonly at?: ArrayLike<number> | undefined;
  readonly phases: readonly string[];
  /** Composition of each phase, mole fractions by the names of the component axes, and its share of the atoms. */
  readonly ends?: readonly MeasuredEnd[] | undefined;
  /** Probability that the phases were identified rightly, 0..1. Default 1. */
  readonly confidence?: number | undefined;
  /** Other sets that the measurement allows, with their probabilities. */
  readonly alternatives?: readonly PhaseSetChance[] | undefined;
}

export interface MeasuredEnd {
  readonly phase: string;
  readonly composition: Readonly<Record<string, number>>;
  readonly fraction?: number | undefined;
}

export interface NextPlace {
  /** Row of `MapPlaces.values`. */
  readonly row: number;
  /** Larger is chosen first. */
  readonly score: number;
  /** One short sentence: why this place now. */
  readonly why: string;
}

export interface NextPlacesOptions {
  /** Rows that are being measured, and rows that must not be proposed. */
  readonly pending?: readonly number[] | undefined;
  readonly excluded?: readonly number[] | undefined;
  /** Names the random stream: equal results and seed give equal proposals. */
  readonly seed?: string | undefined;
}

/** A phase diagram that is learnt result by result; rows are those of `MapPlaces.values`. */
export interface PhaseMap {
  /** Learns one result; returns its name for {@link forget}. */
  learn(result: MeasuredPhases): number;
  /** Takes a result back with everything that was derived from it. */
  forget(id: number): void;
  /** Likeliest label of each row with its probability, and all probabilities. */
  predict(): MapPrediction;
  /** The next rows to measure, best first. */
  propose(count: number, options?: NextPlacesOptions): NextPlace[];
  /** Estimated error, unseen labels, doubts. */
  status(): MapStatus;
  /** Tie-lines and tie-triangles, mole fractions in the order of the component axes' sorted names. */
  geometry(): MapGeometry;
}

/**
 * A map of phases over listed places: the engine of the daemon, chosen as there (process or graph of candidates, triangulation, stack
 * of sections, lower hull, two-phase fields). Deterministic; no clock, no input or output.
 *
 * @throws TL-5001 a place is not of numbers, or a component is no axis; TL-5004 `full` where no engine of compositions fits
 */
export function createPhaseMap(places: MapPlaces, options: PhaseMapOptions = {}): PhaseMap {
  const { grid, sorted } = orderPlaces(places);
  const { initial = GRAPH_DEFAULTS.initial, ...settings } = options;
  const field = defaultField(grid);
  const createGraph = (sharpen: SharpenLabels): MapModel =>
    createGraphMap(grid, { ...GRAPH_DEFAULTS, ...field, initial, sharpen });
  const model = createCoexistenceMap(grid, settings, createGraph);
  const raw = (at: ArrayLike<number>): Float64Array =>
    Float64Array.from(sorted, (position) => at[position] ?? Number.NaN);
  let learnt = 0;
  return {
    learn: ({ row, at, phases, ends, confidence = 1, alternatives }) => {
      const candidate = row === undefined ? -1 : grid.candidateOf[row];
      if (candidate === undefined || (candidate < 0 && at === undefined))
        throw new LabError("TL-5001", `there is no place ${row} to learn a result of`);
      model.observe({
        ...{ id: ++learnt, candidate, confidence, known: false },
        ...(at === undefined ? {} : { at: raw(at) }),
        phases: [...new Set(phases)].sort(),
        ...(ends === undefined ? {} : { ends: ends.map((end) => orderEnd(end, grid)) }),
        ...(alternatives === undefined ? {} : { alternatives: alternatives.map(sortedSet) }),
      });
      return learnt;
    },
    forget: (id) => model.forget(id),
    predict: () => byRow(model.predict(), grid),
    propose: (count, { pending = [], excluded = [], seed = "1" } = {}) => {
      const candidates = (rows: readonly number[]): number[] =>
        rows.flatMap((row) => grid.candidateOf[row] ?? []);
      return model
        .rank({
          ...{ count, seed, pending: candidates(pending), pendingElsewhere: [] },
          excluded: new Set(candidates(excluded)),
        })
        .map(({ candidate, score, why }) => ({ row: grid.rowOf[candidate] ?? -1, score, why }));
    },
    status: () => model.status(),
    geometry: () => model.geometry(),
  };
}

function sortedSet({ phases, probability }: PhaseSetChance): PhaseSetChance {
  return { phases: [...new Set(phases)].sort(), probability };
}

function orderPlaces({ axes, values, components }: MapPlaces) {
  const count = values.length / Math.max(1, axes.length);
  if (!Number.isInteger(count) || count === 0)
    throw new LabError("TL-5001", `${values.length} values are no rows of ${axes.length} axes`);
  const sorted = axes.map((_, k) => k).sort((a, b) => ((axes[a] ?? "") < (axes[b] ?? "") ? -1 : 1));
  const raw = new Float64Array(values.length);
  for (let row = 0; row < count; row++) {
    sorted.forEach((position, k) => {
      const value = values[row * axes.length + position] ?? Number.NaN;
      if (!Number.isFinite(value))
        throw new LabError("TL-5001", `place ${row} has no number for the axis ${axes[position]}`);
      raw[row * axes.length + k] = value;
    });
  }
  const names = sorted.map((position) => axes[position] ?? "");
  return { grid: orderRows(names, raw, components), sorted };
}

/** A composition by names in the order in which the engines take it; a binary's is [1 - x, x]. */
function orderEnd({ phase, composition, fraction }: MeasuredEnd, grid: OrderedGrid): PhaseEnd {
  const of = (axis: number): number => composition[grid.axes[axis] ?? ""] ?? 0;
  const { fractionAxis, components } = grid;
  const x = fractionAxis === undefined ? 0 : of(fractionAxis);
  const ordered = fractionAxis === undefined ? components.map(of) : [1 - x, x];
  return { phase, composition: ordered, ...(fraction === undefined ? {} : { fraction }) };
}

function byRow(prediction: MapPrediction, grid: OrderedGrid): MapPrediction {
  const { labels, label, certainty, probabilities } = prediction;
  const reorder = (values: Float64Array): Float64Array =>
    Float64Array.from(grid.candidateOf, (candidate) => values[candidate] ?? 0);
  return {
    labels: [...labels],
    label: Int32Array.from(grid.candidateOf, (candidate) => label[candidate] ?? -1),
    certainty: reorder(certainty),
    probabilities: probabilities.map(reorder),
  };
}
