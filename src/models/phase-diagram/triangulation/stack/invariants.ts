import { orient2d } from "robust-predicates";
import type { Fractions } from "../barycentric.ts";
import { baseName, labelOf } from "../phase-names.ts";
import type { Level, LevelResult } from "./stack-candidates.ts";

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
 * turns one pair into the other. Of each pair of pairs the closest levels are named.
 */
export function reactionsBetween(
  levels: readonly Level[],
  results: ReadonlyMap<number, LevelResult>,
): Reaction[] {
  const lines = [...results.values()].flatMap(linesOf);
  const closest = new Map<string, { low: TieLine; high: TieLine }>();
  lines.forEach((a, k) => {
    for (const b of lines.slice(k + 1)) {
      if (a.level === b.level || new Set([...a.phases, ...b.phases]).size < 4) continue;
      if (!crosses(a.ends, b.ends)) continue;
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

function crosses([p, q]: TieLine["ends"], [r, s]: TieLine["ends"]): boolean {
  const side = (a: Fractions, b: Fractions, c: Fractions): number =>
    orient2d(a[1], a[2], b[1], b[2], c[1], c[2]);
  return side(p, q, r) * side(p, q, s) < 0 && side(r, s, p) * side(r, s, q) < 0;
}
