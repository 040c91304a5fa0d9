import { kindIn } from "../engine-change.ts";
import { type LeverField, readLeverFields } from "../lever/lever-fields.ts";
import { setsByPlace } from "../lever/sets-by-place.ts";
import { sharpenLabels } from "../lever/sharpen-labels.ts";
import {
  compareIds,
  type LabelOrigin,
  type MapGrid,
  type MapModel,
  type PhaseEvidence,
  type SharpenLabels,
} from "../map-model.ts";
import { phasesAllowed, presentComponents } from "../phase-rule.ts";
import { expectPhases } from "./expected-phases.ts";
import { likelySets } from "./likely-sets.ts";

/** Fields are read off the samples that lie in them, which are told by the fields: twice is enough. */
const FIELD_PASSES = 2;

/**
 * A map whose samples are read together: where results bring estimates of their phases' fractions, each sample's
 * distribution over sets is that of its pattern *and* of the samples around, worked out anew from all results whenever the map
 * is asked; where fields leave no freedom the lever rule tells their edges ({@link readLeverFields}), for samples and for
 * candidates that were not measured. What was learnt is never changed: only the patterns' own word is kept, so that nothing is counted twice. Without
 * estimates it is the map itself.
 */
export function createMapWithEstimates(
  grid: MapGrid,
  create: (sharpen: SharpenLabels) => MapModel,
): MapModel {
  let fields: readonly LeverField[] = [];
  const begin = (): MapModel =>
    create((columns, labels, isTold) => sharpenLabels({ columns, labels, isTold }, fields, grid));
  let map = begin();
  /** What results say themselves. */
  const told = new Map<number, PhaseEvidence>();
  /** What the map was taught of them. */
  let taught = new Map<number, PhaseEvidence>();
  let chances: ReturnType<typeof expectPhases> = new Map();
  let isStale = false;
  const phasesMax = phaseLimits(grid);
  const isJoint = (): boolean =>
    [...told.values()].some(({ estimates }) => estimates !== undefined);

  const current = (): MapModel => {
    if (!isStale) return map;
    isStale = false;
    const all = [...told.values()].sort((a, b) => compareIds(a.id, b.id));
    chances = expectPhases(all, grid);
    const near = all.map((item) => likelySets(item, chances.get(item.id)!, phasesMax(item)));
    let now = near;
    for (let pass = 0; pass < FIELD_PASSES; pass++) {
      fields = readLeverFields(now, grid);
      now = near.map((item) => setsByPlace(item, fields, grid, chances.get(item.id)));
    }
    const isKept = [...taught.values()].every((item, k) => isSame(item, now[k]));
    if (!isKept) map = begin();
    for (const item of isKept ? now.slice(taught.size) : now) map.observe(item);
    taught = new Map(now.map((item) => [item.id, item]));
    return map;
  };

  return {
    observe: (evidence) => {
      told.set(evidence.id, evidence);
      if (isStale || isJoint()) isStale = true;
      else {
        map.observe(evidence);
        taught.set(evidence.id, evidence);
      }
    },
    forget: (id) => {
      if (isJoint()) isStale = true;
      told.delete(id);
      if (!isStale) {
        map.forget(id);
        taught.delete(id);
      }
    },
    predict: () => current().predict(),
    rank: (request) => current().rank(request),
    status: () => current().status(),
    geometry: () => current().geometry(),
    presencesIn: (id) => {
      current();
      const found = chances.get(id);
      if (found === undefined || found.size === 0) return undefined;
      return new Map([...found].map(([phase, { present }]) => [phase, present]));
    },
    hyperparameters: () => current().hyperparameters(),
    kindOf: (candidate) => kindIn(current(), candidate),
    ...(map.originOf === undefined
      ? {}
      : { originOf: (candidate: number): LabelOrigin => current().originOf!(candidate) }),
  };
}

function isSame(a: PhaseEvidence, b: PhaseEvidence | undefined): boolean {
  return (
    b !== undefined &&
    a.id === b.id &&
    a.confidence === b.confidence &&
    JSON.stringify([a.phases, a.alternatives]) === JSON.stringify([b.phases, b.alternatives])
  );
}

/** The most phases that can coexist at a result's place at fixed temperature and pressure. */
function phaseLimits(grid: MapGrid): (item: PhaseEvidence) => number {
  const { axes, components, values, wholeAmount } = grid;
  const width = axes.length;
  return ({ at, candidate }) => {
    if (components.length === 0) return Number.POSITIVE_INFINITY;
    const row = at ?? values.slice(candidate * width, (candidate + 1) * width);
    return Math.max(1, phasesAllowed(presentComponents(row, width, components, wholeAmount)[0]!));
  };
}
