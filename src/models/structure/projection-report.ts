import type { Prng } from "../../core/prng.ts";
import { createLabelledPoints, recalls, voteClasses, winners } from "./class-votes.ts";
import { pseudoF, silhouette } from "./cluster-scores.ts";
import { kMeans } from "./k-means.ts";

/** How well a space separates the kinds of atoms. */
export interface ProjectionReport {
  /** Leave-one-out accuracy of the nearest-neighbour classes, 0..1; absent without labels. */
  readonly crossValidation: number | undefined;
  /** Mean silhouette of the labels, of the k-means clusters where nothing is labelled; -1..1. */
  readonly silhouette: number;
  /** Calinski-Harabasz pseudo-F of the k-means clusters. */
  readonly pseudoF: number;
  /** k-means cluster of each row. */
  readonly kMeans: Int32Array;
  readonly centres: Float64Array;
}

/** Scores training rows in a final space: k-means, pseudo-F, silhouette, leave-one-out classes where labels exist. */
export function reportProjection(
  space: { readonly coordinates: Float64Array; readonly components: number },
  given: {
    readonly rows: number;
    readonly labels: Int32Array | undefined;
    readonly classes: number;
    readonly clusters: number;
    readonly voters: number;
    /** Kinds that the silhouette judges where nothing is labelled, instead of this space's own clusters. */
    readonly kinds?: Int32Array | undefined;
  },
  prng: Prng,
): ProjectionReport {
  const { coordinates, components } = space;
  const { rows, labels, classes, voters } = given;
  const clustering = kMeans(coordinates, rows, components, given.clusters, prng);
  return {
    crossValidation: labels === undefined ? undefined : leaveOneOut(),
    silhouette: silhouette(
      coordinates,
      rows,
      components,
      labels ?? given.kinds ?? clustering.labels,
    ),
    pseudoF: pseudoF(coordinates, rows, components, clustering.labels),
    kMeans: clustering.labels,
    centres: clustering.centres,
  };

  function leaveOneOut(): number {
    if (labels === undefined) return 1;
    const reference = createLabelledPoints(coordinates, labels, components, classes);
    const votes = voteClasses(reference, coordinates, rows, voters, { leaveOneOut: true });
    return recalls(winners(votes, rows, classes), labels, classes).overall;
  }
}
