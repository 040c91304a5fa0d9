import { orient2d } from "robust-predicates";
import { baseName, labelOf } from "../../evidence/phase-names.ts";
import { distanceToSegment, type Fractions, planeX, planeY } from "../barycentric.ts";
import type { Level, LevelResult } from "./stack-candidates.ts";

/** Noise that a crossing has to exceed, in standard deviations. */
const SIGMAS = 3;

/** A four-phase reaction between two levels: one pair of phases coexists below, the other pair above. */
export interface Reaction {
  readonly below: number;
  readonly above: number;
  readonly text: string;
}

interface TieLine {
  readonly level: number;
  readonly phases: readonly [string, string];
  readonly ends: readonly [Fractions, Fractions];
}

/**
 * Tie-lines of four different phases that cross cannot both be stable: between the two levels lies the invariant reaction that
 * turns one pair into the other. Of each pair of pairs the closest levels are named. Noisy tie-lines have to cross by more than
 * three standard deviations.
 */
export function reactionsBetween(
  levels: readonly Level[],
  results: ReadonlyMap<number, LevelResult>,
  noise = 0,
): Reaction[] {
  const lines = [...results.values()].flatMap(linesOf);
  const closest = new Map<string, { low: TieLine; high: TieLine }>();
  lines.forEach((a, k) => {
    for (const b of lines.slice(k + 1)) {
      if (a.level === b.level || new Set([...a.phases, ...b.phases]).size < 4) continue;
      if (!crosses(a.ends, b.ends, SIGMAS * noise)) continue;
      const [low, high] = a.level < b.level ? [a, b] : [b, a];
      const key = `${labelOf(low.phases)} ${labelOf(high.phases)}`;
      const known = closest.get(key);
      if (known === undefined || high.level - low.level < known.high.level - known.low.level)
        closest.set(key, { low, high });
    }
  });
  return [...closest.values()].map(({ low, high }) => {
    const [below, above] = [levels[low.level]!.value, levels[high.level]!.value];
    const reaction = `${labelOf(low.phases)} = ${labelOf(high.phases)}`;
    return { below, above, text: `Invariant reaction ${reaction} between ${below} and ${above}.` };
  });
}

function linesOf({ level, result }: LevelResult): TieLine[] {
  if (result.outOfEquilibrium) return [];
  const named = result.phases.flatMap((phase, k) => {
    const end = result.ends[k];
    return end === undefined ? [] : [{ phase: baseName(phase), end }];
  });
  return named.flatMap((p, k) =>
    named
      .slice(k + 1)
      .flatMap((q): TieLine[] =>
        p.phase === q.phase ? [] : [{ level, phases: [p.phase, q.phase], ends: [p.end, q.end] }],
      ),
  );
}

/** True where the two tie-lines cross, each at least `margin` (plane) away from the ends of the other. */
function crosses([p, q]: TieLine["ends"], [r, s]: TieLine["ends"], margin: number): boolean {
  const side = (a: Fractions, b: Fractions, c: Fractions): number =>
    orient2d(a[1], a[2], b[1], b[2], c[1], c[2]);
  if (side(p, q, r) * side(p, q, s) >= 0 || side(r, s, p) * side(r, s, q) >= 0) return false;
  if (margin === 0) return true;
  const away = (a: Fractions, b: Fractions, c: Fractions): boolean =>
    distanceToSegment(planeX(c), planeY(c), [planeX(a), planeY(a), planeX(b), planeY(b)]) > margin;
  return away(p, q, r) && away(p, q, s) && away(r, s, p) && away(r, s, q);
}
