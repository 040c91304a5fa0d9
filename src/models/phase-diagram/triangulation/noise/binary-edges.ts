import type { NoisyEvidence, NoisyLine } from "./noisy-evidence.ts";
import type { PhaseKind } from "./phase-kinds.ts";
import { add, distance, dot, projected, subtract, type Vec } from "./plane.ts";

/** A line of compositions moves the end on the edge at most so far (plane) to where it meets the edge. */
const MEET_MAX = 0.03;
/** Ends stay this far inside their brackets, so that the samples beside them keep their labels. */
const MARGIN = 1e-4;

const CORNERS: readonly Vec[] = [
  [0, 0],
  [1, 0],
  [0.5, Math.sqrt(3) / 2],
];

/**
 * Settles the ends of two-phase fields on the binary edges. On an edge the order is strict: each end lies between the outermost sample
 * of its own field and the next sample beyond it, and the fields of one phase do not overlap. Samples are exact, so these
 * brackets are worth more than a blurred end.
 */
export function settleEdges(evidence: NoisyEvidence, kinds: ReadonlyMap<string, PhaseKind>): void {
  for (const edges of [1, 2, 4]) {
    const lines = evidence.lines.filter((line) => line.edges === edges);
    if (lines.length === 0) continue;
    const k = Math.log2(edges);
    const from = CORNERS[(k + 1) % 3]!;
    const along = subtract(CORNERS[(k + 2) % 3]!, from);
    const place = (p: Vec): number => dot(subtract(p, from), along);
    const samples = evidence.edgeSamples
      .filter((sample) => (sample.edges & edges) !== 0)
      .map((sample) => ({ t: place(sample.at), label: sample.label }));
    const fields = lines.map((line) => ({
      line,
      ends: line.ends.map((end, j) =>
        bracketed(place(meetEdge(end, kinds.get(line.keys[j]!), { from, along })), j, {
          line,
          samples,
          place,
        }),
      ),
    }));
    keepOrder(fields);
    for (const { line, ends } of fields) line.ends = ends.map((t) => add(from, along, t));
  }
}

/** Where a phase whose compositions form a line meets the edge; elsewhere the foot on the edge. */
function meetEdge(
  end: Vec,
  kind: PhaseKind | undefined,
  { from, along }: { from: Vec; along: Vec },
): Vec {
  const foot = projected(end, from, along);
  if (kind?.axis === undefined) return foot;
  const { centre, direction } = kind.axis;
  const cross = direction[0] * along[1] - direction[1] * along[0];
  if (Math.abs(cross) < 0.2) return foot;
  const d = subtract(from, centre);
  const s = (d[0] * along[1] - d[1] * along[0]) / cross;
  const meeting = add(centre, direction, s);
  return distance(meeting, foot) < MEET_MAX ? meeting : foot;
}

function bracketed(
  t: number,
  j: number,
  parts: {
    line: NoisyLine;
    samples: readonly { t: number; label: string }[];
    place: (p: Vec) => number;
  },
): number {
  const own = parts.line.ats.map(parts.place);
  const isLow = parts.place(parts.line.ends[j]!) <= parts.place(parts.line.ends[1 - j]!);
  const others = parts.samples.filter(({ label }) => label !== parts.line.label);
  if (isLow) {
    const inner = Math.min(...own);
    const outer = Math.max(0, ...others.flatMap((other) => (other.t < inner ? [other.t] : [])));
    return clamp(t, outer + (outer > 0 ? MARGIN : 0), inner - MARGIN);
  }
  const inner = Math.max(...own);
  const outer = Math.min(1, ...others.flatMap((other) => (other.t > inner ? [other.t] : [])));
  return clamp(t, inner + MARGIN, outer - (outer < 1 ? MARGIN : 0));
}

/** Where the ends of two neighbouring fields of one phase overlap, both go to their mean: there the phase is a point. */
function keepOrder(fields: readonly { line: NoisyLine; ends: number[] }[]): void {
  for (const left of fields) {
    for (const right of fields) {
      if (left === right || mid(left.ends) >= mid(right.ends)) continue;
      const high = left.ends[0]! > left.ends[1]! ? 0 : 1;
      const low = right.ends[0]! < right.ends[1]! ? 0 : 1;
      if (left.ends[high]! <= right.ends[low]!) continue;
      const [wl, wr] = [left.line.weight, right.line.weight];
      const shared = (wl * left.ends[high]! + wr * right.ends[low]!) / (wl + wr);
      left.ends[high] = shared;
      right.ends[low] = shared;
    }
  }
}

function mid(ends: readonly number[]): number {
  return (ends[0]! + ends[1]!) / 2;
}

function clamp(t: number, low: number, high: number): number {
  if (low > high) return (low + high) / 2;
  return t < low ? low : t > high ? high : t;
}
