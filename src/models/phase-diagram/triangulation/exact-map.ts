import { LabelTable } from "../evidence/label-table.ts";
import { labelOf } from "../evidence/phase-names.ts";
import type { MapPrediction } from "../map-model.ts";
import type { Origin } from "../map-reader.ts";
import { spreadCertainty } from "../spread-certainty.ts";
import { chanceRight } from "./certainty.ts";
import type { KnownSection } from "./known-section.ts";

/** A measured label, and one inside a proved tie-triangle. */
const CERTAINTY_MEASURED = 0.999;
const CERTAINTY_PROVED = 0.995;

/** The map that exact results give: label and probability of each candidate. */
export function predictExactly(section: KnownSection, step: number): MapPrediction {
  const table = new LabelTable();
  const n = section.points.length;
  const label = new Int32Array(n);
  const certainty = new Float64Array(n);
  const faces = new Map<number, { label: number; phases: number }>();
  for (const result of section.results.values()) table.of(result.label);
  for (let i = 0; i < n; i++) {
    const owner = section.measuredBy[i]!;
    if (owner >= 0) {
      label[i] = table.of(section.results.get(owner)!.label);
      certainty[i] = CERTAINTY_MEASURED;
      continue;
    }
    const face = section.map.face(i);
    let found = faces.get(face);
    if (found === undefined) {
      const phases = section.map.phases(i);
      found = {
        label: phases.length === 0 ? -1 : table.of(labelOf(phases)),
        phases: phases.length,
      };
      faces.set(face, found);
    }
    label[i] = found.label;
    const chance = chanceRight(found.phases, section.proved.at(i) / step);
    certainty[i] = found.label < 0 ? 0 : Math.min(CERTAINTY_PROVED, chance);
  }
  return spreadCertainty(table.labels, label, certainty);
}

/** Where the label of candidate i comes from, and the owners of the results that it rests on. */
export function originOf(section: KnownSection, i: number): Origin {
  const measured = section.measuredBy[i]!;
  if (measured >= 0) return { origin: "measured", owners: [measured] };
  const triangle = section.insideOf[i]!;
  if (triangle >= 0) return { origin: "tie-triangle", owners: [triangle] };
  const { mesh, origin } = section.source;
  const vertices = section.map.vertices(i);
  const owners = vertices.map((v) => origin[v]!).filter((owner) => owner >= 0);
  if (vertices.length === 2) {
    const edge = mesh.findEdge(vertices[0]!, vertices[1]!);
    const owner = edge < 0 ? -1 : mesh.owner[edge]!;
    if (owner >= 0) return { origin: "tie-line", owners: [owner] };
  }
  return { origin: "between", owners: [...new Set(owners)] };
}
