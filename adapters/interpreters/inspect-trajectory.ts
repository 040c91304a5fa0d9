import type { Frame } from "../../src/domain/frame.ts";
import type { DataReference } from "../../src/domain/observation.ts";
import {
  type ClassifiedFrame,
  type FrameClassifier,
  summarise,
} from "../../src/planning/structure-map/frame-classifier.ts";
import type { RunLook, SpaceAtoms, StructureLook } from "../../src/views/structure-look.ts";
import { type FileRules, fetchReference } from "../frames/data-reference.ts";
import { readFrames } from "../frames/read-frames.ts";
import { classifierOf } from "./classify-trajectory.ts";
import { withoutContent } from "./without-content.ts";

/** What a person wants to look at: a model's space, and one trajectory in it. */
export interface InspectionRequest {
  /** Model file of `structure train`. */
  readonly model: string;
  readonly frames?: DataReference | undefined;
  readonly files?: FileRules | undefined;
}

/** Frames of a run that are classified; more would cost minutes and show no more. */
const FRAMES_max = 30;
/** Atoms that are drawn. */
const ATOMS_max = 1500;

/** Looks at a model and a trajectory. Throws what `classifyTrajectory` throws. */
export async function inspectTrajectory(request: InspectionRequest): Promise<StructureLook> {
  const classifier = classifierOf(request.model);
  const { model } = classifier;
  const look: StructureLook = {
    classes: model.classes,
    species: model.centres[0]?.species ?? "",
    training: trainingAtoms(classifier),
  };
  const { frames, files } = request;
  if (frames === undefined) return look;
  const path = await fetchReference(frames, files);
  return { ...look, run: await withoutContent(frames, () => inspectRun(path, classifier)) };
}

async function inspectRun(path: string, classifier: FrameClassifier): Promise<RunLook> {
  let total = 0;
  for await (const _ of readFrames(path)) total++;
  const stride = Math.ceil(total / FRAMES_max);
  const frames: RunLook["frames"][number][] = [];
  let last: ClassifiedFrame | undefined;
  for await (const { frame } of readFrames(path)) {
    // Counted from the end, so that the last frame is always among them.
    if ((total - 1 - frame.index) % stride !== 0) continue;
    last = classifier.classify(frame);
    frames.push(summariseFrame(frame, last, classifier.model.classes));
  }
  return { frames, atoms: atomsOf(last) };
}

function summariseFrame(frame: Frame, found: ClassifiedFrame, names: readonly string[]) {
  const { classes, unfamiliar } = summarise(found, names);
  const known = (name: string): number | undefined => {
    const value = Number(frame.properties[name] ?? Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const [step, temperature_K] = [known("step"), known("temperature_K")];
  return {
    frame: frame.index,
    ...(step === undefined ? {} : { step }),
    ...(temperature_K === undefined ? {} : { temperature_K }),
    shares: classes,
    unfamiliar,
  };
}

function atomsOf(found: ClassifiedFrame | undefined): RunLook["atoms"] {
  if (found === undefined) return { x: [], y: [], group: [], unfamiliar: [] };
  const { classes, coordinates, components, unfamiliarity } = found;
  const some = everyNth(classes.length);
  return {
    ...placesOf(coordinates, components, some),
    group: some.map((a) => classes[a] ?? -1),
    unfamiliar: some.map((a) => (unfamiliarity[a] ?? 0) > 1),
  };
}

/** Training atoms of the first draw that votes. */
function trainingAtoms({ model }: FrameClassifier): SpaceAtoms {
  const member = model.centres[0]?.members[0];
  if (member === undefined) return { x: [], y: [], group: [] };
  const some = everyNth(member.labels.length);
  return {
    ...placesOf(member.coordinates, member.components, some),
    group: some.map((a) => member.labels[a] ?? -1),
  };
}

function placesOf(coordinates: Float64Array, components: number, atoms: readonly number[]) {
  const at = (k: number) =>
    atoms.map((a) => (k < components ? round(coordinates[a * components + k] ?? 0) : 0));
  return { x: at(0), y: at(1) };
}

function everyNth(count: number): number[] {
  const stride = Math.max(1, Math.ceil(count / ATOMS_max));
  return Array.from({ length: Math.ceil(count / stride) }, (_, k) => k * stride);
}

function round(value: number): number {
  return Number(value.toPrecision(5));
}
