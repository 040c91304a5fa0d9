import { LabError } from "../../core/errors.ts";
import type { Frame } from "../../domain/frame.ts";
import type { AtomBox } from "../../models/structure/atom-box.ts";
import {
  type ClassGathering,
  joinGatherings,
  NOBODY,
  straying,
} from "../../models/structure/class-gatherings.ts";
import { winners } from "../../models/structure/class-votes.ts";
import {
  classifyDescriptors,
  type PreparedCentre,
  prepareCentre,
} from "../../models/structure/classify-descriptors.ts";
import {
  consultNeighbours,
  probabilityOf,
  settleClasses,
} from "../../models/structure/consult-neighbours.ts";
import { takeRows } from "../../models/structure/dense.ts";
import {
  describeInChunks,
  descriptorLength,
  etaGrid,
  type LaafSettings,
} from "../../models/structure/laaf.ts";
import { modelFromDocument } from "../../models/structure/model-document.ts";
import { cutSlabs, type Slab } from "../../models/structure/slabs.ts";
import type { DescriptorRecipe, StructureModel } from "../../models/structure/structure-model.ts";
import { matchSpecies } from "./frame-species.ts";

/** Classes of the atoms of one frame. */
export interface ClassifiedFrame {
  readonly frame: Frame;
  /** Number of each atom's class in the model's list. */
  readonly classes: Int32Array;
  /** Of the class, calibrated. */
  readonly probability: Float64Array;
  /** Class of each atom by itself, before its neighbours were heard. */
  readonly alone: Int32Array;
  /** Above 1 the atom is unlike every training atom. */
  readonly unfamiliarity: Float64Array;
  /** First two coordinates of each atom in the model's space. */
  readonly coordinates: Float64Array;
  readonly components: number;
  /** Principal components of each atom's descriptor, atoms x width; width 0 where the model has none. */
  readonly principal: Float64Array;
  readonly note?: string | undefined;
}

export interface FrameClassifier {
  readonly model: StructureModel;
  classify(frame: Frame): ClassifiedFrame;
  /** The same for a large frame, its slabs judged by `judge`, for instance in threads. */
  classifyBySlabs(
    frame: Frame,
    slabs: number,
    judge: (slab: SlabTask) => Promise<AtomJudgements>,
  ): Promise<ClassifiedFrame>;
  /** Judges the own atoms of a slab: what a thread does. */
  judgeSlab(slab: SlabTask): AtomJudgements;
}

/** Atoms of a slab, those to be judged first. */
export interface SlabTask {
  readonly box: AtomBox;
  readonly own: number;
}

/** What is said of atoms before their neighbours are heard. */
export interface AtomJudgements {
  /** atoms x classes. */
  readonly votes: Float64Array;
  readonly unfamiliarity: Float64Array;
  /** atoms x components. */
  readonly coordinates: Float64Array;
  readonly principal: Float64Array;
  /** By species and class (species * classes + class): the atoms that look familiar, together. */
  readonly gatherings: readonly ClassGathering[];
}

export interface ClassifierOptions {
  /** Names of a dump's types 1, 2, .. */
  readonly species?: readonly string[] | undefined;
  /** Times that neighbouring atoms agree on their classes; 0: each atom alone. */
  readonly rounds?: number | undefined;
}

/** Atoms described at a time: 100 doubles each, 3 MB, which stays in the processor's cache. */
const CHUNK_ATOMS = 4096;

/** Makes the classifier of a model document (the JSON that `structure train` writes). Throws TL-7010. */
export function createFrameClassifier(
  document: unknown,
  options: ClassifierOptions = {},
): FrameClassifier {
  const model = modelFromDocument(document);
  const recipe = model.descriptor;
  if (recipe === undefined)
    throw new LabError(
      "TL-7010",
      "The structure model was trained on descriptors made elsewhere, so it cannot describe frames",
      { hint: "Train it with --frames." },
    );
  const settings = laafSettings(recipe, model.species.length);
  const centres = model.centres.map((centre) =>
    prepareCentre(centre, model.classes.length, model.voters),
  );
  const bySpecies = model.species.map((name) =>
    centres.find((centre) => centre.model.species === name),
  );
  const parts = { model, settings, centres: bySpecies, options };
  return {
    model,
    classify: (frame) => {
      const { box, ...matched } = matchedBox(frame, parts);
      return conclude(frame, box, judgeAtoms(box, box.atoms, parts), matched, parts);
    },
    classifyBySlabs: async (frame, count, judge) => {
      const { box, ...matched } = matchedBox(frame, parts);
      const slabs = cutSlabs(box, count, settings.cutoff_A + settings.average_A);
      if (slabs === undefined)
        return conclude(frame, box, judgeAtoms(box, box.atoms, parts), matched, parts);
      const judged = await Promise.all(slabs.map(judge));
      return conclude(frame, box, gather(slabs, judged, box.atoms), matched, parts);
    },
    judgeSlab: ({ box, own }) => judgeAtoms(box, own, parts),
  };
}

export function laafSettings(recipe: DescriptorRecipe, speciesCount: number): LaafSettings {
  return {
    cutoff_A: recipe.cutoff_A,
    average_A: recipe.average_A,
    etas_A: etaGrid(recipe.cutoff_A, recipe.etas),
    speciesCount,
    averageOver: recipe.averageOver,
  };
}

interface ClassifierParts {
  readonly model: StructureModel;
  readonly settings: LaafSettings;
  /** By the model's species. */
  readonly centres: readonly (PreparedCentre | undefined)[];
  readonly options: ClassifierOptions;
}

type Matched = Omit<ReturnType<typeof matchSpecies>, "species">;

function matchedBox(
  frame: Frame,
  { model, options }: ClassifierParts,
): Matched & { readonly box: AtomBox } {
  const { species, ...matched } = matchSpecies(frame, model.species, options.species);
  const { atoms, positions, cell, origin, periodic } = frame;
  return { ...matched, box: { atoms, positions, cell, origin, periodic, species } };
}

/** Votes, unfamiliarity and coordinates of the first `own` atoms, each by itself. */
function judgeAtoms(box: AtomBox, own: number, parts: ClassifierParts): AtomJudgements {
  const { model, settings, centres } = parts;
  const components = model.centres[0]?.members[0]?.components ?? 2;
  const count = model.classes.length;
  const votes = new Float64Array(own * count);
  const unfamiliarity = new Float64Array(own);
  const coordinates = new Float64Array(own * components);
  const width = principalWidth(model);
  const principal = new Float64Array(own * width);
  const gatherings = new Array<ClassGathering>(centres.length * count).fill(NOBODY);
  const length = descriptorLength(settings);
  describeInChunks(box, settings, CHUNK_ATOMS, (firstAtom, rows) => {
    const atoms = Math.min(rows.length / length, own - firstAtom);
    centres.forEach((centre, s) => {
      const alike: number[] = [];
      for (let a = 0; a < atoms; a++) if (box.species[firstAtom + a] === s) alike.push(a);
      if (alike.length === 0) return;
      if (centre === undefined)
        throw new LabError("TL-7011", `The model has no classes for ${model.species[s]} atoms`);
      const found = classifyDescriptors(centre, takeRows(rows, length, alike), alike.length);
      found.gatherings.forEach((one, c) => {
        const at = s * count + c;
        gatherings[at] = joinGatherings(gatherings[at] ?? NOBODY, one);
      });
      alike.forEach((a, k) => {
        const atom = firstAtom + a;
        votes.set(found.votes.subarray(k * count, (k + 1) * count), atom * count);
        coordinates.set(
          found.coordinates.subarray(k * components, (k + 1) * components),
          atom * components,
        );
        principal.set(found.principal.subarray(k * width, (k + 1) * width), atom * width);
        unfamiliarity[atom] = found.unfamiliarity[k] ?? 0;
      });
    });
  });
  return { votes, unfamiliarity, coordinates, principal, gatherings };
}

/** Principal components an atom; 0 where a centre of the model has none. */
function principalWidth(model: StructureModel): number {
  const widths = model.centres.map(
    ({ principal, standardisation }) => (principal?.length ?? 0) / standardisation.mean.length,
  );
  return Math.min(...widths);
}

function gather(
  slabs: readonly Slab[],
  judged: readonly AtomJudgements[],
  atoms: number,
): AtomJudgements {
  const wide = (pick: (one: AtomJudgements) => Float64Array): Float64Array => {
    const first = judged[0];
    const width =
      first === undefined || slabs[0] === undefined ? 1 : pick(first).length / slabs[0].own;
    const out = new Float64Array(atoms * width);
    slabs.forEach((slab, s) => {
      const part = pick(judged[s] as AtomJudgements);
      for (let k = 0; k < slab.own; k++)
        out.set(part.subarray(k * width, (k + 1) * width), (slab.atom[k] ?? 0) * width);
    });
    return out;
  };
  return {
    votes: wide((one) => one.votes),
    unfamiliarity: wide((one) => one.unfamiliarity),
    coordinates: wide((one) => one.coordinates),
    principal: wide((one) => one.principal),
    gatherings: judged
      .map((one) => one.gatherings)
      .reduce((all, own) => all.map((one, k) => joinGatherings(one, own[k] ?? NOBODY))),
  };
}

/** Lets neighbours agree and names the classes. */
function conclude(
  frame: Frame,
  box: AtomBox,
  judged: AtomJudgements,
  matched: Matched,
  { model, settings, options }: ClassifierParts,
): ClassifiedFrame {
  const count = model.classes.length;
  const { votes, coordinates } = judged;
  const agreed = consultNeighbours(box, votes, count, settings.cutoff_A, options.rounds);
  const alone = winners(votes, frame.atoms, count);
  const classes = settleClasses(alone, agreed, count);
  const strays = judged.gatherings.map(straying);
  const unfamiliarity = judged.unfamiliarity.map((own, a) =>
    Math.max(
      own,
      strays[box.species[a]! * count + classes[a]!] ?? 0,
      matched.foreign ? FOREIGN : 0,
    ),
  );
  return {
    frame,
    classes,
    probability: probabilityOf(classes, agreed, count, options.rounds),
    alone,
    unfamiliarity,
    coordinates,
    components: coordinates.length / Math.max(1, frame.atoms),
    principal: judged.principal,
    note: matched.note,
  };
}

/** Unfamiliarity of an atom of an element that the model has never seen, whatever its surroundings. */
const FOREIGN = 10;

/** Share of atoms in each class, and of unfamiliar atoms, 0..1. */
export function summarise(found: ClassifiedFrame, names: readonly string[]): FrameSummary {
  const { atoms } = found.frame;
  const strange = found.unfamiliarity.reduce((count, value) => count + (value > 1 ? 1 : 0), 0);
  return {
    classes: sharesOf(found.classes, names),
    alone: sharesOf(found.alone, names),
    unfamiliar: strange / atoms,
  };
}

export interface FrameSummary {
  readonly classes: Record<string, number>;
  /** The same with each atom judged by itself: smoother in time, noisier in space. */
  readonly alone: Record<string, number>;
  readonly unfamiliar: number;
}

function sharesOf(classes: Int32Array, names: readonly string[]): Record<string, number> {
  const counts = new Float64Array(names.length);
  for (const c of classes) counts[c] = (counts[c] ?? 0) + 1;
  return Object.fromEntries(names.map((name, c) => [name, (counts[c] ?? 0) / classes.length]));
}
