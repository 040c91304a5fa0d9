import { baseName } from "../../evidence/phase-names.ts";
import type { NoisyEvidence, NoisyLine, NoisyTriangle } from "../noise/noisy-evidence.ts";
import { distance, type Vec } from "../noise/plane.ts";
import type { LevelResult } from "./stack-candidates.ts";

/** Corners of one triangle move at most so far (plane) between the levels that are compared; farther ones are another triangle. */
const SAME_WITHIN = 0.2;
/** Tie-lines taken over from other levels, the nearest first. */
const LINES_MAX = 60;

/** An equilibrium seen at some level. */
interface Seen<T> {
  readonly level: number;
  readonly item: T;
}

/** What one level may build on: its own results, and the nearest of other levels where it has none of the kind. */
export interface Borrowed {
  readonly own: NoisyEvidence;
  /** Equilibria of other levels, the nearest first; they hold where they do not stand against the level's own. */
  readonly others: NoisyEvidence;
  /** Single-phase samples of other levels, the nearest first: they hold only where the triangulation agrees. */
  readonly exactElsewhere: NoisyEvidence["exact"];
  /** Distance in levels to the result with this owner. */
  readonly away: ReadonlyMap<number, number>;
}

const NOTHING: NoisyEvidence = { lines: [], triangles: [], exact: [], edgeSamples: [] };

/**
 * Evidence for one section of a stack. Phase boundaries move slowly with temperature: a triangle known below and above is
 * interpolated, one known on one side only is taken as it is, nearest level first; what a level knows itself counts before
 * all that is borrowed.
 */
export function borrow(
  seen: ReadonlyMap<number, NoisyEvidence>,
  { level, results }: { level: number; results: ReadonlyMap<number, LevelResult> },
): Borrowed {
  const away = new Map<number, number>();
  for (const [owner, item] of results) away.set(owner, Math.abs(item.level - level));
  const order = [...seen.keys()].sort((a, b) => Math.abs(a - level) - Math.abs(b - level) || a - b);
  const listed = <T>(pick: (evidence: NoisyEvidence) => readonly T[]): Seen<T>[] =>
    order.flatMap((k) => pick(seen.get(k)!).map((item) => ({ level: k, item })));
  const own = seen.get(level);
  const isEdge = (line: NoisyLine): boolean => line.edges !== 0;
  const edgeLines = settle(
    listed(({ lines }) => lines.filter(isEdge)),
    level,
  );
  const innerLines = listed(({ lines }) => lines.filter((line) => !isEdge(line)));
  const triangles = settle(
    listed((evidence) => evidence.triangles),
    level,
  );
  const elsewhere = <T>(list: readonly Seen<T>[]): Seen<T>[] =>
    list.filter((item) => item.level !== level);
  const others: NoisyEvidence = {
    exact: [],
    edgeSamples: [],
    lines: [
      ...elsewhere(edgeLines).map(({ item }) => item),
      ...elsewhere(innerLines)
        .slice(0, LINES_MAX)
        .map(({ item }) => ({ ...item, ats: [] })),
    ],
    triangles: elsewhere(triangles).map(({ item, level: k }) => ({
      ...item,
      weight: 1 / (1 + Math.abs(k - level)),
    })),
  };
  const exactElsewhere = listed(({ exact }) => exact).flatMap(({ level: k, item }) =>
    k === level ? [] : [item],
  );
  return { own: own ?? NOTHING, others, exactElsewhere, away };
}

/** Equilibria that occur once a level: own ones as they are, others interpolated between the nearest below and above. */
function settle<T extends NoisyTriangle | NoisyLine>(
  list: readonly Seen<T>[],
  level: number,
): Seen<T>[] {
  const out: Seen<T>[] = [];
  for (const candidate of list) {
    const { item } = candidate;
    if (candidate.level === level) {
      out.push(candidate);
      continue;
    }
    const isKnown = out.some((other) => isSame(other.item, item));
    if (isKnown) continue;
    const isAcross = (k: number): boolean => (k - level) * (candidate.level - level) < 0;
    const across = list.find((other) => isAcross(other.level) && isSame(other.item, item));
    const ends =
      across === undefined
        ? item.ends
        : item.ends.map((end, k): Vec => {
            const t = (level - candidate.level) / (across.level - candidate.level);
            const far = across.item.ends[k]!;
            return [end[0] + t * (far[0] - end[0]), end[1] + t * (far[1] - end[1])];
          });
    out.push({ level: candidate.level, item: { ...item, ends: [...ends], ats: [] } });
  }
  return out;
}

function isSame(a: NoisyTriangle | NoisyLine, b: NoisyTriangle | NoisyLine): boolean {
  if (a.label !== b.label || edgesOf(a) !== edgesOf(b)) return false;
  const sameNames = a.keys.every((key, k) => baseName(key) === baseName(b.keys[k]!));
  return sameNames && a.ends.every((end, k) => distance(end, b.ends[k]!) < SAME_WITHIN);
}

function edgesOf(item: NoisyTriangle | NoisyLine): number {
  return "edges" in item ? item.edges : 0;
}
