import type { StructureModel } from "../models/structure/structure-model.ts";
import type { FrameAnalysis } from "../planning/frame-analysis.ts";
import type { ClassifiedFrame } from "../planning/frame-classifier.ts";
import {
  drawScatter,
  legend,
  lines,
  type Panel,
  page,
  type ScatterPoint,
  scatter,
  text,
} from "./structure-svg.ts";

/** Picture of a model's space: the first voting draw's training atoms, coloured by class. */
export function drawSpace(model: StructureModel): string {
  const member = model.centres[0]?.members[0];
  if (member === undefined) return drawScatter([], [], "no atoms");
  const points = Array.from({ length: member.labels.length }, (_, i) => ({
    x: member.coordinates[i * member.components] ?? 0,
    y: member.components > 1 ? (member.coordinates[i * member.components + 1] ?? 0) : 0,
    group: member.labels[i] ?? 0,
  }));
  const title = `TS-LPP space of ${model.centres[0]?.species ?? "atoms"}, middle dimension ${member.dimension}`;
  return drawScatter(points, model.classes, title);
}

const PANEL_px = 380;
const MARGIN_px = 60;

/** Picture of a classified trajectory: fractions in time, the last frame's atoms in the space and in the box. */
export function drawClasses(
  frames: readonly FrameAnalysis[],
  last: ClassifiedFrame,
  names: readonly string[],
): string {
  const panel = (n: number): Panel => ({
    left: MARGIN_px + n * (PANEL_px + MARGIN_px),
    top: 50,
    width: PANEL_px,
    height: PANEL_px,
  });
  const temperatures = frames.flatMap((one) => one.temperature_K ?? []);
  const byTemperature =
    temperatures.length === frames.length && new Set(temperatures).size > frames.length / 2;
  const xs = byTemperature ? temperatures : frames.map((one) => one.frame);
  const series = names.map((name) => frames.map((one) => one.classes[name] ?? 0));
  const width = 3 * PANEL_px + 4 * MARGIN_px;
  return page(width, PANEL_px + 110, [
    text(panel(0).left, 30, "Share of atoms"),
    lines(xs, series, panel(0), [byTemperature ? "temperature, K" : "frame", "share"]),
    legend(names, panel(0).left + 10, panel(0).top + 18),
    text(panel(1).left, 30, `Frame ${last.frame.index} in the model's space`),
    scatter(spacePoints(last), panel(1), ["component 1", "component 2"]),
    text(panel(2).left, 30, `Frame ${last.frame.index}, seen along y`),
    scatter(boxPoints(last), panel(2), ["x, A", "z, A"], 3),
  ]);
}

function spacePoints({ classes, coordinates, components }: ClassifiedFrame): ScatterPoint[] {
  return Array.from(classes, (group, a) => ({
    x: coordinates[a * components] ?? 0,
    y: components > 1 ? (coordinates[a * components + 1] ?? 0) : 0,
    group,
  }));
}

/** Farthest atoms first, so that near ones cover them. */
function boxPoints({ frame, classes }: ClassifiedFrame): ScatterPoint[] {
  const depth = (a: number): number => frame.positions[3 * a + 1] ?? 0;
  return Array.from(classes, (group, a) => ({ a, group }))
    .sort((p, q) => depth(q.a) - depth(p.a))
    .map(({ a, group }) => ({
      x: frame.positions[3 * a] ?? 0,
      y: frame.positions[3 * a + 2] ?? 0,
      group,
    }));
}
