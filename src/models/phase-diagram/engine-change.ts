import { CONFIDENCE_STANDS } from "./evidence/repeat-weights.ts";
import type { LabelOrigin, MapModel, PhaseEvidence } from "./map-model.ts";

/** Settings by name, for what a warning says of them. */
export interface NamedSettings {
  readonly method?: string | undefined;
  readonly score?: string | undefined;
  readonly diversity?: string | undefined;
  readonly gamma?: number | undefined;
  readonly refineFrom_steps?: number | undefined;
}

/** What is said of settings that the engines of phase compositions have no use for; empty where none was given. */
export function unheard(settings: NamedSettings, since?: number): string[] {
  const { method, score, diversity, gamma, refineFrom_steps } = settings;
  const given = Object.entries({ method, score, diversity, gamma, refineFrom_steps }).flatMap(
    ([name, value]) => (value === undefined ? [] : [`${name} ${value}`]),
  );
  if (given.length === 0) return [];
  const from =
    since === undefined ? "From the start" : `From result ${since} on, the first tie-line,`;
  return [
    `${from} the tie-lines choose, without ${given.join(", ")}: set coexistence: off to keep to what was named.`,
  ];
}

/** Where a label comes from, of what kind that is. */
export function kindIn(model: MapModel, candidate: number): LabelOrigin["origin"] {
  return model.kindOf?.(candidate) ?? model.originOf?.(candidate).origin ?? "between";
}

/** The same model with warnings of the choice of engine before its own. */
export function withNotice(model: MapModel, notice: () => readonly string[]): MapModel {
  return {
    observe: (evidence) => model.observe(evidence),
    forget: (id) => model.forget(id),
    predict: () => model.predict(),
    rank: (request) => model.rank(request),
    status: () => {
      const status = model.status();
      return { ...status, warnings: [...notice(), ...status.warnings] };
    },
    geometry: () => model.geometry(),
    originOf: (candidate) => model.originOf?.(candidate) ?? { origin: "between", evidence: [] },
    kindOf: (candidate) => kindIn(model, candidate),
    hyperparameters: () => model.hyperparameters(),
  };
}

/** The graph whose method or score was named: it holds, and says from when on tie-lines would have said more. */
export function createHeldMap(graph: MapModel): MapModel {
  const tieLines = new Set<number>();
  const held: MapModel = {
    ...withNotice(graph, () => {
      if (tieLines.size === 0) return [];
      const { method, score } = graph.hyperparameters();
      const since = `Since result ${Math.min(...tieLines)} compositions of coexisting phases are known, but`;
      return [
        `${since} ${method} and ${score} map, as the settings name them: set coexistence: full, or name neither, to map by the tie-lines.`,
      ];
    }),
    observe: (evidence) => {
      if (hasTieLine(evidence)) tieLines.add(evidence.id);
      graph.observe(evidence);
    },
    forget: (id) => {
      tieLines.delete(id);
      graph.forget(id);
    },
  };
  return held;
}

export interface SwitchingParts {
  readonly createGraph: () => MapModel;
  readonly triangulate: () => MapModel;
  readonly settings: NamedSettings;
}

/**
 * The graph until a result brings a tie-line, an engine of phase compositions from then on; with the last tie-line taken back it is
 * the graph again, as if there had never been one.
 */
export function createSwitchingMap({
  createGraph,
  triangulate,
  settings,
}: SwitchingParts): MapModel {
  const learnt = new Map<number, PhaseEvidence>();
  const tieLines = new Set<number>();
  let hasMoved = false;
  let current = createGraph();
  const move = (): void => {
    if (hasMoved === tieLines.size > 0) return;
    hasMoved = tieLines.size > 0;
    current = hasMoved ? triangulate() : createGraph();
    for (const evidence of learnt.values()) current.observe(evidence);
  };
  const delegate: MapModel = {
    observe: (evidence) => {
      learnt.delete(evidence.id);
      learnt.set(evidence.id, evidence);
      tieLines.delete(evidence.id);
      if (hasTieLine(evidence)) tieLines.add(evidence.id);
      if (hasMoved === tieLines.size > 0) current.observe(evidence);
      else move();
    },
    forget: (id) => {
      learnt.delete(id);
      tieLines.delete(id);
      if (hasMoved === tieLines.size > 0) current.forget(id);
      else move();
    },
    predict: () => current.predict(),
    rank: (request) => current.rank(request),
    status: () => current.status(),
    geometry: () => current.geometry(),
    originOf: (candidate) => current.originOf?.(candidate) ?? { origin: "between", evidence: [] },
    kindOf: (candidate) => kindIn(current, candidate),
    hyperparameters: () => current.hyperparameters(),
  };
  return withNotice(delegate, () => (hasMoved ? unheard(settings, Math.min(...tieLines)) : []));
}

/** True where a result brings a tie-line that is more likely right than wrong. */
function hasTieLine({ phases, ends, confidence }: PhaseEvidence): boolean {
  return confidence >= CONFIDENCE_STANDS && phases.length >= 2 && ends?.length === phases.length;
}
