/**
 * The name among `known` that `name` is probably a slip of: the same letters apart from case, separators and leading
 * zeros (`furnace-01` and `furnace-1`), or a few edits away. `undefined` where none is near, or `name` itself is known.
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    if (candidate === name) return undefined;
    const distance = distanceBetween(name, candidate);
    if (distance > allowedEdits(name, candidate) || distance >= least) continue;
    nearest = candidate;
    least = distance;
  }
  return nearest;
}

/** `; did you mean X?`, or what there is: the end of a sentence about an unknown name. */
export function suggestName(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  return known.length === 0 ? "there is none" : `there are ${known.join(", ")}`;
}

/** One slip in four characters; a name of one or two characters is near nothing else. */
function allowedEdits(a: string, b: string): number {
  return Math.min(EDITS_MAX, Math.floor(Math.max(a.length, b.length) / 3));
}

/** Edits between two names; the same name written on (`temperature_K`, `temperature_Kelvin`) is just near. */
function distanceBetween(a: string, b: string): number {
  const [left, right] = [plain(a), plain(b)];
  if (left === right) return 0;
  const isWrittenOn =
    Math.min(left.length, right.length) >= WRITTEN_ON_MIN &&
    (left.startsWith(right) || right.startsWith(left));
  return Math.min(editDistance(a, b), isWrittenOn ? EDITS_MAX : Number.POSITIVE_INFINITY);
}

const EDITS_MAX = 3;
/** Shorter beginnings are shared by names that have nothing to do with each other. */
const WRITTEN_ON_MIN = 6;

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "")
    .replace(/0+(?=\d)/g, "");
}

/**
 * Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment; Damerau, Commun. ACM 7, 171,
 * 1964), without regard to case.
 */
function editDistance(left: string, right: string): number {
  const a = left.toLowerCase();
  const b = right.toLowerCase();
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, k) => k);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const differs = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + differs);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
