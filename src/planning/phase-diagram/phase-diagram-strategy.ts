import { LabError } from "../../core/errors.ts";
import type { PhaseDiagramSettings } from "../../domain/goal-settings.ts";
import { createCoexistenceMap } from "../../models/phase-diagram/choose-engine.ts";
import { createColumnShelf } from "../../models/phase-diagram/graph/column-shelf.ts";
import { defaultField } from "../../models/phase-diagram/graph/default-field.ts";
import { createGraphMap } from "../../models/phase-diagram/graph/graph-map.ts";
import {
  GRAPH_DEFAULTS,
  type GraphMapOptions,
} from "../../models/phase-diagram/graph/graph-state.ts";
import {
  PHASE_DIVERSITIES,
  type PhaseDiversityName,
} from "../../models/phase-diagram/graph/phase-batch.ts";
import { MAP_SCORES } from "../../models/phase-diagram/graph/scores/index.ts";
import type { MapScore } from "../../models/phase-diagram/graph/scores/map-score.ts";
import type { MapModel, SharpenLabels } from "../../models/phase-diagram/map-model.ts";
import type { OrderedGrid } from "./map-grid.ts";

/** What decides on the engine of a map. */
export interface MapStrategy {
  readonly settings: PhaseDiagramSettings;
  readonly grid: OrderedGrid;
  readonly seed: string;
  /** Those that settings may name; absent: the product's. */
  readonly scores?: readonly MapScore[] | undefined;
}

export const PHASE_METHODS = [
  "harmonic",
  "gaussian-process",
  "label-propagation",
  "label-spreading",
] as const;
export type PhaseMethodName = (typeof PHASE_METHODS)[number];

/** The settings with every absent one replaced by the product's best. */
export interface ResolvedSettings {
  readonly method: PhaseMethodName;
  readonly score: MapScore;
  readonly diversity: PhaseDiversityName;
  readonly initial: number;
  readonly gamma: number | undefined;
}

/**
 * Chooses the engine: the one place where a method's name becomes a model. The daemon's planner, `suggest` and `evaluate` all
 * come here, so that what was evaluated is what runs.
 */
export function createMapModel(strategy: MapStrategy): MapModel {
  resolveSettings(strategy.settings, strategy.scores);
  const shelf = createColumnShelf();
  const createGraph = (sharpen: SharpenLabels): MapModel =>
    createGraphMap(strategy.grid, { ...graphOptions(strategy), sharpen, shelf });
  return createCoexistenceMap(strategy.grid, strategy.settings, createGraph);
}

/** Options of the graph engine. Only the product's own method uses the phase rule; the others are as published. */
function graphOptions({ settings, grid, scores }: MapStrategy): GraphMapOptions {
  const resolved = resolveSettings(settings, scores);
  const { method } = resolved;
  // A kernel's width is the graph's.
  const isDefault = settings.method === undefined && settings.gamma === undefined;
  const shared = settings.shared === undefined ? undefined : grid.axes.indexOf(settings.shared);
  if (shared === -1) {
    throw new LabError(
      "TL-5003",
      `the shared column "${settings.shared}" is no axis; there is ${grid.axes.join(", ")}`,
      { exitCode: 2 },
    );
  }
  return {
    ...(isDefault ? defaultField(grid) : { field: FIELDS[method] }),
    score: resolved.score,
    diversity: resolved.diversity,
    initial: resolved.initial,
    gamma: kernelGamma(settings, grid),
    usesPhaseRule: method === "harmonic" || method === "gaussian-process",
    usesMidpoints: settings.coexistence === "midpoint",
    shared,
    refineFrom_steps: settings.refineFrom_steps,
  };
}

const FIELDS = {
  harmonic: "harmonic",
  "gaussian-process": "process",
  "label-propagation": "harmonic",
  "label-spreading": "spreading",
} as const satisfies Readonly<Record<PhaseMethodName, GraphMapOptions["field"]>>;

/** Kernel width of the published tools (scikit-learn's, PDC, NIMO, AIPHAD). */
const GAMMA_published = 20;
/** Pairs of candidates that a published kernel may join: 12 bytes and a multiplication each, at every step of a solve. */
const JOINED_PAIRS_max = 1e7;
/** The published kernel falls to 1e-9 at so many standard deviations. */
const REACH_deviations = Math.sqrt(-2 * Math.log(1e-9));

/**
 * Kernel width on z-scored axes: as asked; for the published methods theirs, unless the candidates are so many that it would join
 * more pairs than memory and patience allow; otherwise none, which ties the kernel to the grid's step.
 */
function kernelGamma(settings: PhaseDiagramSettings, grid: OrderedGrid): number | undefined {
  const { method = "harmonic", gamma } = settings;
  if (gamma !== undefined || !method.startsWith("label-")) return gamma;
  const { unit_z, steps } = grid.scaling;
  const reach = REACH_deviations / Math.sqrt(2 * GAMMA_published) / unit_z;
  // A ball of that radius, boxed, in cells of the grid.
  const around = steps.reduce((cells, step) => cells * ((2 * reach) / step + 1), 1);
  return grid.count * Math.min(grid.count, around) <= JOINED_PAIRS_max
    ? GAMMA_published
    : undefined;
}

export function resolveSettings(
  settings: PhaseDiagramSettings,
  scores: readonly MapScore[] = MAP_SCORES,
): ResolvedSettings {
  const names = scores.map(({ name }) => name);
  const named = oneOf("score", settings.score, names, GRAPH_DEFAULTS.score.name);
  const score = scores.find(({ name }) => name === named) ?? GRAPH_DEFAULTS.score;
  if (score.needsResponse === true && settings.method === "label-spreading") {
    const what = `the score ${score.name} needs the method harmonic or label-propagation`;
    throw new LabError("TL-5003", what, { exitCode: 2 });
  }
  return {
    method: oneOf("method", settings.method, PHASE_METHODS, "harmonic"),
    score,
    diversity: oneOf("diversity", settings.diversity, PHASE_DIVERSITIES, GRAPH_DEFAULTS.diversity),
    initial: settings.initial ?? GRAPH_DEFAULTS.initial,
    gamma: settings.gamma,
  };
}

function oneOf<T extends string>(
  what: string,
  value: string | undefined,
  allowed: readonly T[],
  fallback: T,
): T {
  if (value === undefined) return fallback;
  const found = allowed.find((name) => name === value);
  if (found !== undefined) return found;
  throw new LabError(
    "TL-5003",
    `the ${what} "${value}" is unknown; there is ${allowed.join(", ")}`,
    {
      exitCode: 2,
    },
  );
}
