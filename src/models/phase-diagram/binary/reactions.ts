import { baseName, labelOf } from "../evidence/phase-names.ts";
import type { BinaryResult } from "./binary-result.ts";

interface Seen {
  /** Both ends are one phase: a miscibility gap. */
  readonly isGap: boolean;
  readonly height: number;
  readonly value: number;
  readonly phases: readonly [string, string];
  readonly ends: readonly [number, number];
}

/** The middle phase's boundaries, seen at different heights, may cross by so much (mole fraction). */
const MEET = 0.05;

/**
 * Three-phase reactions between two heights: on one side a and b coexist, on the other c lies between them and coexists with
 * each. Above, c decomposes on cooling (eutectic, eutectoid, monotectic); below, it forms (peritectic, peritectoid). Across a
 * miscibility gap c is the same phase as a. Of each kind the closest tie-lines are named.
 */
export function reactionsOf(results: readonly BinaryResult[]): string[] {
  const ties = results.flatMap(({ tie, height, value }): Seen[] =>
    tie === undefined
      ? []
      : [
          {
            isGap: baseName(tie[0].phase) === baseName(tie[1].phase),
            height,
            value,
            phases: [baseName(tie[0].phase), baseName(tie[1].phase)],
            ends: [tie[0].x, tie[1].x],
          },
        ],
  );
  const closest = new Map<string, { gap: number; text: string }>();
  for (const pair of ties) {
    const [a, b] = pair.phases;
    if (a === b) continue;
    for (const first of ties) {
      const c = first.phases[1];
      const isOther = first.isGap ? c === a : c !== a && c !== b;
      if (first.phases[0] !== a || !isOther || first.height === pair.height) continue;
      if (first.ends[1] <= pair.ends[0] || first.ends[1] >= pair.ends[1]) continue;
      const isAbove = first.height > pair.height;
      const second = ties
        .filter(
          ({ phases, height, ends }) =>
            phases[0] === c &&
            phases[1] === b &&
            height > pair.height === isAbove &&
            height !== pair.height &&
            ends[0] >= first.ends[1] - MEET &&
            ends[0] < pair.ends[1],
        )
        .sort((p, q) => Math.abs(p.height - pair.height) - Math.abs(q.height - pair.height))[0];
      if (second === undefined) continue;
      const near = [first, second].sort(
        (p, q) => Math.abs(p.height - pair.height) - Math.abs(q.height - pair.height),
      )[0]!;
      const gap = Math.abs(near.height - pair.height);
      const sum = labelOf([a, b]);
      const reaction = isAbove ? `${c} = ${sum}` : `${sum} = ${c}`;
      const range = [near.value, pair.value].sort((p, q) => p - q);
      const text = `Invariant reaction ${reaction} (on cooling) between ${range[0]} and ${range[1]}.`;
      if (gap < (closest.get(reaction)?.gap ?? Number.POSITIVE_INFINITY))
        closest.set(reaction, { gap, text });
    }
  }
  return [...closest.values()].map(({ text }) => text);
}
