import type { Prng } from "../../core/prng.ts";
import { createLabelledPoints, recalls, voteClasses, winners } from "./class-votes.ts";
import { pseudoF } from "./cluster-scores.ts";
import { kMeans } from "./k-means.ts";
import { type FirstStep, fitSecondStep, type Projection } from "./two-step-projection.ts";

/** What one middle dimension gives. */
export interface DimensionScore {
  readonly dimension: number;
  /** Leave-one-out accuracy of the nearest-neighbour classes, 0..1; absent without labels. */
  readonly crossValidation: number | undefined;
  readonly pseudoF: number;
}

export interface DimensionChoice {
  readonly projection: Projection;
  readonly chosen: DimensionScore;
  /** Every dimension tried, smallest first. */
  readonly tried: readonly DimensionScore[];
}

export interface DimensionSearch {
  readonly components: number;
  readonly clusters: number;
  readonly voters: number;
  /** Known labels of the rows, and how many classes there are; absent: pseudo-F decides. */
  readonly labels?: Int32Array | undefined;
  readonly classes: number;
  /** Only these dimensions, instead of the search. */
  readonly only?: readonly number[] | undefined;
}

const COARSE = [5, 8, 10, 12, 15, 20, 30];
/** Cross-validations closer than this are equal: one atom of a thousand. */
const EQUAL_ACCURACY = 1e-3;

/**
 * Chooses the middle dimension of TS-LPP below the numerical rank: a coarse list first, then the neighbours of the
 * best. Labels decide by cross-validation; pseudo-F alone is unsafe (on Al its highest value has accuracy 0.70 where
 * another dimension has 1.00) and serves only where nothing is labelled.
 */
export function searchDimension(
  first: FirstStep,
  search: DimensionSearch,
  prng: Prng,
): DimensionChoice {
  const scored = new Map<number, { projection: Projection; score: DimensionScore }>();
  const lowest = search.components;
  const highest = Math.max(lowest, first.rank - 1);
  const visit = (dimension: number): void => {
    if (dimension < lowest || dimension > highest || scored.has(dimension)) return;
    const projection = fitSecondStep(first, dimension, search.components);
    scored.set(dimension, {
      projection,
      score: scoreOf(first, projection, dimension, search, prng),
    });
  };
  const best = () =>
    [...scored.values()].reduce((a, b) => (isBetter(b.score, a.score) ? b : a)).score.dimension;
  for (const dimension of search.only ?? COARSE) visit(dimension);
  if (scored.size === 0) visit(highest);
  if (search.only === undefined) {
    for (let centre = -1; centre !== best(); ) {
      centre = best();
      visit(centre - 1);
      visit(centre + 1);
      if (centre >= 10) visit(centre + 2);
    }
  }
  const chosen = scored.get(best()) as { projection: Projection; score: DimensionScore };
  return {
    projection: chosen.projection,
    chosen: chosen.score,
    tried: [...scored.values()].map(({ score }) => score).sort((a, b) => a.dimension - b.dimension),
  };
}

function isBetter(a: DimensionScore, b: DimensionScore): boolean {
  const gain = (a.crossValidation ?? 0) - (b.crossValidation ?? 0);
  if (Math.abs(gain) > EQUAL_ACCURACY) return gain > 0;
  return a.pseudoF > b.pseudoF;
}

function scoreOf(
  first: FirstStep,
  { coordinates, components }: Projection,
  dimension: number,
  search: DimensionSearch,
  prng: Prng,
): DimensionScore {
  const { rows } = first;
  const { labels, classes } = search;
  const clustering = kMeans(coordinates, rows, components, search.clusters, prng.derive("k-means"));
  const score = pseudoF(coordinates, rows, components, clustering.labels);
  if (labels === undefined) return { dimension, crossValidation: undefined, pseudoF: score };
  const reference = createLabelledPoints(coordinates, labels, components, classes);
  const votes = voteClasses(reference, coordinates, rows, search.voters, { leaveOneOut: true });
  const { overall } = recalls(winners(votes, rows, classes), labels, classes);
  return { dimension, crossValidation: overall, pseudoF: score };
}
