import { buildPointTree, findNearest, type PointTree } from "../../numeric/nearest-neighbours.ts";
import { type ThinSvd, thinSvd } from "../../numeric/thin-svd.ts";
import { multiply, takeRows } from "./dense.ts";

/** Where the atoms of one class lie: whitened coordinates of some of them, and how far apart familiar atoms are. */
export interface ClassFamiliarity {
  /** columns x width: from standardised descriptors (centred on the class) to whitened coordinates. */
  readonly map: Float64Array;
  readonly offset: Float64Array;
  readonly width: number;
  /** Reference atoms, rows x width. */
  readonly reference: Float64Array;
  /** Distance to the 5th nearest reference atom that 99 % of training atoms keep within. */
  readonly threshold: number;
}

/** A class that this species of atoms never shows: nothing is familiar there. */
const UNKNOWN_CLASS: ClassFamiliarity = {
  map: new Float64Array(0),
  offset: new Float64Array(0),
  width: 0,
  reference: new Float64Array(0),
  threshold: 1,
};

const DIRECTIONS_MAX = 12;
const REFERENCE_ATOMS_MAX = 500;
const NEIGHBOUR = 5;
const FAMILIAR_SHARE = 0.99;

/**
 * Learns what is familiar, class by class: the first 12 principal directions of the standardised training rows, whitened
 * with the class's own covariance (so that small differences, such as the third shell that tells hcp from fcc, count
 * as much as large ones), distances to the 5th nearest of up to 500 atoms, and the 99 % quantile of those distances
 * over the class's other atoms (over the same atoms, themselves left out, where there are no others).
 */
export function fitFamiliarity(
  standardised: Float64Array,
  columns: number,
  svd: ThinSvd,
  rowsOfClass: readonly number[],
): ClassFamiliarity {
  const width = Math.min(DIRECTIONS_MAX, svd.rank);
  const principal = new Float64Array(columns * width);
  for (let c = 0; c < columns; c++)
    for (let k = 0; k < width; k++)
      principal[c * width + k] = svd.right[c * svd.rank + k]! / svd.singular[k]!;
  const rows = rowsOfClass.length;
  if (rows === 0) return UNKNOWN_CLASS;
  const own = multiply(takeRows(standardised, columns, rowsOfClass), principal, {
    rows,
    inner: columns,
    columns: width,
  });
  const mean = new Float64Array(width);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < width; k++) mean[k]! += own[i * width + k]! / rows;
  for (let i = 0; i < rows; i++) for (let k = 0; k < width; k++) own[i * width + k]! -= mean[k]!;
  const whitening = whiten(own, rows, width);
  const coordinates = multiply(own, whitening.matrix, {
    rows,
    inner: width,
    columns: whitening.width,
  });
  const map = multiply(principal, whitening.matrix, {
    rows: columns,
    inner: width,
    columns: whitening.width,
  });
  const offset = multiply(mean, whitening.matrix, {
    rows: 1,
    inner: width,
    columns: whitening.width,
  });
  const { reference, threshold } = splitReference(coordinates, rows, whitening.width);
  return { map, offset, width: whitening.width, reference, threshold };
}

/** Atoms as one class sees them. */
export interface AtomsOfClass {
  /** Above 1 an atom is unfamiliar. */
  readonly strangeness: Float64Array;
  /** Whitened coordinates, rows x width. */
  readonly points: Float64Array;
}

/**
 * How unfamiliar atoms are to a class: distance to its 5th nearest reference atom over the threshold. `standardised` holds rows x
 * columns.
 */
export function unfamiliarity(
  { model, tree }: FamiliaritySearch,
  standardised: Float64Array,
  rows: number,
  columns: number,
): AtomsOfClass {
  const { width, map, offset, threshold } = model;
  const points = multiply(standardised, map, { rows, inner: columns, columns: width });
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < width; k++) points[i * width + k]! -= offset[k]!;
  const k = Math.min(NEIGHBOUR, tree.rows);
  const { distance2 } = findNearest(tree, points, rows, k);
  const strangeness = Float64Array.from(
    { length: rows },
    (_, i) => Math.sqrt(distance2[i * k + k - 1]!) / threshold,
  );
  return { strangeness, points };
}

export interface FamiliaritySearch {
  readonly model: ClassFamiliarity;
  readonly tree: PointTree;
}

export function prepareFamiliarity(model: ClassFamiliarity): FamiliaritySearch {
  const rows = model.width > 0 ? model.reference.length / model.width : 0;
  return { model, tree: buildPointTree(model.reference, rows, model.width) };
}

function whiten(centred: Float64Array, rows: number, width: number) {
  const own = thinSvd(centred, rows, width, 1e-9);
  const matrix = new Float64Array(width * own.rank);
  for (let k = 0; k < width; k++)
    for (let j = 0; j < own.rank; j++)
      matrix[k * own.rank + j] =
        (own.right[k * own.rank + j]! * Math.sqrt(rows)) / own.singular[j]!;
  return { matrix, width: own.rank };
}

function splitReference(coordinates: Float64Array, rows: number, width: number) {
  const kept = Math.min(REFERENCE_ATOMS_MAX, Math.max(1, Math.ceil(rows / 2)));
  const isKept = (i: number): boolean =>
    Math.floor(((i + 1) * kept) / rows) > Math.floor((i * kept) / rows);
  const all = Array.from({ length: rows }, (_, i) => i);
  const reference = takeRows(coordinates, width, all.filter(isKept));
  const others = all.filter((i) => !isKept(i));
  const judged = others.length >= 20 ? takeRows(coordinates, width, others) : reference;
  const excludeSelf = others.length < 20;
  const tree = buildPointTree(reference, kept, width);
  const k = Math.min(NEIGHBOUR, Math.max(1, kept - (excludeSelf ? 1 : 0)));
  const count = width > 0 ? judged.length / width : 0;
  const { distance2 } = findNearest(tree, judged, count, k, { excludeSelf });
  const distances = Float64Array.from({ length: count }, (_, i) =>
    Math.sqrt(distance2[i * k + k - 1]!),
  )
    .filter(Number.isFinite)
    .sort();
  const threshold =
    distances[Math.min(distances.length - 1, Math.floor(FAMILIAR_SHARE * distances.length))];
  // A class of identical atoms has no spread: anything at all away from it is then unfamiliar.
  return { reference, threshold: threshold !== undefined && threshold > 0 ? threshold : 1e-9 };
}
