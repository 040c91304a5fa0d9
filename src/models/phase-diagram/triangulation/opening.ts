import type { Choice } from "../map-reader.ts";
import type { Fractions } from "./barycentric.ts";

/**
 * Ten places for ten samples that have to be chosen before anything but the corners is known: the centre, both quarters of each
 * binary edge, and one point between the centre and each corner. Chosen one after the other they would halve the edges
 * first, and the halves again: with ten at once quarters alone tell as much, and three places are left for the inside.
 */
const PLACES: readonly Fractions[] = [
  [1 / 3, 1 / 3, 1 / 3],
  ...turned([0.25, 0.75, 0]),
  ...turned([0.75, 0.25, 0]),
  ...turned([0.6, 0.2, 0.2]),
];
/** Distances this close are ties. */
const TIE = 1e-9;

/**
 * The candidates of the opening that are still to be chosen, in their order; none where the batch, with what is in flight, is
 * smaller than the opening: then each choice may count on the results before.
 */
export function openingOf(points: readonly Fractions[], choice: Choice): number[] {
  if (choice.count + choice.pending.length < PLACES.length) return [];
  const out = new Set<number>();
  for (const place of PLACES) {
    const inFlight = choice.pending.map((i) => squaredDistance(points[i]!, place));
    let best = -1;
    let least = Math.min(1, ...inFlight) - TIE;
    for (let i = 0; i < points.length; i++) {
      const squared = squaredDistance(points[i]!, place);
      const isTie = best >= 0 && Math.abs(squared - least) < TIE;
      if ((!isTie && squared >= least) || !choice.isAllowed(i)) continue;
      if (isTie && choice.tieKey(i) < choice.tieKey(best)) continue;
      best = i;
      least = Math.min(least, squared);
    }
    if (best >= 0) out.add(best);
  }
  return [...out];
}

function turned([a, b, c]: Fractions): Fractions[] {
  return [
    [a, b, c],
    [b, c, a],
    [c, a, b],
  ];
}

/** In the equilateral plane. */
function squaredDistance(p: Fractions, q: Fractions): number {
  const u = p[1] - q[1];
  const v = p[2] - q[2];
  return u * u + u * v + v * v;
}
