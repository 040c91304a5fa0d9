import type { StructureModel } from "../../models/structure/structure-model.ts";
import type {
  FrameAnalysis,
  TrajectoryTransition,
} from "../../planning/structure-map/frame-analysis.ts";
import type { ClassifiedFrame } from "../../planning/structure-map/frame-classifier.ts";
import { type ChartOptions, drawChart, type Series } from "../../views/pictures/chart.ts";
import { composeFigure } from "../../views/pictures/figure.ts";
import { phaseColour } from "../../views/pictures/palette.ts";
import { LIGHT } from "../../views/pictures/theme.ts";

const SIDE_px = 420;
/** Around the axes of a chart, px: what its picture is wider and higher than the plot itself. */
const AROUND = { width: 84, height: 86 };
/** More points than this make a picture slow without showing more. */
const POINTS_MAX = 5000;
const SPACE = { xName: "component 1", yName: "component 2" };

interface Atom {
  readonly x: number;
  readonly y: number;
  readonly group: number;
  /** Drawn with a black rim. */
  readonly isStrange: boolean;
}

/** Picture of a model's space: the first voting draw's training atoms, coloured by class. */
export function drawSpace(model: StructureModel): string {
  const centre = model.centres[0];
  const member = centre?.members[0];
  const atoms = Array.from({ length: member?.labels.length ?? 0 }, (_, i) => ({
    ...inSpace(member?.coordinates ?? [], member?.components ?? 1, i),
    ...{ group: member?.labels[i] ?? 0, isStrange: false },
  }));
  const title = `TS-LPP space of ${centre?.species ?? "atoms"}, middle dimension ${member?.dimension ?? 0}`;
  return chart(dotsOf(atoms, model.classes, 1.8), title, { ...SPACE, width: 640, height: 480 });
}

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
export function drawClasses(run: ClassifiedTrajectory): string {
  const { frames, last, names } = run;
  const title = `Frame ${last.frame.index}`;
  const atoms = atomsOf(last);
  const panels = [
    { svg: drawShares(run), heading: "Share of atoms" },
    {
      svg: chart(dotsOf(atoms.space, names, 1.8), title, SPACE),
      heading: `${title} in the model's space`,
    },
    {
      svg: drawBox(atoms.box, names, title),
      heading: `${title}, seen along y`,
    },
  ];
  const lines = "dots: each frame; lines: atoms judged alone, mean of 5 frames";
  return composeFigure([panels], {
    ...{ title: "Kinds of atoms", description: title, theme: LIGHT },
    subtitle: `${lines}; black rims: atoms unlike those of the training${interfacesOf(frames.at(-1))}`,
  });
}

function drawShares({ frames, trends, transitions, names }: ClassifiedTrajectory): string {
  const temperatures = frames.flatMap((one) => one.temperature_K ?? []);
  const byTemperature =
    temperatures.length === frames.length && new Set(temperatures).size > frames.length / 2;
  const x = byTemperature ? temperatures : frames.map((one) => one.frame);
  const onsets = transitions.flatMap(({ onsetFrame }) => x[Math.round(onsetFrame)] ?? []);
  const series = names.flatMap((name, group): Series[] => {
    const y = frames.map((frame) => frame.classes[name] ?? 0);
    const own = { colour: phaseColour(group), x };
    return [
      { ...own, name, y: trends[name] ?? [], kind: "line" },
      { ...own, name: "", y, kind: "dots", radius: 2, opacity: 0.5 },
    ];
  });
  const marks = [...new Set(onsets)].map((onset): Series => {
    const name = `onset ${Math.round(onset)}`;
    return { name, colour: LIGHT.quiet, x: [onset, onset], y: [0, 1], kind: "line", dashed: true };
  });
  const xName = byTemperature ? "temperature_K" : "frame";
  const range = { yMin: -0.01, yMax: 1.01 };
  return chart([...marks, ...series], "Share of atoms", { xName, yName: "share", ...range });
}

/** An angstrom is as long on both axes. */
function drawBox(atoms: readonly Atom[], names: readonly string[], title: string): string {
  const [wide, high] = [spread(atoms.map(({ x }) => x)), spread(atoms.map(({ y }) => y))];
  const unit_px = Math.min(SIDE_px / wide, SIDE_px / high);
  const width = Math.max(160, unit_px * wide) + AROUND.width;
  const size = { width, height: unit_px * high + AROUND.height };
  return chart(dotsOf(atoms, names, 3), title, { xName: "x (Å)", yName: "z (Å)", ...size });
}

const spread = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.max(a, b), -Infinity) -
    values.reduce((a, b) => Math.min(a, b), Infinity) || 1;

function chart(series: readonly Series[], title: string, own: Partial<ChartOptions>): string {
  const size = { width: SIDE_px + AROUND.width, height: SIDE_px + AROUND.height };
  const all = { title, description: title, theme: LIGHT, xName: "", yName: "", ...size, ...own };
  return drawChart(series, all);
}

/** A series a class; those with a rim are further ones, without a name of their own. */
function dotsOf(atoms: readonly Atom[], names: readonly string[], radius: number): Series[] {
  const stride = Math.max(1, Math.ceil(atoms.length / POINTS_MAX));
  const shown = atoms.filter((_, k) => k % stride === 0);
  return [false, true].flatMap((isStrange) =>
    names.map((name, group): Series => {
      const own = shown.filter((atom) => atom.group === group && atom.isStrange === isStrange);
      const [x, y] = [own.map((atom) => atom.x), own.map((atom) => atom.y)];
      const look = { kind: "dots", radius, opacity: 0.6, colour: phaseColour(group) } as const;
      return { ...look, x, y, name: isStrange ? "" : name, rim: isStrange ? "black" : undefined };
    }),
  );
}

function interfacesOf(frame: FrameAnalysis | undefined): string {
  const found = frame?.interfaces ?? [];
  if (found.length === 0) return "";
  const at = found.map(({ position_A }) => position_A.toFixed(1)).join(", ");
  return `; interfaces along ${found[0]?.axis} at ${at} A`;
}

/** The last frame's atoms in the space, and in the box with the farthest first, so that near ones cover them. */
function atomsOf({ frame, classes, coordinates, components, unfamiliarity }: ClassifiedFrame): {
  readonly space: readonly Atom[];
  readonly box: readonly Atom[];
} {
  const depth = (a: number): number => frame.positions[3 * a + 1] ?? 0;
  const kind = (group: number, a: number): { group: number; isStrange: boolean } => ({
    group,
    isStrange: (unfamiliarity[a] ?? 0) > 1,
  });
  const space = Array.from(classes, (group, a) => ({
    ...inSpace(coordinates, components, a),
    ...kind(group, a),
  }));
  const box = Array.from(classes, (group, a) => ({ a, group }))
    .sort((p, q) => depth(q.a) - depth(p.a))
    .map(({ a, group }) => ({
      ...{ x: frame.positions[3 * a] ?? 0, y: frame.positions[3 * a + 2] ?? 0 },
      ...kind(group, a),
    }));
  return { space, box };
}

function inSpace(coordinates: ArrayLike<number>, components: number, atom: number) {
  const y = components > 1 ? (coordinates[atom * components + 1] ?? 0) : 0;
  return { x: coordinates[atom * components] ?? 0, y };
}
