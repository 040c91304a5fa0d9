import { type ClassClusters, findClusters } from "../../models/structure/class-clusters.ts";
import { findInterfaces } from "../../models/structure/interfaces.ts";
import { findTransitions, movingMean } from "../../models/structure/transitions.ts";
import { type ClassifiedFrame, type FrameSummary, summarise } from "./frame-classifier.ts";

/** Everything said of one frame, plain JSON. */
export interface FrameAnalysis extends FrameSummary {
  readonly frame: number;
  readonly atoms: number;
  readonly step?: number | undefined;
  readonly temperature_K?: number | undefined;
  /** Connected groups of each class that occurs. */
  readonly clusters: Readonly<Record<string, ClassClusters>>;
  readonly interfaces: readonly {
    readonly axis: string;
    readonly position_A: number;
    readonly fraction: number;
    readonly between: readonly [string, string];
  }[];
}

/** Shares, clusters and interfaces of one classified frame. */
export function analyseFrame(
  found: ClassifiedFrame,
  names: readonly string[],
  cutoff_A: number,
): FrameAnalysis {
  const { frame, classes } = found;
  const box = { ...frame, species: frame.species };
  const name = (c: number): string => names[c] ?? "?";
  const width = found.principal.length / Math.max(1, frame.atoms);
  const space = width > 0 ? { values: found.principal, components: width } : undefined;
  const clusters = findClusters(box, classes, names.length, cutoff_A);
  return {
    frame: frame.index,
    atoms: frame.atoms,
    ...summarise(found, names),
    ...optional("step", Number(frame.properties["step"])),
    ...optional("temperature_K", Number(frame.properties["temperature_K"])),
    clusters: Object.fromEntries(
      clusters.flatMap((own, c) => (own.largest > 0 ? [[name(c), own] as const] : [])),
    ),
    interfaces: findInterfaces(box, classes, names.length, space).map((one) => ({
      axis: one.axis,
      position_A: one.position_A,
      fraction: one.fraction,
      between: [name(one.between[0]), name(one.between[1])],
    })),
  };
}

/** A transition along the frames, with where the growing class began. */
export interface TrajectoryTransition {
  readonly class: string;
  readonly kind: "loss" | "growth";
  readonly onsetFrame: number;
  readonly midpointFrame: number;
  readonly from: number;
  readonly to: number;
  readonly onsetTemperature_K?: number | undefined;
  readonly midpointTemperature_K?: number | undefined;
  /** Centre of the class's largest cluster at the onset, A. */
  readonly seed_A?: readonly [number, number, number] | undefined;
}

/** Classes that appear or disappear along a trajectory; by the atoms judged alone, whose shares are smoothest in time. */
export function analyseTrajectory(
  frames: readonly FrameAnalysis[],
  names: readonly string[],
): TrajectoryTransition[] {
  const series = names.map((name) => Float64Array.from(frames, (one) => one.alone[name] ?? 0));
  return findTransitions(series).map((found) => {
    const name = names[found.class] ?? "?";
    const { class: _, ...rest } = found;
    return {
      class: name,
      ...rest,
      ...optional("onsetTemperature_K", temperatureAt(frames, found.onsetFrame)),
      ...optional("midpointTemperature_K", temperatureAt(frames, found.midpointFrame)),
      ...(found.kind === "growth"
        ? { seed_A: frames[found.onsetFrame]?.clusters[name]?.centre_A }
        : {}),
    };
  });
}

/** Shares of each class along the frames, of the atoms judged alone and averaged over five frames. */
export function smoothedShares(
  frames: readonly FrameAnalysis[],
  names: readonly string[],
): Record<string, number[]> {
  return Object.fromEntries(
    names.map((name) => {
      const series = Float64Array.from(frames, (one) => one.alone[name] ?? 0);
      return [name, Array.from(movingMean(series), (share) => Number(share.toFixed(6)))];
    }),
  );
}

function temperatureAt(frames: readonly FrameAnalysis[], place: number): number {
  const low = Math.floor(place);
  const here = frames[low]?.temperature_K ?? Number.NaN;
  const after = frames[low + 1]?.temperature_K ?? here;
  return here + (place - low) * (after - here);
}

function optional<Name extends string>(name: Name, value: number): { [key in Name]?: number } {
  return Number.isFinite(value) ? ({ [name]: value } as { [key in Name]?: number }) : {};
}
