import type { MapScore } from "./map-score.ts";
import { balanced, rarityAndReach } from "./rarity.ts";
import { expectedRisk } from "./risk.ts";
import { largestEntropy, leastConfidentFirst, smallestMargin } from "./usual.ts";

const random: MapScore = {
  name: "random",
  words: "the seed",
  isBlind: true,
  doubt: ({ tie }) => Float64Array.from(tie, (h) => h / 4294967296),
};

/** Every score of a map; the first is the default. A further one is its file and a line here. */
export const MAP_SCORES: readonly MapScore[] = [
  balanced,
  rarityAndReach,
  leastConfidentFirst,
  smallestMargin,
  largestEntropy,
  expectedRisk,
  random,
];

/** For help texts: the names, the default first. */
export function mapScoreNames(scores: readonly MapScore[] = MAP_SCORES): string {
  return scores.map(({ name }) => name).join(", ");
}

/** For documentation: a table of the scores. */
export function mapScoreTable(scores: readonly MapScore[] = MAP_SCORES): string {
  const rows = scores.map(
    ({ name, words }, k) => `| \`${name}\`${k === 0 ? " (default)" : ""} | ${words} |`,
  );
  return ["| `--score` | chooses by |", "|---|---|", ...rows].join("\n");
}
