import { baseName } from "../evidence/phase-names.ts";
import type { BinaryResult, TieEnd } from "./binary-result.ts";
import { slopesOf, valueBetween } from "./smooth-curve.ts";

/** A tie-line at one height, with the results that it comes from. */
export interface Tie {
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly owners: readonly number[];
}

/** One two-phase field followed through temperature: its tie-lines from the lowest to the highest. */
export interface Track {
  /** The phases at the left and the right end. */
  readonly phases: readonly [string, string];
  readonly ties: readonly Tie[];
  readonly leftSlopes: Float64Array;
  readonly rightSlopes: Float64Array;
}

/** A tie-line as a track has it at some height. */
export interface Claim {
  readonly phases: readonly [string, string];
  readonly left: number;
  readonly right: number;
  /** Distance in levels to the nearest tie-line that was measured: 0 where it is one. */
  readonly away: number;
  /** True between two measured tie-lines, or on one. */
  readonly isBetween: boolean;
  readonly owners: readonly number[];
}

/** Tie-lines of one field may be this far apart (mole fraction) and still be one field. */
const APART_MAX = 0.05;
/** Tie-lines this close (levels) were measured at one height: a furnace holds its temperature only so well. */
export const SAME_HEIGHT_levels = 0.25;

/**
 * Follows the two-phase fields of a binary through temperature. Tie-lines of the same phases in the same order whose
 * stretches overlap are one field, unless a result in between says otherwise.
 */
export function followTracks(
  results: readonly BinaryResult[],
  isDisproved: (below: Tie, above: Tie, phases: readonly [string, string]) => boolean,
): Track[] {
  const byKey = new Map<string, { phases: readonly [string, string]; ties: Tie[] }>();
  for (const { owner, tie, height } of results) {
    if (tie === undefined) continue;
    const phases = namesOf(tie);
    const key = phases.join("|");
    const group = byKey.get(key) ?? { phases, ties: [] };
    group.ties.push({ height, left: tie[0].x, right: tie[1].x, owners: [owner] });
    byKey.set(key, group);
  }
  // By place, not by name: renaming the phases must not decide between fields that are equally near.
  return [...byKey.values()]
    .flatMap(({ phases, ties }) =>
      chains(merged(ties), (below, above) => isDisproved(below, above, phases)).map((chain) =>
        createTrack(phases, chain),
      ),
    )
    .sort(({ ties: [a] }, { ties: [b] }) => a!.height - b!.height || a!.left - b!.left);
}

export function createTrack(phases: readonly [string, string], ties: readonly Tie[]): Track {
  const heights = ties.map(({ height }) => height);
  return {
    phases,
    ties,
    leftSlopes: slopesOf(
      heights,
      ties.map(({ left }) => left),
    ),
    rightSlopes: slopesOf(
      heights,
      ties.map(({ right }) => right),
    ),
  };
}

/** The tie-line that a track has at a height; undefined where its two ends have met before. */
export function claimAt(track: Track, height: number): Claim | undefined {
  const { ties, phases, leftSlopes, rightSlopes } = track;
  const last = ties.length - 1;
  let k = 0;
  while (k < last && ties[k + 1]!.height < height) k++;
  const isInside = height >= ties[0]!.height && height <= ties[last]!.height;
  if (!isInside) {
    const end = height < ties[0]!.height ? 0 : last;
    const { height: from, left, right, owners } = ties[end]!;
    const up = height - from;
    const there = {
      left: Math.max(0, left + up * leftSlopes[end]!),
      right: Math.min(1, right + up * rightSlopes[end]!),
    };
    if (there.left >= there.right) return undefined;
    const away = Math.abs(up);
    return { phases, ...there, away, isBetween: false, owners };
  }
  if (last === 0)
    return {
      phases,
      ...ends(ties[0]!),
      away: 0,
      isBetween: true,
      owners: ties[0]!.owners,
    };
  const [below, above] = [ties[k]!, ties[k + 1]!];
  const [t0, t1] = [below.height, above.height];
  const value = (from: number, to: number, slopes: Float64Array): number =>
    valueBetween([t0, t1], [from, to], [slopes[k]!, slopes[k + 1]!], height);
  const left = value(below.left, above.left, leftSlopes);
  const right = value(below.right, above.right, rightSlopes);
  const away = Math.min(height - t0, t1 - height);
  const owners =
    away === 0 ? (height === t0 ? below : above).owners : [...below.owners, ...above.owners];
  return { phases, left, right, away, isBetween: true, owners };
}

function ends({ left, right }: Tie): { left: number; right: number } {
  return { left, right };
}

/** The phases at both ends: only across a miscibility gap do the marks of composition sets count. */
function namesOf([a, b]: readonly [TieEnd, TieEnd]): readonly [string, string] {
  const names = [baseName(a.phase), baseName(b.phase)] as const;
  return names[0] === names[1] ? [a.phase, b.phase] : names;
}

/** Tie-lines by height; those of one height and place are one, their ends averaged. */
function merged(ties: readonly Tie[]): Tie[] {
  const out: Tie[] = [];
  for (const tie of [...ties].sort((a, b) => a.height - b.height || a.left - b.left)) {
    const k = out.findIndex(
      (other) =>
        Math.abs(other.height - tie.height) < SAME_HEIGHT_levels && areOneField(other, tie),
    );
    if (k < 0) {
      out.push(tie);
      continue;
    }
    const other = out[k]!;
    const n = other.owners.length;
    out[k] = {
      height: (other.height * n + tie.height) / (n + 1),
      left: (other.left * n + tie.left) / (n + 1),
      right: (other.right * n + tie.right) / (n + 1),
      owners: [...other.owners, ...tie.owners],
    };
  }
  return out;
}

function areOneField(a: Tie, b: Tie): boolean {
  return Math.max(a.left, b.left) < Math.min(a.right, b.right) + APART_MAX;
}

function chains(ties: readonly Tie[], isDisproved: (below: Tie, above: Tie) => boolean): Tie[][] {
  const out: Tie[][] = [];
  for (const tie of ties) {
    const fitting = out.filter((chain) => {
      const below = chain.at(-1)!;
      return below.height < tie.height && areOneField(below, tie) && !isDisproved(below, tie);
    });
    const overlap = (chain: Tie[]): number => {
      const below = chain.at(-1)!;
      return Math.min(below.right, tie.right) - Math.max(below.left, tie.left);
    };
    const best = fitting.sort((a, b) => overlap(b) - overlap(a))[0];
    if (best === undefined) out.push([tie]);
    else best.push(tie);
  }
  return out;
}
