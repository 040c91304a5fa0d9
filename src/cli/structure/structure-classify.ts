import { availableParallelism } from "node:os";
import { readWholeFrames } from "../../../adapters/frames/read-frames.ts";
import {
  type AtomColumn,
  createExtendedXyzWriter,
} from "../../../adapters/frames/write-extended-xyz.ts";
import { createClassifierPool } from "../../../adapters/interpreters/classifier-pool.ts";
import {
  analyseFrame,
  analyseTrajectory,
  type FrameAnalysis,
  smoothedShares,
  type TrajectoryTransition,
} from "../../planning/structure-map/frame-analysis.ts";
import {
  type ClassifiedFrame,
  createFrameClassifier,
} from "../../planning/structure-map/frame-classifier.ts";
import { type CommandIo, printJson } from "../command.ts";
import { createProgress } from "../output/progress.ts";
import { pictureKind, writePicture } from "../output/write-picture.ts";
import { readJson, speciesList, whole } from "./structure-input.ts";
import type { ClassifyOptions } from "./structure-options.ts";

/** `structure classify`: classes of the atoms of every frame, their clusters, interfaces and transitions in time. */
export async function classifyFrames(options: ClassifyOptions, io: CommandIo): Promise<void> {
  if (options.plot !== undefined) pictureKind("--plot", options.plot);
  const started_ms = performance.now();
  const document = await readJson(options.model);
  const settings = {
    species: speciesList(options.species),
    rounds: whole(options.rounds, "--rounds", 0, 20),
  };
  const classifier = createFrameClassifier(document, settings);
  const workers =
    options.workers === undefined
      ? availableParallelism()
      : whole(options.workers, "--workers", 1, 256);
  const pool = createClassifierPool(document, classifier, workers);
  const names = classifier.model.classes;
  const cutoff_A = classifier.model.descriptor?.cutoff_A ?? 0;
  const writer = options.out === undefined ? undefined : await createExtendedXyzWriter(options.out);
  const progress = createProgress(io, "classify");
  const frames: FrameAnalysis[] = [];
  const notes = new Set<string>();
  let classify_ms = 0;
  let last: ClassifiedFrame | undefined;
  for await (const { frame, fraction } of readWholeFrames(options.frames, (cut) =>
    notes.add(cut),
  )) {
    const begin_ms = performance.now();
    const found = await pool.classify(frame);
    frames.push(analyseFrame(found, names, cutoff_A));
    classify_ms += performance.now() - begin_ms;
    if (found.note !== undefined) notes.add(found.note);
    await writer?.write(frame, outputColumns(found, names), {});
    last = found;
    progress.update(Math.round(1000 * fraction), 1000, `frame ${frame.index}`);
  }
  await writer?.close();
  await pool.stop();
  progress.finish();
  const transitions = analyseTrajectory(frames, names);
  const trends = smoothedShares(frames, names);
  if (options.plot !== undefined && last !== undefined) {
    const { drawClasses } = await import("../output/structure-plot.ts");
    await writePicture(options.plot, drawClasses({ frames, trends, transitions, last, names }));
  }
  for (const note of notes) io.err(`Note: ${note}\n`);
  const timing_ms = { classify: classify_ms, total: performance.now() - started_ms };
  if (options.json === true)
    return printJson(io, {
      frames,
      transitions,
      trends,
      classes: names,
      notes: [...notes],
      timing_ms,
    });
  for (const one of frames) io.out(`${lineOf(one)}\n`);
  for (const one of transitions) io.out(`${sentenceOf(one)}\n`);
}

function outputColumns(found: ClassifiedFrame, names: readonly string[]): AtomColumn[] {
  const name = (c: number | undefined): string => (names[c ?? 0] ?? "?").replaceAll(" ", "_");
  return [
    { name: "class", kind: "S", value: (a) => name(found.classes[a]) },
    { name: "class_id", kind: "I", value: (a) => `${found.classes[a]}` },
    { name: "class_alone", kind: "S", value: (a) => name(found.alone[a]) },
    { name: "probability", kind: "R", value: (a) => (found.probability[a] ?? 0).toFixed(4) },
    { name: "unfamiliarity", kind: "R", value: (a) => (found.unfamiliarity[a] ?? 0).toFixed(4) },
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function lineOf(one: FrameAnalysis): string {
  const classes = Object.entries(one.classes).map(([name, share]) => `${name} ${percent(share)}`);
  const where = one.temperature_K === undefined ? "" : ` (${one.temperature_K} K)`;
  const interfaces = one.interfaces.map(
    ({ axis, position_A, between }) =>
      `; ${between[0]}/${between[1]} at ${position_A.toFixed(1)} A along ${axis}`,
  );
  return (
    `frame ${one.frame}${where}: ${classes.join(", ")}; unfamiliar ${percent(one.unfamiliar)}` +
    interfaces.join("")
  );
}

function sentenceOf(one: TrajectoryTransition): string {
  const at = (frame: number, temperature_K: number | undefined): string =>
    temperature_K === undefined
      ? `frame ${frame.toFixed(1)}`
      : `${temperature_K.toFixed(0)} K (frame ${frame.toFixed(1)})`;
  return (
    `${one.kind} of ${one.class}, ${percent(one.from)} to ${percent(one.to)}: ` +
    `onset at ${at(one.onsetFrame, one.onsetTemperature_K)}, ` +
    `half at ${at(one.midpointFrame, one.midpointTemperature_K)}`
  );
}
