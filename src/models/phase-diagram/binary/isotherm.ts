import { baseName, coexistingPhases, labelOf } from "../evidence/phase-names.ts";
import type { BinaryResult } from "./binary-result.ts";
import { type Claim, claimAt, SAME_HEIGHT_levels, type Track } from "./tracks.ts";

/** A place on an isotherm where a phase is known to be, alone or as the end of a tie-line. */
interface Node {
  readonly x: number;
  readonly phase: string;
  readonly owners: readonly number[];
}

/** What the map rests on between two neighbouring nodes. */
export type Support = "measured" | "between" | "extended" | "guess" | "single";

/** A stretch of an isotherm with one set of phases. */
export interface Stretch {
  readonly left: number;
  readonly right: number;
  readonly phases: readonly string[];
  /** The phases exactly at the left and the right end. */
  readonly ends: readonly [string, string];
  readonly support: Support;
  readonly owners: readonly number[];
}

/** Compositions closer than this are the same place: half of the last digit that tables give. */
export const SAME_X = 2e-5;

interface Interval extends Claim {
  left: number;
  right: number;
}

/** What isotherms are read from. */
export interface IsothermSource {
  readonly tracks: readonly Track[];
  /** Results of a single phase. */
  readonly singles: readonly BinaryResult[];
  /** Mole fraction that counts as far as one level. */
  readonly step: number;
  /** Two ends of one phase in neighbouring tie-lines may cross so far (mole fraction) and are made to meet. */
  readonly meet: number;
}

interface Accepted {
  readonly intervals: Interval[];
  readonly nodes: Node[];
  readonly step: number;
  readonly meet: number;
}

/**
 * One isotherm of a binary: its phases from left to right. What was measured at this height comes first, then what the
 * fields' tie-lines below and above say, nearest first; single-phase samples of other heights hold where nothing nearer
 * speaks against them.
 */
export function readIsotherm(
  { tracks, singles, step, meet }: IsothermSource,
  height: number,
): Stretch[] {
  const claims = tracks.flatMap((track) => claimAt(track, height) ?? []);
  const accepted: Accepted = { intervals: [], nodes: [], step, meet };
  const queue = [
    ...closeCrossed(claims).map((claim) => ({ away: claim.away, claim, single: undefined })),
    ...singles.map((single) => ({
      away: Math.abs(single.height - height),
      claim: undefined,
      single,
    })),
  ].sort((a, b) => a.away - b.away);
  for (const { claim, single, away } of queue) {
    if (claim !== undefined) acceptClaim(claim, accepted);
    else acceptSingle(single, away, accepted);
  }
  return stretches(accepted);
}

/**
 * Where two fields that are followed beyond their last tie-lines have a phase between them that would have no room left,
 * that phase is gone at an invariant temperature on the way, and its neighbours coexist.
 */
function closeCrossed(claims: readonly Claim[]): Claim[] {
  const out = [...claims];
  for (const a of claims) {
    for (const b of claims) {
      if (a === b || a.isBetween || b.isBetween) continue;
      const shared = baseName(a.phases[1]) === baseName(b.phases[0]);
      const isCrossed = a.left < b.left && a.right < b.right && a.right > b.left;
      if (!shared || !isCrossed || !out.includes(a) || !out.includes(b)) continue;
      out.splice(out.indexOf(a), 1);
      out.splice(out.indexOf(b), 1);
      const phases = [a.phases[0], b.phases[1]] as const;
      if (phases[0] === phases[1]) continue;
      out.push({
        phases,
        left: a.left,
        right: b.right,
        away: Math.max(a.away, b.away),
        isBetween: false,
        owners: [...a.owners, ...b.owners],
      });
    }
  }
  return out;
}

function acceptClaim(claim: Claim, accepted: Accepted): void {
  const { intervals, nodes, meet } = accepted;
  let { left, right } = claim;
  const isSame = (a: string, b: string): boolean => baseName(a) === baseName(b);
  for (const other of intervals) {
    if (Math.min(right, other.right) - Math.max(left, other.left) <= SAME_X) continue;
    if (left < other.left && right - other.left < meet && isSame(claim.phases[1], other.phases[0]))
      right = other.left;
    else if (
      right > other.right &&
      other.right - left < meet &&
      isSame(claim.phases[0], other.phases[1])
    )
      left = other.right;
    else return;
  }
  for (const { x, phase } of nodes) {
    if (x <= left + SAME_X || x >= right - SAME_X) continue;
    if (x - left < meet && isSame(phase, claim.phases[0])) left = x;
    else if (right - x < meet && isSame(phase, claim.phases[1])) right = x;
    else return;
  }
  if (right - left <= SAME_X) return;
  if (!claim.isBetween && isOutdated({ ...claim, left, right }, accepted)) return;
  intervals.push({ ...claim, left, right });
}

/** A field followed beyond its last tie-line ends where nearer evidence has another phase beside it. */
function isOutdated({ left, right, phases, away }: Claim, accepted: Accepted): boolean {
  const all = allNodes(accepted);
  const before = all.filter(({ x }) => x <= left + SAME_X).sort((a, b) => b.x - a.x);
  const after = all.filter(({ x }) => x >= right - SAME_X).sort((a, b) => a.x - b.x);
  const speaksAgainst = (near: readonly Node[], phase: string, end: number): boolean => {
    const [first] = near;
    if (first === undefined || Math.abs(first.x - end) / accepted.step >= away) return false;
    return !near.some(
      (node) => Math.abs(node.x - first.x) <= SAME_X && baseName(node.phase) === baseName(phase),
    );
  };
  return speaksAgainst(before, phases[0], left) || speaksAgainst(after, phases[1], right);
}

function allNodes({ nodes, intervals }: Accepted): Node[] {
  return [
    ...nodes,
    ...intervals.flatMap(({ left, right, phases: [p, q], owners }): Node[] => [
      { x: left, phase: p, owners },
      { x: right, phase: q, owners },
    ]),
  ];
}

function acceptSingle({ x, phases, owner }: BinaryResult, away: number, accepted: Accepted): void {
  const phase = phases[0]!;
  const { intervals, nodes, step, meet } = accepted;
  const around = intervals.find(({ left, right }) => x > left + SAME_X && x < right - SAME_X);
  if (around !== undefined) {
    // A sample of this very height is exact; the end of a tie-line is not.
    if (away >= SAME_HEIGHT_levels) return;
    if (x - around.left < meet && baseName(around.phases[0]) === phase) around.left = x;
    else if (around.right - x < meet && baseName(around.phases[1]) === phase) around.right = x;
    else return;
  }
  const base = baseName(phase);
  const speaksAgainst = (other: string, at: number): boolean =>
    Math.abs(at - x) / step < away - 1e-9 && baseName(other) !== base;
  const isOld =
    nodes.some((node) => speaksAgainst(node.phase, node.x)) ||
    intervals.some(
      ({ left, right, phases: [p, q] }) => speaksAgainst(p, left) || speaksAgainst(q, right),
    );
  if (!isOld) nodes.push({ x, phase, owners: [owner] });
}

/** From left to right: the tie-lines, and what lies between neighbouring nodes. */
function stretches({ intervals, nodes }: Accepted): Stretch[] {
  const sorted = [...intervals].sort((a, b) => a.left - b.left);
  const ends: (Node & { readonly opens?: Interval })[] = [
    ...nodes,
    ...sorted.flatMap((interval) => [
      { x: interval.left, phase: interval.phases[0], owners: interval.owners, opens: interval },
      { x: interval.right, phase: interval.phases[1], owners: interval.owners },
    ]),
  ].sort((a, b) => a.x - b.x || Number("opens" in a) - Number("opens" in b));
  const first = ends[0];
  const last = ends.at(-1);
  if (first === undefined || last === undefined) return [];
  const out: Stretch[] = [];
  const single = (left: number, right: number, { phase, owners }: Node): void => {
    out.push({
      left,
      right,
      phases: [baseName(phase)],
      ends: [baseName(phase), baseName(phase)],
      support: "single",
      owners,
    });
  };
  single(Number.NEGATIVE_INFINITY, first.x, first);
  ends.slice(1).forEach((node, k) => {
    const before = ends[k]!;
    const { opens } = before;
    if (opens !== undefined) {
      out.push({
        left: opens.left,
        right: opens.right,
        phases: coexistingPhases(opens.phases),
        ends: [baseName(opens.phases[0]), baseName(opens.phases[1])],
        support: supportOf(opens),
        owners: opens.owners,
      });
    } else if (baseName(before.phase) === baseName(node.phase)) {
      single(before.x, node.x, before);
    } else {
      out.push({
        left: before.x,
        right: node.x,
        phases: [baseName(before.phase), baseName(node.phase)].sort(),
        ends: [baseName(before.phase), baseName(node.phase)],
        support: "guess",
        owners: [...before.owners, ...node.owners],
      });
    }
  });
  single(last.x, Number.POSITIVE_INFINITY, last);
  return out;
}

function supportOf({ away, isBetween }: Claim): Support {
  if (away < SAME_HEIGHT_levels) return "measured";
  return isBetween ? "between" : "extended";
}

/** What an isotherm says of one place. */
export interface Reading {
  readonly stretch: Stretch;
  readonly phases: readonly string[];
  readonly label: string;
}

/** A stretch with what is read in it: one reading for all places inside, one for each end. */
export interface ReadableStretch {
  readonly left: number;
  readonly right: number;
  readonly inside: Reading;
  readonly atLeft: Reading;
  readonly atRight: Reading;
}

/** Prepares an isotherm for many places. */
export function readable(isotherm: readonly Stretch[]): ReadableStretch[] {
  return isotherm.map((stretch) => {
    const reading = (phases: readonly string[]): Reading => ({
      stretch,
      phases,
      label: labelOf(phases),
    });
    return {
      left: stretch.left,
      right: stretch.right,
      inside: reading(stretch.phases),
      atLeft: reading([stretch.ends[0]]),
      atRight: reading([stretch.ends[1]]),
    };
  });
}

/** The stretch around a mole fraction, and its phases there: exactly at an end only one. */
export function readAt(isotherm: readonly ReadableStretch[], x: number): Reading | undefined {
  let low = 0;
  let high = isotherm.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (isotherm[middle]!.left <= x) low = middle;
    else high = middle - 1;
  }
  const found = isotherm[low];
  if (found === undefined) return undefined;
  if (x - found.left <= SAME_X) return found.atLeft;
  return found.right - x <= SAME_X ? found.atRight : found.inside;
}
