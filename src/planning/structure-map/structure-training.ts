import { LabError } from "../../core/errors.ts";
import { createPrng, type Prng } from "../../core/prng.ts";
import type { Frame } from "../../domain/frame.ts";
import { describeInChunks, descriptorLength } from "../../models/structure/laaf.ts";
import type {
  CentreModel,
  DescriptorRecipe,
  StructureModel,
} from "../../models/structure/structure-model.ts";
import {
  type TrainingOptions,
  type TrainingReport,
  trainCentre,
} from "../../models/structure/train-centre.ts";
import type { TrainingAtoms } from "../../models/structure/training-draws.ts";
import { laafSettings } from "./frame-classifier.ts";
import { matchSpecies } from "./frame-species.ts";

/** Atoms of one simulation that may be kept for training; more are sampled evenly at random. */
const ATOMS_PER_SIMULATION_MAX = 6000;

/** Descriptors of training atoms as the frames pass by. */
export interface TrainingCollector {
  /** Adds a frame of simulation `condition` (its file), labelled or not. */
  add(frame: Frame, condition: number, label: string | undefined): void;
  /** Atoms seen and atoms kept. */
  readonly seen: number;
  readonly kept: number;
  train(options: TrainingOptions): TrainedModel;
}

export interface TrainedModel {
  readonly model: StructureModel;
  /** One report for each species of centre. */
  readonly reports: readonly { readonly species: string; readonly report: TrainingReport }[];
  readonly warnings: readonly string[];
}

interface Kept {
  readonly rows: Float64Array[];
  readonly labels: number[];
  readonly conditions: number[];
  /** Atoms seen of each condition: the reservoir's counter. */
  readonly seen: Map<number, number>;
  /** Where each condition's kept rows are. */
  readonly places: Map<number, number[]>;
}

/**
 * Collects training atoms of frames: LAAF descriptors by `recipe`, the centre species kept apart, at most 6000 atoms of
 * each simulation (reservoir sampling, so that files of any length stream through).
 */
export function collectTrainingAtoms(
  recipe: DescriptorRecipe,
  species: readonly string[],
  seed: string,
  given?: readonly string[],
): TrainingCollector {
  const settings = laafSettings(recipe, species.length);
  const length = descriptorLength(settings);
  const prng = createPrng(`${seed}/training`);
  const classes: string[] = [];
  const kept = species.map(
    (): Kept => ({ rows: [], labels: [], conditions: [], seen: new Map(), places: new Map() }),
  );
  const state = { seen: 0 };
  return {
    get seen() {
      return state.seen;
    },
    get kept() {
      return kept.reduce((sum, own) => sum + own.rows.length, 0);
    },
    add: (frame, condition, label) => {
      if (label !== undefined && !classes.includes(label)) classes.push(label);
      const number = label === undefined ? -1 : classes.indexOf(label);
      const matched = matchSpecies(frame, species, given);
      state.seen += frame.atoms;
      describeInChunks({ ...frame, species: matched.species }, settings, 4096, (first, rows) => {
        for (let a = 0; a < rows.length / length; a++) {
          const own = kept[matched.species[first + a] ?? 0];
          if (own === undefined) continue;
          keep(own, condition, number, () => rows.slice(a * length, (a + 1) * length), prng);
        }
      });
    },
    train: (options) => {
      const trained = kept.flatMap((own, s) =>
        own.rows.length === 0
          ? []
          : [{ name: species[s] ?? "?", atoms: trainingAtoms(own, length, classes) }],
      );
      return trainModel(trained, { recipe, species, seed, options });
    },
  };
}

function keep(
  own: Kept,
  condition: number,
  label: number,
  row: () => Float64Array,
  prng: Prng,
): void {
  const seen = (own.seen.get(condition) ?? 0) + 1;
  own.seen.set(condition, seen);
  const places = own.places.get(condition) ?? [];
  if (places.length < ATOMS_PER_SIMULATION_MAX) {
    places.push(own.rows.length);
    own.places.set(condition, places);
    own.rows.push(row());
    own.labels.push(label);
    own.conditions.push(condition);
    return;
  }
  const slot = prng.integer(seen);
  const place = places[slot];
  if (place !== undefined) own.rows[place] = row();
}

function trainingAtoms(own: Kept, columns: number, classes: readonly string[]): TrainingAtoms {
  const descriptors = new Float64Array(own.rows.length * columns);
  own.rows.forEach((row, i) => {
    descriptors.set(row, i * columns);
  });
  return {
    descriptors,
    rows: own.rows.length,
    columns,
    labels: own.labels.some((label) => label < 0) ? undefined : Int32Array.from(own.labels),
    classes,
    conditions: Int32Array.from(own.conditions),
  };
}

/** What a model is trained with besides its atoms. */
export interface ModelContext {
  /** Absent for descriptors made elsewhere. */
  readonly recipe: DescriptorRecipe | undefined;
  readonly species: readonly string[];
  readonly seed: string;
  readonly options: TrainingOptions;
}

/** Trains each species of centre and says what is doubtful. Throws TL-7012 where nothing can be projected. */
export function trainModel(
  centres: readonly { readonly name: string; readonly atoms: TrainingAtoms }[],
  context: ModelContext,
): TrainedModel {
  const { recipe, species, seed, options } = context;
  const first = centres[0];
  if (first === undefined) throw new LabError("TL-7012", "There are no training atoms");
  const labelled = first.atoms.labels !== undefined;
  const trained = centres.map(({ name, atoms }) => ({
    name,
    atoms,
    ...trainCentre(name, atoms, options, createPrng(`${seed}/centre ${name}`)),
  }));
  const clusters = Math.max(...trained.map(({ report }) => report.clusters));
  const model: StructureModel = {
    species,
    descriptor: recipe,
    classes: labelled
      ? first.atoms.classes
      : Array.from({ length: clusters }, (_, k) => `cluster ${k + 1}`),
    labelled,
    voters: options.voters,
    centres: trained.map(({ model: centre }): CentreModel => centre),
  };
  return {
    model,
    reports: trained.map(({ name, report }) => ({ species: name, report })),
    warnings: trained.flatMap(({ name, atoms, report }) =>
      findDoubts(atoms, report).map((doubt) =>
        trained.length > 1 ? `${name} atoms: ${doubt}` : doubt,
      ),
    ),
  };
}

/** Below this accuracy on atoms that were held back a class is not told apart. */
const RECALL_LOW = 0.95;
const DRAWS_APART = 0.05;

function findDoubts(atoms: TrainingAtoms, report: TrainingReport): string[] {
  const doubts: string[] = [];
  const { labels, classes } = atoms;
  if (labels === undefined) return doubts;
  const accuracy = report.heldOut?.overall ?? report.crossValidation ?? 1;
  if (accuracy < RECALL_LOW)
    doubts.push(
      `Only ${percent(accuracy)} of atoms held back get their own label: the labels overlap, a file ` +
        "is mislabelled, or the cutoff does not fit; do not rely on this model.",
    );
  report.heldOut?.perClass.forEach((recall, c) => {
    if (recall < RECALL_LOW)
      doubts.push(`${classes[c]}: only ${percent(recall)} of its atoms held back are recognised.`);
  });
  const spread = report.draws.map((draw) => draw.crossValidation ?? 1);
  if (Math.max(...spread) - Math.min(...spread) > DRAWS_APART)
    doubts.push(
      `The training draws disagree (cross-validation ${percent(Math.min(...spread))} to ` +
        `${percent(Math.max(...spread))}): the training set is too small or badly mixed; add frames.`,
    );
  classes.forEach((name, c) => {
    const conditions = new Set<number>();
    labels.forEach((label, i) => {
      if (label === c) conditions.add(atoms.conditions[i] ?? 0);
    });
    if (conditions.size === 1)
      doubts.push(
        `${name} is known from one simulation only; a model does not reach beyond the conditions it ` +
          "has seen: add another temperature.",
      );
  });
  return doubts;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
