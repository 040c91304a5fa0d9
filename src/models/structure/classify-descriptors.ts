import { type ClassGathering, gatherFamiliar, NOBODY } from "./class-gatherings.ts";
import { createLabelledPoints, type LabelledPoints, voteClasses, winners } from "./class-votes.ts";
import { multiply } from "./dense.ts";
import { type FamiliaritySearch, prepareFamiliarity, unfamiliarity } from "./familiarity.ts";
import { standardise } from "./standardise.ts";
import type { CentreModel } from "./structure-model.ts";

/** What is said of each atom. */
export interface ClassifiedAtoms {
  readonly classes: Int32Array;
  /** Share of votes of each class, rows x classes. */
  readonly votes: Float64Array;
  /** Distance to the nearest class's training atoms over what is usual there; above 1 the atom is unfamiliar. */
  readonly unfamiliarity: Float64Array;
  /** Of each class: its familiar atoms together. */
  readonly gatherings: readonly ClassGathering[];
  /** Coordinates in the first member's space, rows x components. */
  readonly coordinates: Float64Array;
  /** Principal components, rows x 2; empty where the model has none. */
  readonly principal: Float64Array;
}

/** A centre's model with its search trees built. */
export interface PreparedCentre {
  readonly model: CentreModel;
  readonly classes: number;
  readonly voters: number;
  readonly references: readonly LabelledPoints[];
  readonly familiarity: readonly FamiliaritySearch[];
}

export function prepareCentre(model: CentreModel, classes: number, voters: number): PreparedCentre {
  return {
    model,
    classes,
    voters,
    references: model.members.map((member) =>
      createLabelledPoints(member.coordinates, member.labels, member.components, classes),
    ),
    familiarity: model.familiarity.map(prepareFamiliarity),
  };
}

/**
 * Classes of atoms by their descriptors (rows x length): the mean vote of the members' nearest training atoms.
 * The unfamiliarity is that of the least unfamiliar class; the class voted for is asked first, the others only where
 * it finds the atom strange.
 */
export function classifyDescriptors(
  centre: PreparedCentre,
  descriptors: Float64Array,
  rows: number,
): ClassifiedAtoms {
  const { model, classes, voters, references } = centre;
  const votes = new Float64Array(rows * classes);
  let coordinates: Float64Array = new Float64Array(0);
  model.members.forEach((member, m) => {
    const points = multiply(standardise(descriptors, rows, member.standardisation), member.map, {
      rows,
      inner: member.standardisation.mean.length,
      columns: member.components,
    });
    if (m === 0) coordinates = points;
    const share = voteClasses(references[m] as LabelledPoints, points, rows, voters);
    for (let k = 0; k < votes.length; k++) votes[k]! += share[k]! / model.members.length;
  });
  const found = winners(votes, rows, classes);
  const x = standardise(descriptors, rows, model.standardisation);
  return {
    classes: found,
    votes,
    ...judgeFamiliarity(centre, x, rows, found),
    coordinates,
    principal: principalOf(model, x, rows),
  };
}

function principalOf({ principal }: CentreModel, x: Float64Array, rows: number): Float64Array {
  if (principal === undefined) return new Float64Array(0);
  const inner = x.length / rows;
  return multiply(x, principal, { rows, inner, columns: principal.length / inner });
}

function judgeFamiliarity(
  centre: PreparedCentre,
  x: Float64Array,
  rows: number,
  found: Int32Array,
): Pick<ClassifiedAtoms, "unfamiliarity" | "gatherings"> {
  const columns = centre.model.standardisation.mean.length;
  const least = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  const ask = (c: number, atoms: readonly number[]): ClassGathering => {
    const search = centre.familiarity[c];
    if (search === undefined || search.tree.rows === 0 || atoms.length === 0) return NOBODY;
    const own = new Float64Array(atoms.length * columns);
    atoms.forEach((i, k) => {
      own.set(x.subarray(i * columns, (i + 1) * columns), k * columns);
    });
    const { strangeness, points } = unfamiliarity(search, own, atoms.length, columns);
    atoms.forEach((i, k) => {
      least[i] = Math.min(least[i]!, strangeness[k]!);
    });
    return gatherFamiliar(points, search.model.width, strangeness);
  };
  const everyone = Array.from({ length: rows }, (_, i) => i);
  const gatherings = Array.from({ length: centre.classes }, (_, c) =>
    ask(
      c,
      everyone.filter((i) => found[i] === c),
    ),
  );
  const strange = everyone.filter((i) => least[i]! > 1);
  for (let c = 0; c < centre.classes; c++)
    ask(
      c,
      strange.filter((i) => found[i] !== c),
    );
  return { unfamiliarity: least, gatherings };
}
