import type { NoisyEvidence } from "./noisy-evidence.ts";
import { type PhaseKind, snapToKind } from "./phase-kinds.ts";
import { distance, dot, mean, principalAxis, subtract, type Vec } from "./plane.ts";

/** Tie-lines of one label whose ends lie within this belong to one field: the same label can occur twice. */
const FIELD_GAP = 0.3;
const MEMBERS_MIN = 3;
/** Gaussian process along a field: standard deviation and length of bends, prior widths of offset and slope. */
const BEND = 0.03;
const BEND_LENGTH = 0.2;
const OFFSET = 0.5;
const SLOPE = 2;

/** One tie-line of a field: ends in the order of the label's phases, and where to write them back. */
interface Member {
  readonly ends: readonly [Vec, Vec];
  readonly weight: number;
  readonly write: (ends: [Vec, Vec]) => void;
}

/**
 * Smooths the tie-lines of each two-phase field, the sides of its triangles among them: along the field the four coordinates of
 * the ends vary slowly, so neighbours share their noise. Triangle corners become the mean over their two sides.
 */
export function smoothFields(
  evidence: NoisyEvidence,
  kinds: ReadonlyMap<string, PhaseKind>,
  sigma: number,
): void {
  const corners = evidence.triangles.map(() => [[], [], []] as Vec[][]);
  for (const [pair, members] of fieldMembers(evidence, corners)) {
    const [p, q] = pair.split("|") as [string, string];
    const isFixed = kinds.get(p)?.kind === "point" && kinds.get(q)?.kind === "point";
    for (const field of isFixed ? [] : connected(members)) {
      if (field.length < MEMBERS_MIN) continue;
      smoothField(field, sigma).forEach((ends, k) => {
        field[k]!.write([snapToKind(ends[0], kinds.get(p)), snapToKind(ends[1], kinds.get(q))]);
      });
    }
  }
  evidence.triangles.forEach((triangle, t) => {
    triangle.ends = triangle.ends.map((end, k) => {
      const smoothed = corners[t]![k]!;
      return smoothed.length === 0 ? end : mean(smoothed);
    });
  });
}

function fieldMembers(evidence: NoisyEvidence, corners: Vec[][][]): Map<string, Member[]> {
  const fields = new Map<string, Member[]>();
  const put = (keys: readonly [string, string], member: Member): void => {
    const isOrdered = keys[0] <= keys[1];
    const pair = isOrdered ? keys.join("|") : `${keys[1]}|${keys[0]}`;
    const [a, b] = member.ends;
    const ordered: Member = isOrdered
      ? member
      : { ...member, ends: [b, a], write: ([x, y]) => member.write([y, x]) };
    fields.set(pair, [...(fields.get(pair) ?? []), ordered]);
  };
  for (const line of evidence.lines) {
    put([line.keys[0]!, line.keys[1]!], {
      ends: [line.ends[0]!, line.ends[1]!],
      weight: line.weight,
      write: (ends) => {
        if (line.edges === 0) line.ends = ends; // on a binary edge the brackets know better
      },
    });
  }
  evidence.triangles.forEach((triangle, t) => {
    for (const [a, b] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const) {
      put([triangle.keys[a]!, triangle.keys[b]!], {
        ends: [triangle.ends[a]!, triangle.ends[b]!],
        weight: triangle.weight,
        write: ([x, y]) => {
          corners[t]![a]!.push(x);
          corners[t]![b]!.push(y);
        },
      });
    }
  });
  return fields;
}

function connected(members: readonly Member[]): Member[][] {
  const left = new Set(members);
  const fields: Member[][] = [];
  for (const seed of members) {
    if (!left.delete(seed)) continue;
    const field = [seed];
    for (const member of field) {
      for (const other of left) {
        const isNear = [0, 1].every((k) => distance(member.ends[k]!, other.ends[k]!) < FIELD_GAP);
        if (isNear && left.delete(other)) field.push(other);
      }
    }
    fields.push(field);
  }
  return fields;
}

function smoothField(field: readonly Member[], sigma: number): [Vec, Vec][] {
  const axes = [0, 1].map((k) => principalAxis(field.map((member) => member.ends[k]!)));
  const wider = axes[0]!.along >= axes[1]!.along ? 0 : 1;
  const { centre, direction } = axes[wider]!;
  const t = field.map((member) => dot(subtract(member.ends[wider]!, centre), direction));
  const n = field.length;
  const prior = (i: number, j: number): number =>
    BEND ** 2 * Math.exp(-((t[i]! - t[j]!) ** 2) / (2 * BEND_LENGTH ** 2)) +
    OFFSET ** 2 +
    SLOPE ** 2 * t[i]! * t[j]!;
  const k = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => prior(i, j)));
  const noisy = k.map((row, i) =>
    row.map((v, j) => (i === j ? v + sigma ** 2 / field[i]!.weight : v)),
  );
  const columns = [0, 1].flatMap((end) =>
    [0, 1].map((axis) => field.map((m) => m.ends[end]![axis]!)),
  );
  const means = columns.map((column) => column.reduce((a, b) => a + b, 0) / n);
  const solved = solveSymmetric(
    noisy,
    columns.map((column, c) => column.map((v) => v - means[c]!)),
  );
  const value = (i: number, c: number): number =>
    means[c]! + k[i]!.reduce((sum, kij, j) => sum + kij * solved[c]![j]!, 0);
  return field.map((_, i) => [
    [value(i, 0), value(i, 1)],
    [value(i, 2), value(i, 3)],
  ]);
}

/** Solves K x = y for several y by Cholesky factorisation; K is positive definite by its noise on the diagonal. */
function solveSymmetric(
  k: readonly (readonly number[])[],
  columns: readonly number[][],
): number[][] {
  const n = k.length;
  const l = k.map((row) => [...row]);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = l[i]![j]!;
      for (let m = 0; m < j; m++) sum -= l[i]![m]! * l[j]![m]!;
      l[i]![j] = i === j ? Math.sqrt(Math.max(sum, 1e-18)) : sum / l[j]![j]!;
    }
  }
  return columns.map((y) => {
    const x = [...y];
    for (let i = 0; i < n; i++) {
      for (let m = 0; m < i; m++) x[i]! -= l[i]![m]! * x[m]!;
      x[i]! /= l[i]![i]!;
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let m = i + 1; m < n; m++) x[i]! -= l[m]![i]! * x[m]!;
      x[i]! /= l[i]![i]!;
    }
    return x;
  });
}
