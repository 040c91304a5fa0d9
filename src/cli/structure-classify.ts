import { readFrames } from "../../adapters/frames/read-frames.ts";
import {
  type AtomColumn,
  createExtendedXyzWriter,
} from "../../adapters/frames/write-extended-xyz.ts";
import {
  type ClassifiedFrame,
  createFrameClassifier,
  summarise,
} from "../planning/frame-classifier.ts";
import { type CommandIo, printJson } from "./command.ts";
import { createProgress } from "./progress.ts";
import type { ClassifyOptions } from "./structure.ts";
import { readJson, speciesList, whole } from "./structure-input.ts";

interface FrameResult {
  readonly frame: number;
  readonly atoms: number;
  readonly classes: Record<string, number>;
  readonly alone: Record<string, number>;
  readonly unfamiliar: number;
  readonly step?: number;
  readonly temperature_K?: number;
}

/** `structure classify`: classes of the atoms of every frame. */
export async function classifyFrames(options: ClassifyOptions, io: CommandIo): Promise<void> {
  const started_ms = performance.now();
  const classifier = createFrameClassifier(await readJson(options.model), {
    species: speciesList(options.species),
    rounds: whole(options.rounds, "--rounds", 0, 20),
  });
  const names = classifier.model.classes;
  const writer = options.out === undefined ? undefined : await createExtendedXyzWriter(options.out);
  const progress = createProgress(io, "classify");
  const results: FrameResult[] = [];
  const notes = new Set<string>();
  let classify_ms = 0;
  for await (const { frame, fraction } of readFrames(options.frames)) {
    const begin_ms = performance.now();
    const found = classifier.classify(frame);
    classify_ms += performance.now() - begin_ms;
    if (found.note !== undefined) notes.add(found.note);
    results.push(resultOf(found, names));
    await writer?.write(frame, outputColumns(found, names), {});
    progress.update(Math.round(1000 * fraction), 1000, `frame ${frame.index}`);
  }
  await writer?.close();
  progress.finish();
  for (const note of notes) io.err(`Note: ${note}\n`);
  const timing_ms = { classify: classify_ms, total: performance.now() - started_ms };
  if (options.json === true)
    return printJson(io, { frames: results, notes: [...notes], timing_ms });
  for (const result of results) io.out(`${lineOf(result)}\n`);
}

function resultOf(found: ClassifiedFrame, names: readonly string[]): FrameResult {
  const { frame } = found;
  const step = Number(frame.properties["step"]);
  const temperature_K = Number(frame.properties["temperature_K"]);
  return {
    frame: frame.index,
    atoms: frame.atoms,
    ...summarise(found, names),
    ...(Number.isFinite(step) ? { step } : {}),
    ...(Number.isFinite(temperature_K) ? { temperature_K } : {}),
  };
}

function outputColumns(found: ClassifiedFrame, names: readonly string[]): AtomColumn[] {
  return [
    {
      name: "class",
      kind: "S",
      value: (a) => (names[found.classes[a] ?? 0] ?? "?").replaceAll(" ", "_"),
    },
    { name: "class_id", kind: "I", value: (a) => `${found.classes[a]}` },
    { name: "probability", kind: "R", value: (a) => (found.probability[a] ?? 0).toFixed(4) },
    { name: "unfamiliarity", kind: "R", value: (a) => (found.unfamiliarity[a] ?? 0).toFixed(4) },
  ];
}

function lineOf(result: FrameResult): string {
  const classes = Object.entries(result.classes)
    .map(([name, share]) => `${name} ${(100 * share).toFixed(1)} %`)
    .join(", ");
  const where = result.temperature_K === undefined ? "" : ` ${result.temperature_K} K`;
  return `frame ${result.frame}${where}: ${classes}; unfamiliar ${(100 * result.unfamiliar).toFixed(1)} %`;
}
