import { LabError } from "../../core/errors.ts";
import { binaryAxes } from "./binary/binary-grid.ts";
import { createBinaryModel } from "./binary/binary-model.ts";
import {
  createHeldMap,
  createSwitchingMap,
  type NamedSettings,
  unheard,
  withNotice,
} from "./engine-change.ts";
import { createHullModel } from "./hull/hull-model.ts";
import type { MapGrid, MapModel, SharpenLabels } from "./map-model.ts";
import { createMapWithEstimates } from "./shares/map-with-estimates.ts";
import { createStackModel, createTriangulationModel, furtherAxis } from "./triangulation/index.ts";

/** What of a campaign's settings decides on the engine. */
export interface EngineSettings extends NamedSettings {
  readonly coexistence?: "full" | "midpoint" | "off" | undefined;
  /** The axis that a batch shares, by name. */
  readonly shared?: string | undefined;
  readonly compositionNoise_molFraction?: number | undefined;
}

/** True where the candidates are one isothermal section: three mole fractions and no further axis. */
function isTernarySection(grid: MapGrid): boolean {
  return grid.components.length === 3 && grid.axes.length === 3;
}

/** True where the candidates are ternary sections at the levels of one further axis, such as temperature. */
function isStackOfSections(grid: MapGrid): boolean {
  return furtherAxis(grid) >= 0;
}

/** True where the candidates are one isothermal section of four components or more, and nothing else. */
function isHigherSection(grid: MapGrid): boolean {
  return grid.components.length >= 4 && grid.components.length === grid.axes.length;
}

/**
 * Chooses between the graph of candidates and the engines of phase compositions, for the daemon, `suggest` and `evaluate` alike.
 *
 * - `full` is an engine of phase compositions from the start: the triangulation; with one further axis a stack of them, with
 *   four components or more the lower hull of pseudo-energies; a binary over temperature has its two-phase fields;
 * - `off` and `midpoint` are the graph, and so is whatever has a named method or score: what was named holds, and from the first
 *   tie-line on a warning says what it leaves unused;
 * - where the settings say nothing, the graph maps until a result brings the compositions of coexisting phases, and then
 *   everything learnt so far moves over.
 *
 * @throws TL-5004 where `full` is asked for and the candidates are none of these
 */
export function createCoexistenceMap(
  grid: MapGrid,
  settings: EngineSettings,
  createGraph: (sharpen: SharpenLabels) => MapModel,
): MapModel {
  return createMapWithEstimates(grid, (sharpen) =>
    chooseEngine(grid, settings, () => createGraph(sharpen)),
  );
}

function chooseEngine(
  grid: MapGrid,
  settings: EngineSettings,
  createGraph: () => MapModel,
): MapModel {
  const triangulate = compositionEngine(grid, settings);
  const { coexistence } = settings;
  if (coexistence === "full") {
    if (triangulate !== undefined) return withNotice(triangulate(), () => unheard(settings));
    throw new LabError(
      "TL-5004",
      [
        "coexistence full needs mole fractions: a binary (one, x_...) over one further axis,",
        "three with at most one further axis, or four and more alone",
      ].join(" "),
      { exitCode: 2, hint: "Only the further axis can be shared by a batch." },
    );
  }
  if (coexistence !== undefined || triangulate === undefined) return createGraph();
  const isNamed = settings.method !== undefined || settings.score !== undefined;
  return isNamed
    ? createHeldMap(createGraph())
    : createSwitchingMap({ createGraph, triangulate, settings });
}

/** The engine of phase compositions that fits the candidates; `undefined` where none does. */
function compositionEngine(grid: MapGrid, settings: EngineSettings): (() => MapModel) | undefined {
  const { shared, compositionNoise_molFraction: noise } = settings;
  const sharesLevel = shared !== undefined;
  const binary = binaryAxes(grid);
  const level = binary?.level ?? furtherAxis(grid);
  const isShareable = !sharesLevel || grid.axes.indexOf(shared) === level;
  if (isHigherSection(grid))
    return sharesLevel ? undefined : () => createHullModel(grid, { noise });
  if (!isShareable) return undefined;
  if (isTernarySection(grid)) return () => createTriangulationModel(grid, { noise });
  if (binary !== undefined) return () => createBinaryModel(grid, binary, { noise, sharesLevel });
  if (isStackOfSections(grid)) return () => createStackModel(grid, { noise, sharesLevel });
  return undefined;
}
