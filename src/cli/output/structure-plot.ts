import type { StructureModel } from "../../models/structure/structure-model.ts";
import type {
  FrameAnalysis,
  TrajectoryTransition,
} from "../../planning/structure-map/frame-analysis.ts";
import type { ClassifiedFrame } from "../../planning/structure-map/frame-classifier.ts";
import {
  drawScatter,
  legendRow,
  lines,
  type Panel,
  page,
  type ScatterPoint,
  scatter,
  text,
} from "../structure-svg.ts";

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
const MARGIN_px = 72;

export interface ClassifiedTrajectory {
  readonly frames: readonly FrameAnalysis[];
  /** Shares averaged over five frames, by class. */
  readonly trends: Readonly<Record<string, readonly number[]>>;
  readonly transitions: readonly TrajectoryTransition[];
  readonly last: ClassifiedFrame;
  readonly names: readonly string[];
}

/**
 * Picture of a classified trajectory: fractions in time (each frame as a dot, the mean over five as a line, onsets
 * dashed), the last frame's atoms in the space and in the box; unfamiliar atoms have a black rim.
 */
export function drawClasses({
  frames,
  trends,
  transitions,
  last,
  names,
}: ClassifiedTrajectory): string {
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
  const onsets = transitions.flatMap(({ onsetFrame }) => xs[Math.round(onsetFrame)] ?? []);
  const width = 3 * PANEL_px + 4 * MARGIN_px;
  const name = `Frame ${last.frame.index}`;
  return page(width, PANEL_px + 110, [
    text(panel(0).left, 30, "Share of atoms"),
    legendRow(names, panel(0).left + 105, 30),
    lines({
      xs,
      trends: names.map((one) => trends[one] ?? []),
      dots: names.map((one) => frames.map((frame) => frame.classes[one] ?? 0)),
      marks: [...new Set(onsets)],
      panel: panel(0),
      axes: [byTemperature ? "temperature_K" : "frame", "share"],
    }),
    text(
      panel(0).left,
      PANEL_px + 100,
      "dots: each frame; lines: atoms judged alone, mean of 5 frames",
    ),
    text(panel(1).left, 30, `${name} in the model's space`),
    scatter(spacePoints(last), panel(1), { axes: ["component 1", "component 2"] }),
    text(panel(2).left, 30, `${name}, seen along y${interfacesOf(frames.at(-1))}`),
    scatter(boxPoints(last), panel(2), { axes: ["x (Å)", "z (Å)"], radius: 3, sameScale: true }),
  ]);
}

function interfacesOf(frame: FrameAnalysis | undefined): string {
  const found = frame?.interfaces ?? [];
  if (found.length === 0) return "";
  const at = found.map(({ position_A }) => position_A.toFixed(1)).join(", ");
  return `; interfaces along ${found[0]?.axis} at ${at} A`;
}

function spacePoints({
  classes,
  coordinates,
  components,
  unfamiliarity,
}: ClassifiedFrame): ScatterPoint[] {
  return Array.from(classes, (group, a) => ({
    x: coordinates[a * components] ?? 0,
    y: components > 1 ? (coordinates[a * components + 1] ?? 0) : 0,
    group,
    isStrange: (unfamiliarity[a] ?? 0) > 1,
  }));
}

/** Farthest atoms first, so that near ones cover them. */
function boxPoints({ frame, classes, unfamiliarity }: ClassifiedFrame): ScatterPoint[] {
  const depth = (a: number): number => frame.positions[3 * a + 1] ?? 0;
  return Array.from(classes, (group, a) => ({ a, group }))
    .sort((p, q) => depth(q.a) - depth(p.a))
    .map(({ a, group }) => ({
      x: frame.positions[3 * a] ?? 0,
      y: frame.positions[3 * a + 2] ?? 0,
      group,
      isStrange: (unfamiliarity[a] ?? 0) > 1,
    }));
}
