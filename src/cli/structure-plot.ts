import type { StructureModel } from "../models/structure/structure-model.ts";
import { drawScatter } from "./structure-svg.ts";

/** Picture of a model's space: the first voting draw's training atoms, coloured by class. */
export function drawSpace(model: StructureModel): string {
  const member = model.centres[0]?.members[0];
  if (member === undefined) return drawScatter([], [], "no atoms");
  const points = Array.from({ length: member.labels.length }, (_, i) => ({
    x: member.coordinates[i * member.components] ?? 0,
    y: member.coordinates[i * member.components + 1] ?? 0,
    group: member.labels[i] ?? 0,
  }));
  const title = `TS-LPP space of ${model.centres[0]?.species ?? "atoms"}, middle dimension ${member.dimension}`;
  return drawScatter(points, model.classes, title);
}
