/** Pareto sets and hypervolumes for maximisation; a point is an array of `p` objective values. */

/** True where `a` is at least as good in every objective and better in one. */
export function dominates(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  let isBetter = false;
  for (let j = 0; j < a.length; j++) {
    const [x, y] = [a[j] ?? 0, b[j] ?? 0];
    if (x < y) return false;
    if (x > y) isBetter = true;
  }
  return isBetter;
}

/**
 * Positions of the points that none dominates; of equal points the first. Cost count log count for two objectives,
 * else count times front.
 */
export function paretoIndices(points: readonly ArrayLike<number>[]): number[] {
  const order = points.map((_, i) => i);
  // In falling lexicographic order a later point never dominates an earlier one.
  order.sort((i, k) => compare(points[k], points[i]) || i - k);
  const front: number[] = [];
  for (const i of order) {
    const point = points[i];
    if (point === undefined) continue;
    // In two dimensions the last front member has the largest second objective so far.
    const rivals = point.length === 2 ? front.slice(-1) : front;
    const isBeaten = rivals.some((k) => {
      const rival = points[k] ?? [];
      return dominates(rival, point) || isEqual(rival, point);
    });
    if (!isBeaten) front.push(i);
  }
  return front.sort((i, k) => i - k);
}

function compare(a: ArrayLike<number> = [], b: ArrayLike<number> = []): number {
  for (let j = 0; j < a.length; j++) {
    const difference = (a[j] ?? 0) - (b[j] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function isEqual(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  for (let j = 0; j < a.length; j++) if (a[j] !== b[j]) return false;
  return true;
}

/** A box lower <= y < upper; upper may be infinite. */
export interface Box {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/**
 * Disjoint boxes that fill the region above `reference` which no point of the front dominates. Slabs along the last
 * objective, each decomposed over the others; equal boxes of neighbouring slabs are joined, so their number stays
 * near the size of the front (two objectives: front + 1 strips). The slicing is L. While's (IEEE Trans. Evol. Comput. 10, 29 (2006)).
 */
export function nonDominatedBoxes(
  front: readonly ArrayLike<number>[],
  reference: readonly number[],
): Box[] {
  const relevant = front.filter((point) => reference.every((r, j) => (point[j] ?? 0) > r));
  return slice(relevant, reference, reference.length);
}

function slice(
  points: readonly ArrayLike<number>[],
  reference: readonly number[],
  dimensions: number,
): Box[] {
  const last = dimensions - 1;
  const floor = reference[last] ?? 0;
  if (dimensions === 1) {
    const best = points.reduce((most, point) => Math.max(most, point[0] ?? 0), floor);
    return [{ lower: [best], upper: [Number.POSITIVE_INFINITY] }];
  }
  const sorted = [...points].sort((a, b) => (b[last] ?? 0) - (a[last] ?? 0));
  const done: Box[] = [];
  let open = new Map<string, { box: Box; top: number }>();
  let top = Number.POSITIVE_INFINITY;
  for (let k = 0; k <= sorted.length; k++) {
    const bottom = k < sorted.length ? (sorted[k]?.[last] ?? floor) : floor;
    if (!(bottom < top)) continue;
    const next = new Map<string, { box: Box; top: number }>();
    for (const box of slice(sorted.slice(0, k), reference, last)) {
      const key = `${box.lower.join()};${box.upper.join()}`;
      next.set(key, { box, top: open.get(key)?.top ?? top });
      open.delete(key);
    }
    for (const ended of open.values()) done.push(extend(ended.box, top, ended.top));
    open = next;
    top = bottom;
  }
  for (const ended of open.values()) done.push(extend(ended.box, floor, ended.top));
  return done;
}

function extend({ lower, upper }: Box, bottom: number, top: number): Box {
  return { lower: [...lower, bottom], upper: [...upper, top] };
}

/** Volume dominated by the points above `reference`. */
export function hypervolume(
  points: readonly ArrayLike<number>[],
  reference: readonly number[],
): number {
  const relevant = points.filter((point) => reference.every((r, j) => (point[j] ?? 0) > r));
  return dominatedVolume(relevant, reference, reference.length);
}

function dominatedVolume(
  points: readonly ArrayLike<number>[],
  reference: readonly number[],
  dimensions: number,
): number {
  const last = dimensions - 1;
  const floor = reference[last] ?? 0;
  if (dimensions === 1)
    return points.reduce((most, point) => Math.max(most, (point[0] ?? 0) - floor), 0);
  const sorted = [...points].sort((a, b) => (b[last] ?? 0) - (a[last] ?? 0));
  let volume = 0;
  if (dimensions === 2) {
    let reach = reference[0] ?? 0;
    for (const point of sorted) {
      const x = point[0] ?? 0;
      if (x <= reach) continue;
      volume += (x - reach) * ((point[1] ?? 0) - floor);
      reach = x;
    }
    return volume;
  }
  for (let k = 0; k < sorted.length; k++) {
    const top = sorted[k]?.[last] ?? floor;
    const bottom = sorted[k + 1]?.[last] ?? floor;
    if (top > bottom)
      volume += (top - bottom) * dominatedVolume(sorted.slice(0, k + 1), reference, last);
  }
  return volume;
}
