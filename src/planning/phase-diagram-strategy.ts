import {
  PHASE_DIVERSITIES,
  PHASE_SCORES,
  type PhaseDiversityName,
  type PhaseScoreName,
} from "../acquisition/phase-batch.ts";
import { LabError } from "../core/errors.ts";
import type { PhaseDiagramSettings } from "../domain/goal-settings.ts";
import type { MapModel } from "../models/phase-diagram/map-model.ts";
import { createCoexistenceMap } from "./coexistence-map.ts";
import { createGraphMap } from "./graph-map.ts";
import type { OrderedGrid } from "./map-grid.ts";

/** What decides on the engine of a map. */
export interface MapStrategy {
  readonly settings: PhaseDiagramSettings;
  readonly grid: OrderedGrid;
  readonly seed: string;
}

export const PHASE_METHODS = ["harmonic", "label-propagation", "label-spreading"] as const;
export type PhaseMethodName = (typeof PHASE_METHODS)[number];

/** Space-filling points before the map chooses, where the settings do not say. */
const INITIAL = 8;

/** The settings with every absent one replaced by the product's best. */
export interface ResolvedSettings {
  readonly method: PhaseMethodName;
  readonly score: PhaseScoreName;
  readonly diversity: PhaseDiversityName;
  readonly initial: number;
}

/**
 * Chooses the engine: the one place where a method's name becomes a model. The daemon's planner, `suggest` and `evaluate` all
 * come here, so that what was evaluated is what runs.
 */
export function createMapModel(strategy: MapStrategy): MapModel {
  const settings = resolveSettings(strategy.settings);
  const createGraph = (): MapModel =>
    createGraphMap(strategy.grid, {
      field: settings.method === "label-spreading" ? "spreading" : "harmonic",
      score: settings.score,
      diversity: settings.diversity,
      initial: settings.initial,
    });
  return createCoexistenceMap(strategy.grid, strategy.settings, createGraph);
}

export function resolveSettings(settings: PhaseDiagramSettings): ResolvedSettings {
  return {
    method: oneOf("method", settings.method, PHASE_METHODS, "harmonic"),
    score: oneOf("score", settings.score, PHASE_SCORES, "balanced"),
    diversity: oneOf("diversity", settings.diversity, PHASE_DIVERSITIES, "local-penalty"),
    initial: settings.initial ?? INITIAL,
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
