import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { readWholeFrames } from "../../../adapters/frames/read-frames.ts";
import { LabError, misuse } from "../../core/errors.ts";
import { modelToDocument } from "../../models/structure/model-document.ts";
import type { TrainingOptions, TrainingReport } from "../../models/structure/train-centre.ts";
import type { TrainingAtoms } from "../../models/structure/training-draws.ts";
import {
  collectTrainingAtoms,
  type TrainedModel,
  trainModel,
} from "../../planning/structure-map/structure-training.ts";
import { type CommandIo, printJson } from "../command.ts";
import { createProgress, type Progress } from "../output/progress.ts";
import { pictureKind, writePicture } from "../output/write-picture.ts";
import {
  chooseRecipe,
  firstFrames,
  positive,
  speciesList,
  splitLabel,
  whole,
  writeText,
} from "./structure-input.ts";
import type { TrainOptions } from "./structure-options.ts";

interface Timing {
  read_ms: number;
  train_ms: number;
}

/** `structure train`: a classifier of atoms from labelled frames or from a table of descriptors. */
export async function trainStructure(options: TrainOptions, io: CommandIo): Promise<void> {
  const started_ms = performance.now();
  if (options.plot !== undefined) pictureKind("--plot", options.plot);
  const hasFrames = (options.frames ?? []).length > 0;
  const hasTable = (options.descriptors ?? []).length > 0;
  if (hasFrames === hasTable)
    throw misuse("TL-1001", "structure train takes either --frames or --descriptors");
  const progress = createProgress(io, "train");
  const training = trainingOptions(options, progress);
  const timing: Timing = { read_ms: 0, train_ms: 0 };
  const trained = hasFrames
    ? await trainOnFrames(options, training, timing, progress)
    : await trainOnTables(options, training, timing);
  progress.finish();
  await writeText(options.out, `${JSON.stringify(modelToDocument(trained.model))}\n`);
  if (options.plot !== undefined) {
    const { drawSpace } = await import("../output/structure-plot.ts");
    await writePicture(options.plot, drawSpace(trained.model));
  }
  for (const warning of trained.warnings) io.err(`Warning: ${warning}\n`);
  const total_ms = performance.now() - started_ms;
  report(trained, options, { ...timing, total_ms }, io);
}

function trainingOptions(options: TrainOptions, progress: Progress): TrainingOptions {
  const dimension = positive(options.dimension, "--dimension");
  const clusters = positive(options.clusters, "--clusters");
  const sigma = positive(options.sigma, "--sigma");
  return {
    neighbours: whole(options.neighbours, "--neighbours", 1, 100),
    components: whole(options.components, "--components", 1, 10),
    voters: whole(options.voters, "--voters", 1, 1000),
    draws: whole(options.draws, "--draws", 1, 100),
    ...(dimension === undefined
      ? {}
      : { dimension: whole(`${dimension}`, "--dimension", 1, 1000) }),
    ...(clusters === undefined ? {} : { clusters: whole(`${clusters}`, "--clusters", 2, 50) }),
    ...(sigma === undefined ? {} : { sigma }),
    onDraw: (done, total) => progress.update(done, total, "training draws"),
  };
}

async function trainOnFrames(
  options: TrainOptions,
  training: TrainingOptions,
  timing: Timing,
  progress: Progress,
): Promise<TrainedModel> {
  const started_ms = performance.now();
  const files = (options.frames ?? []).map(splitLabel);
  const labelled = files.filter(({ label }) => label !== undefined).length;
  if (labelled !== 0 && labelled !== files.length)
    throw misuse("TL-1001", "give every file of --frames a label, or none");
  const { recipe, species } = chooseRecipe(
    options,
    await firstFrames(files.map(({ file }) => file)),
  );
  const collector = collectTrainingAtoms(
    recipe,
    species,
    options.seed,
    speciesList(options.species),
  );
  const cuts: string[] = [];
  for (const [condition, { file, label }] of files.entries()) {
    for await (const { frame, fraction } of readWholeFrames(file, (cut) => cuts.push(cut))) {
      collector.add(frame, condition, label);
      progress.update(condition + fraction, files.length, `${collector.seen} atoms`);
    }
  }
  const read_ms = performance.now();
  timing.read_ms = read_ms - started_ms;
  const trained = collector.train(training);
  timing.train_ms = performance.now() - read_ms;
  return { ...trained, warnings: [...cuts, ...trained.warnings] };
}

async function trainOnTables(
  options: TrainOptions,
  training: TrainingOptions,
  timing: Timing,
): Promise<TrainedModel> {
  const started_ms = performance.now();
  const atoms = await readTables((options.descriptors ?? []).map(splitLabel));
  const read_ms = performance.now();
  timing.read_ms = read_ms - started_ms;
  const species = speciesList(options.species)?.[0] ?? "atoms";
  const trained = trainModel([{ name: species, atoms }], {
    recipe: undefined,
    species: [species],
    seed: options.seed,
    options: training,
  });
  timing.train_ms = performance.now() - read_ms;
  return trained;
}

async function readTables(
  files: readonly { file: string; label: string | undefined }[],
): Promise<TrainingAtoms> {
  const rows: Float64Array[] = [];
  const labels: number[] = [];
  const conditions: number[] = [];
  const classes: string[] = [];
  for (const [condition, { file, label }] of files.entries()) {
    if (label !== undefined && !classes.includes(label)) classes.push(label);
    for await (const row of readTable(file)) {
      if (rows[0] !== undefined && row.length !== rows[0].length)
        throw new LabError(
          "TL-7013",
          `${file}: a row of ${row.length} numbers follows rows of ${rows[0].length}`,
        );
      rows.push(row);
      labels.push(label === undefined ? -1 : classes.indexOf(label));
      conditions.push(condition);
    }
  }
  const columns = rows[0]?.length ?? 0;
  const descriptors = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    descriptors.set(row, i * columns);
  });
  return {
    descriptors,
    rows: rows.length,
    columns,
    labels: labels.includes(-1) ? undefined : Int32Array.from(labels),
    classes,
    conditions: Int32Array.from(conditions),
  };
}

async function* readTable(file: string): AsyncGenerator<Float64Array> {
  const stream = createReadStream(file);
  let line = 0;
  try {
    for await (const text of createInterface({
      input: stream,
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      line++;
      if (text.trim() === "") continue;
      const row = Float64Array.from(text.split(","), (field) =>
        field.trim() === "" ? Number.NaN : Number(field),
      );
      const bad = row.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0)
        throw new LabError("TL-7013", `${file} line ${line}: column ${bad + 1} is not a number`);
      yield row;
    }
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw new LabError("TL-1002", `${file} cannot be read`, { cause: error });
  }
}

function report(
  trained: TrainedModel,
  options: TrainOptions,
  timing: Timing & { total_ms: number },
  io: CommandIo,
): void {
  const first = trained.reports[0];
  if (first === undefined) return;
  const { model, reports, warnings } = trained;
  if (options.json === true) {
    printJson(io, {
      ...figures(first.report),
      classes: model.classes,
      ...(model.descriptor === undefined ? {} : { descriptor: model.descriptor }),
      species: model.species,
      ...(reports.length > 1
        ? { centres: reports.map((own) => ({ species: own.species, ...figures(own.report) })) }
        : {}),
      warnings,
      out: options.out,
      timing_ms: { read: timing.read_ms, train: timing.train_ms, total: timing.total_ms },
    });
    return;
  }
  for (const { species, report: own } of reports) io.out(`${describeReport(species, own)}\n`);
  io.out(`Model written to ${options.out} (${Math.round(timing.total_ms)} ms)\n`);
}

function figures(report: TrainingReport) {
  return {
    atoms: report.kMeans.length,
    rank: report.rank,
    dimension: report.dimension,
    crossValidation: report.crossValidation ?? null,
    silhouette: report.silhouette,
    pseudoF: report.pseudoF,
    kMeans: [...report.kMeans],
    clusters: report.clusters,
    clusterCounts: report.clusterCounts,
    dimensions: report.dimensions,
    draws: report.draws,
    heldOut: report.heldOut ?? null,
    pca: {
      crossValidation: report.pca.crossValidation ?? null,
      silhouette: report.pca.silhouette,
      pseudoF: report.pca.pseudoF,
      kMeans: [...report.pca.kMeans],
    },
  };
}

function describeReport(species: string, report: TrainingReport): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const accuracy =
    report.crossValidation === undefined
      ? `${report.clusters} kinds of atoms`
      : `cross-validation ${percent(report.crossValidation)}`;
  const heldOut =
    report.heldOut === undefined ? "" : `, ${percent(report.heldOut.overall)} of atoms held back`;
  return (
    `${species}: ${accuracy}${heldOut}; middle dimension ${report.dimension} of rank ${report.rank}, ` +
    `silhouette ${report.silhouette.toFixed(3)}, pseudo-F ${report.pseudoF.toFixed(0)} ` +
    `(PCA: silhouette ${report.pca.silhouette.toFixed(3)}, pseudo-F ${report.pca.pseudoF.toFixed(0)})`
  );
}
