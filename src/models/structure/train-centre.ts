import { LabError } from "../../core/errors.ts";
import type { Prng } from "../../core/prng.ts";
import { recalls } from "./class-votes.ts";
import { classifyDescriptors, prepareCentre } from "./classify-descriptors.ts";
import { suggestClusterCount } from "./cluster-scores.ts";
import { takeRows } from "./dense.ts";
import { type DimensionScore, searchDimension } from "./dimension-search.ts";
import { type ClassFamiliarity, fitFamiliarity } from "./familiarity.ts";
import { kMeans, nearestCentres } from "./k-means.ts";
import { type ProjectionReport, reportProjection } from "./projection-report.ts";
import { fitStandardisation, standardise } from "./standardise.ts";
import type { CentreModel, ProjectionMember } from "./structure-model.ts";
import { drawRows, heldOutRows, type TrainingAtoms } from "./training-draws.ts";
import {
  type FirstStep,
  fitFirstStep,
  type GraphSettings,
  principalProjection,
} from "./two-step-projection.ts";

export interface TrainingOptions extends GraphSettings {
  /** Dimensions of the final space. */
  readonly components: number;
  /** Number of kinds of atoms; absent: the number of labels, else suggested. */
  readonly clusters?: number | undefined;
  /** Neighbours that vote for a class. */
  readonly voters: number;
  /** Training draws that vote together. */
  readonly draws: number;
  /** Only this middle dimension. */
  readonly dimension?: number | undefined;
  /** Called after each draw. */
  readonly onDraw?: ((done: number, total: number) => void) | undefined;
}

/** What training says of itself. */
export interface TrainingReport extends ProjectionReport {
  readonly rank: number;
  readonly dimension: number;
  readonly pca: ProjectionReport;
  readonly clusters: number;
  /** Numbers of clusters tried, best silhouette first. */
  readonly clusterCounts: readonly { clusters: number; silhouette: number; pseudoF: number }[];
  readonly dimensions: readonly DimensionScore[];
  readonly draws: readonly {
    readonly dimension: number;
    readonly crossValidation: number | undefined;
    readonly pseudoF: number;
    readonly used: boolean;
  }[];
  /** The voting draws together on atoms that no draw holds; absent without labels or without such atoms. */
  readonly heldOut: { readonly overall: number; readonly perClass: readonly number[] } | undefined;
}

export interface TrainedCentre {
  readonly model: CentreModel;
  readonly report: TrainingReport;
}

/** A draw this much worse than the best one misleads more than it helps. */
const WORSE_THAN_BEST = 0.02;
const HELD_OUT_ROWS = 2000;
const PROBES = 4;
const PRINCIPAL = 2;

/**
 * Trains the classifier of one centre species: several draws of the training atoms, a TS-LPP of each with its own
 * middle dimension, and what is familiar of each class. The draws vote; one whose cross-validation lies 0.02 below the
 * best is left out. Without labels one draw serves, and its k-means clusters are the classes.
 * Throws TL-7012 where the atoms do not span two dimensions.
 */
export function trainCentre(
  species: string,
  atoms: TrainingAtoms,
  options: TrainingOptions,
  prng: Prng,
): TrainedCentre {
  const count = atoms.labels === undefined || atoms.rows <= 1 ? 1 : options.draws;
  const seeds = Array.from({ length: count }, (_, n) => n);
  const fits = seeds.map((n) => {
    const fit = fitDraw(atoms, options, prng.derive(`draw ${n}`));
    options.onDraw?.(n + 1, count);
    return fit;
  });
  const best = fits.reduce((a, b) => (quality(b) > quality(a) ? b : a));
  const used = fits.filter((fit) => quality(fit) >= quality(best) - WORSE_THAN_BEST);
  const members = used.sort((a, b) => quality(b) - quality(a)).map(({ member }) => member);
  const all = standardise(atoms.descriptors, atoms.rows, best.member.standardisation);
  const labelOf = atoms.labels ?? clusterRows(all, atoms.rows, best);
  const model: CentreModel = {
    species,
    members,
    standardisation: best.member.standardisation,
    familiarity: familiarityOf(atoms, labelOf, best, all),
    principal: principalProjection(best.first.svd, best.rows.length, PRINCIPAL).map,
    probes: probesOf(atoms, best.member),
  };
  const report = reportTraining(atoms, options, { fits, used, best, all }, prng);
  return { model, report: { ...report, heldOut: judgeHeldOut(atoms, model, options, fits) } };
}

interface DrawFit {
  readonly rows: readonly number[];
  readonly first: FirstStep;
  readonly member: ProjectionMember;
  readonly clusters: number;
  readonly clusterCounts: TrainingReport["clusterCounts"];
  readonly centres: Float64Array;
  readonly pseudoF: number;
  readonly tried: readonly DimensionScore[];
}

function quality(fit: DrawFit): number {
  return fit.member.crossValidation ?? 1;
}

function fitDraw(atoms: TrainingAtoms, options: TrainingOptions, prng: Prng): DrawFit {
  const { columns } = atoms;
  const { components } = options;
  const rows = drawRows(atoms, prng);
  const drawn = takeRows(atoms.descriptors, columns, rows);
  const standardisation = fitStandardisation(drawn, rows.length, columns);
  const x = standardise(drawn, rows.length, standardisation);
  const first = fitFirstStep(x, rows.length, columns, options);
  if (first.rank < components)
    throw new LabError(
      "TL-7012",
      `The training atoms span ${first.rank} dimensions, ${components} were asked for`,
    );
  const known = atoms.labels;
  const labels = known === undefined ? undefined : Int32Array.from(rows, (i) => known[i] ?? 0);
  const search = (clusters: number) =>
    searchDimension(
      first,
      {
        components,
        clusters,
        voters: options.voters,
        labels,
        classes: atoms.classes.length,
        only: options.dimension === undefined ? undefined : [options.dimension],
      },
      prng,
    );
  const asked = options.clusters ?? (labels === undefined ? undefined : atoms.classes.length);
  let choice = search(asked ?? 3);
  const counts = suggestClusterCount(choice.projection.coordinates, rows.length, components, prng);
  const clusters = asked ?? counts[0]?.clusters ?? 2;
  if (asked === undefined && clusters !== 3) choice = search(clusters);
  const { map, coordinates } = choice.projection;
  const clustering = kMeans(coordinates, rows.length, components, clusters, prng.derive("k-means"));
  return {
    rows,
    first,
    clusters,
    clusterCounts: counts,
    centres: clustering.centres,
    pseudoF: choice.chosen.pseudoF,
    tried: choice.tried,
    member: {
      standardisation,
      map,
      components,
      dimension: choice.chosen.dimension,
      coordinates,
      labels: labels ?? clustering.labels,
      crossValidation: choice.chosen.crossValidation,
    },
  };
}

function clusterRows(standardised: Float64Array, rows: number, fit: DrawFit): Int32Array {
  const { member } = fit;
  return nearestCentres(
    projectRows(standardised, rows, member),
    rows,
    member.components,
    fit.centres,
  );
}

function projectRows(standardised: Float64Array, rows: number, member: ProjectionMember) {
  const { map, components } = member;
  const columns = map.length / components;
  const out = new Float64Array(rows * components);
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < columns; c++) {
      const value = standardised[i * columns + c]!;
      for (let k = 0; k < components; k++)
        out[i * components + k]! += value * map[c * components + k]!;
    }
  }
  return out;
}

function familiarityOf(
  atoms: TrainingAtoms,
  labels: Int32Array,
  best: DrawFit,
  standardised: Float64Array,
): ClassFamiliarity[] {
  const classes = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  return Array.from({ length: classes }, (_, c) => {
    const rows = Array.from({ length: atoms.rows }, (_, i) => i).filter((i) => labels[i] === c);
    return fitFamiliarity(standardised, atoms.columns, best.first.svd, rows);
  });
}

function probesOf(atoms: TrainingAtoms, member: ProjectionMember): CentreModel["probes"] {
  const rows = Array.from({ length: Math.min(PROBES, atoms.rows) }, (_, k) =>
    Math.floor((k * atoms.rows) / PROBES),
  );
  const descriptors = takeRows(atoms.descriptors, atoms.columns, rows);
  const standardised = standardise(descriptors, rows.length, member.standardisation);
  return { descriptors, coordinates: projectRows(standardised, rows.length, member) };
}

function reportTraining(
  atoms: TrainingAtoms,
  options: TrainingOptions,
  state: { fits: readonly DrawFit[]; used: readonly DrawFit[]; best: DrawFit; all: Float64Array },
  prng: Prng,
): Omit<TrainingReport, "heldOut"> {
  const { best, all, fits, used } = state;
  const { components, labels, dimension } = best.member;
  const shared = {
    rows: best.rows.length,
    labels: atoms.labels === undefined ? undefined : labels,
    classes: atoms.classes.length,
    clusters: best.clusters,
    voters: options.voters,
  };
  const main = reportProjection(best.member, shared, prng.derive("k-means"));
  const pca = principalProjection(best.first.svd, best.rows.length, components);
  const everyRow = (map: Float64Array, centres: Float64Array) =>
    nearestCentres(
      projectRows(all, atoms.rows, { ...best.member, map, components: pca.components }),
      atoms.rows,
      pca.components,
      centres,
    );
  // The same kinds of atoms in the other space: what the comparison is about.
  const alike = { ...shared, kinds: main.kMeans };
  const principal = reportProjection(pca, alike, prng.derive("k-means"));
  return {
    ...main,
    kMeans: everyRow(best.member.map, main.centres),
    rank: best.first.rank,
    dimension,
    pca: { ...principal, kMeans: everyRow(pca.map, principal.centres) },
    clusters: best.clusters,
    clusterCounts: best.clusterCounts,
    dimensions: best.tried,
    draws: fits.map((fit) => ({
      dimension: fit.member.dimension,
      crossValidation: fit.member.crossValidation,
      pseudoF: fit.pseudoF,
      used: used.includes(fit),
    })),
  };
}

function judgeHeldOut(
  atoms: TrainingAtoms,
  model: CentreModel,
  options: TrainingOptions,
  fits: readonly DrawFit[],
): TrainingReport["heldOut"] {
  const { labels } = atoms;
  if (labels === undefined) return undefined;
  const rows = heldOutRows(
    atoms,
    fits.map((fit) => fit.rows),
    HELD_OUT_ROWS,
  );
  if (rows.length < 20) return undefined;
  const classes = atoms.classes.length;
  const found = classifyDescriptors(
    prepareCentre(model, classes, options.voters),
    takeRows(atoms.descriptors, atoms.columns, rows),
    rows.length,
  );
  const truth = Int32Array.from(rows, (i) => labels[i] ?? 0);
  const { overall, perClass } = recalls(found.classes, truth, classes);
  return { overall, perClass: [...perClass] };
}
