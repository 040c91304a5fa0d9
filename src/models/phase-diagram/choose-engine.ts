import { LabError } from "../../core/errors.ts";
import { binaryAxes } from "./binary/binary-grid.ts";
import { createBinaryModel } from "./binary/binary-model.ts";
import { createHullModel } from "./hull/hull-model.ts";
import type { MapGrid, MapModel, PhaseEvidence } from "./map-model.ts";
import { createStackModel, createTriangulationModel, furtherAxis } from "./triangulation/index.ts";

/** What of a campaign's settings decides on the engine. */
export interface EngineSettings {
  readonly coexistence?: "full" | "midpoint" | "off" | undefined;
  /** The axis that a batch shares, by name. */
  readonly shared?: string | undefined;
  readonly compositionNoise_molFraction?: number | undefined;
}

/** True where the candidates are one isothermal section: three mole fractions and no further axis. */
export function isTernarySection(grid: MapGrid): boolean {
  return grid.components.length === 3 && grid.axes.length === 3;
}

/** True where the candidates are ternary sections at the levels of one further axis, such as temperature. */
export function isStackOfSections(grid: MapGrid): boolean {
  return furtherAxis(grid) >= 0;
}

/** True where the candidates are one isothermal section of four components or more, and nothing else. */
export function isHigherSection(grid: MapGrid): boolean {
  return grid.components.length >= 4 && grid.components.length === grid.axes.length;
}

/**
 * Chooses between the graph of candidates and the triangulation of tie-lines. `full` is the triangulation from the start;
 * where the settings say nothing, the graph maps until a result brings the compositions of coexisting phases, and then everything
 * learnt so far moves over to the triangulation. With one further axis it is a stack of triangulations, with four components or
 * more the lower hull of pseudo-energies; a binary over temperature has an engine that follows its two-phase fields.
 *
 * @throws TL-5004 where `full` is asked for and the candidates are none of these
 */
export function createCoexistenceMap(
  grid: MapGrid,
  settings: EngineSettings,
  createGraph: () => MapModel,
): MapModel {
  const noise = settings.compositionNoise_molFraction;
  const isSection = isTernarySection(grid);
  const binary = binaryAxes(grid);
  const isShareable =
    settings.shared === undefined ||
    grid.axes.indexOf(settings.shared) === (binary?.level ?? furtherAxis(grid));
  const isHigher = isHigherSection(grid) && settings.shared === undefined;
  const isLevelled = isSection || binary !== undefined || isStackOfSections(grid);
  const canTriangulate = isHigher || (isLevelled && isShareable);
  const sharesLevel = settings.shared !== undefined;
  const triangulate = (): MapModel => {
    if (isHigher) return createHullModel(grid, { noise });
    if (isSection) return createTriangulationModel(grid, { noise });
    if (binary !== undefined) return createBinaryModel(grid, binary, { noise, sharesLevel });
    return createStackModel(grid, { noise, sharesLevel });
  };
  if (settings.coexistence === "full") {
    if (canTriangulate) return triangulate();
    throw new LabError(
      "TL-5004",
      [
        "coexistence full needs mole fractions: a binary (one, x_...) over one further axis,",
        "three with at most one further axis, or four and more alone",
      ].join(" "),
      { exitCode: 2, hint: "Only the further axis can be shared by a batch." },
    );
  }
  if (settings.coexistence !== undefined || !canTriangulate) return createGraph();
  return switchingMap(createGraph(), triangulate);
}

function switchingMap(graph: MapModel, triangulate: () => MapModel): MapModel {
  const learnt = new Map<number, PhaseEvidence>();
  let current = graph;
  return {
    observe: (evidence) => {
      const isFirst = current === graph && hasTieLine(evidence);
      if (isFirst) {
        current = triangulate();
        for (const earlier of learnt.values()) current.observe(earlier);
      }
      if (current === graph) learnt.set(evidence.id, evidence);
      current.observe(evidence);
    },
    forget: (id) => {
      learnt.delete(id);
      current.forget(id);
    },
    predict: () => current.predict(),
    rank: (request) => current.rank(request),
    status: () => current.status(),
    geometry: () => current.geometry(),
    originOf: (candidate) => current.originOf?.(candidate) ?? { origin: "between", evidence: [] },
  };
}

function hasTieLine({ phases, ends }: PhaseEvidence): boolean {
  return phases.length >= 2 && ends !== undefined && ends.length === phases.length;
}
