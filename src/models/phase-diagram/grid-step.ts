/** Candidates looked at to find the step of a grid. */
const SAMPLE = 60;

/** Typical distance of neighbours: the median of the distance to the nearest other point, over a sample. */
export function typicalStep<T>(points: readonly T[], distance: (p: T, q: T) => number): number {
  const every = Math.max(1, Math.floor(points.length / SAMPLE));
  const nearest = points
    .filter((_, i) => i % every === 0)
    .map((p) =>
      points.reduce((least, q) => {
        const apart = distance(p, q);
        return apart > 0 && apart < least ? apart : least;
      }, 1),
    );
  return nearest.sort((a, b) => a - b)[nearest.length >> 1] ?? 1;
}

/** The point nearest to `at`, the last of equals; -1 where none is within `reach`. */
export function nearestWithin<T>(
  points: readonly T[],
  { at, reach }: { readonly at: T; readonly reach: number },
  distance: (p: T, q: T) => number,
): number {
  let best = -1;
  let least = reach;
  points.forEach((p, i) => {
    const apart = distance(p, at);
    if (apart > least) return;
    least = apart;
    best = i;
  });
  return best;
}
