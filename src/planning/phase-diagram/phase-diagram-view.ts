import { type FoundLabels, foundLabels, phasesIn } from "../../domain/found-labels.ts";
import type { MapView } from "../../domain/planner-view.ts";
import { divideDoubt } from "../../models/phase-diagram/divide-doubt.ts";
import { kindIn } from "../../models/phase-diagram/engine-change.ts";
import {
  type MapModel,
  type PhaseEvidence,
  unseenChanceOf,
} from "../../models/phase-diagram/map-model.ts";
import type { ViewDetail } from "../planner.ts";
import type { OrderedGrid } from "./map-grid.ts";

/** A few figures of the map for the model topic, the log and the dashboard. */
export function summariseMap(
  model: MapModel,
  grid: OrderedGrid,
  evidence: readonly PhaseEvidence[],
): Record<string, unknown> {
  const { labels, label } = model.predict();
  const found = foundOf(labels, label, evidence);
  const status = model.status();
  const area = labels.map(() => 0);
  for (const k of label) if (k >= 0) area[k]! += 1;
  const reached = label.reduce((sum, k) => sum + (k >= 0 ? 1 : 0), 0);
  return {
    phasesFound: phasesIn([...found.measured, ...found.told]).sort(),
    labelsMeasured: found.measured,
    labelsTold: found.told,
    labelsFollowing: found.follows,
    phaseFractions: Object.fromEntries(
      labels
        .map((name, k): [string, number] => [name, round(area[k]! / grid.count)])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    certainty: round(status.meanCertainty),
    estimatedError: round(status.estimatedError),
    unseenShare: round(status.unseenShare),
    unseenLabels: round(status.unseenLabels),
    unseenChance: round(unseenChanceOf(status)),
    reached: round(reached / grid.count),
    suspicious: status.suspicious.map(({ candidate, label: found, expected }) => ({
      candidateId: `c${grid.rowOf[candidate] ?? -1}`,
      label: found,
      expected,
    })),
    ...(model.originOf && { derivedPoints: Object.keys(derivedLabels(model, grid)).length }),
    ...(status.findings?.length && { findings: status.findings }),
  };
}

function foundOf(
  labels: readonly string[],
  label: Int32Array,
  evidence: readonly PhaseEvidence[],
): FoundLabels {
  const drawn = new Set(label);
  return foundLabels(
    labels.filter((_, k) => drawn.has(k)),
    evidence.map(({ phases, known }) => ({ label: phases.join("+"), known })),
  );
}

/** The whole map for the page: one label and certainty a candidate, in the order of the campaign's candidates. */
export function viewMap(
  model: MapModel,
  grid: OrderedGrid,
  evidence: readonly PhaseEvidence[],
  detail: ViewDetail = {},
): MapView {
  const count = grid.count;
  const prediction = model.predict();
  const geometry = model.geometry();
  const names = grid.components.map((k) => grid.axes[k] ?? "");
  const named = placeNamer(grid);
  const label: number[] = [];
  const certainty: number[] = [];
  for (let row = 0; row < count; row++) {
    const candidate = grid.candidateOf[row] ?? 0;
    label.push(prediction.label[candidate] ?? -1);
    certainty.push(round(prediction.certainty[candidate] ?? 0));
  }
  return {
    kind: "phase-diagram",
    axes: grid.axes,
    components: names,
    candidates: count,
    labels: prediction.labels,
    label,
    certainty,
    ...(detail.probabilities === true && {
      probabilities: divideDoubt(prediction, grid).map((column) =>
        Array.from(grid.candidateOf, (candidate) => round(column[candidate] ?? 0)),
      ),
    }),
    reached: label.map((k) => k >= 0),
    measured: evidence.map((item) => ({
      position: item.id,
      ...(item.candidate < 0 ? {} : { candidate: grid.rowOf[item.candidate] }),
      at: placeOf(item, grid),
      label: item.phases.join("+"),
      known: item.known,
    })),
    tieLines: geometry.tieLines.map(({ phases, ends, from, level }) => ({
      phases,
      ends: ends.map((end) => named(end, level)),
      from,
    })),
    triangles: geometry.triangles.map(({ phases, corners, from, proved, level }) => ({
      phases,
      corners: corners.map((corner) => named(corner, level)),
      from,
      proved,
    })),
    ...(geometry.tetrahedra !== undefined && {
      tetrahedra: geometry.tetrahedra.map(({ phases, corners, from }) => ({
        phases,
        corners: corners.map(named),
        from,
      })),
    }),
    derived: derivedLabels(model, grid),
    status: model.status(),
  };
}

/** Gives compositions the names of their axes, and the further axis where the geometry says at which of its values. */
function placeNamer(
  grid: OrderedGrid,
): (composition: readonly number[], level: number | undefined) => Record<string, number> {
  const { axes, components, fractionAxis, wholeAmount } = grid;
  const further = axes.findIndex((_, k) => k !== fractionAxis && !components.includes(k));
  return (composition, level) => ({
    ...Object.fromEntries(components.map((axis, k) => [axes[axis] ?? "", composition[k] ?? 0])),
    ...(fractionAxis !== undefined && {
      [axes[fractionAxis] ?? ""]: (composition[1] ?? 0) * wholeAmount,
    }),
    ...(level !== undefined && further >= 0 && { [axes[further] ?? ""]: level }),
  });
}

/** Candidates whose label was not measured but follows from one result: the result's position by candidate. */
function derivedLabels(model: MapModel, grid: OrderedGrid): Record<string, number> {
  const derived: Record<string, number> = {};
  if (model.originOf === undefined) return derived;
  for (let row = 0; row < grid.count; row++) {
    const candidate = grid.candidateOf[row] ?? 0;
    const kind = kindIn(model, candidate);
    if (kind !== "tie-triangle" && kind !== "tie-line") continue;
    const [first] = model.originOf(candidate).evidence;
    if (first !== undefined) derived[String(row)] = first;
  }
  return derived;
}

function placeOf(item: PhaseEvidence, grid: OrderedGrid): Record<string, number> {
  const offset = item.at === undefined ? item.candidate * grid.axes.length : 0;
  const values = item.at ?? grid.values;
  return Object.fromEntries(grid.axes.map((axis, k) => [axis, values[offset + k] ?? 0]));
}

function round(x: number): number {
  return Math.round(x * 1e4) / 1e4;
}
