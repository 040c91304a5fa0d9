import { expectedImprovement } from "./expected-improvement.ts";
import { expectedHypervolume, hypervolumeProbability } from "./hypervolume.ts";
import { parego } from "./parego.ts";
import { probabilityOfImprovement } from "./probability-of-improvement.ts";
import type { Score, ScoreCase } from "./score.ts";
import { targetRange } from "./target-range.ts";
import { thompson } from "./thompson.ts";
import { upperConfidenceBound } from "./upper-confidence-bound.ts";

/** Every score of an optimisation; of those that fit, the first is the default. A further one is its file and a line here. */
export const OPTIMISE_SCORES: readonly Score[] = [
  expectedImprovement,
  probabilityOfImprovement,
  upperConfidenceBound,
  expectedHypervolume,
  hypervolumeProbability,
  thompson,
  parego,
  targetRange,
];

const CASES: Readonly<Record<ScoreCase, string>> = {
  one: "one objective",
  several: "several objectives",
  targets: "NAME:target:LOW..HIGH",
};

/** Names of the scores that fit, the default first. */
export function namesFor(
  scoreCase: ScoreCase,
  scores: readonly Score[] = OPTIMISE_SCORES,
): string[] {
  return scores.filter(({ fits }) => fits.includes(scoreCase)).map(({ name }) => name);
}

/** For help texts: the scores of each case, the default marked, one line each. */
export function scoreHelp(scores: readonly Score[] = OPTIMISE_SCORES): string {
  return Object.entries(CASES)
    .map(([scoreCase, title]) => {
      const [first = "", ...others] = namesFor(scoreCase as ScoreCase, scores);
      const names = [others.length === 0 ? first : `${first} (default)`, ...others].join(", ");
      return `Acquisitions, ${`${title}:`.padEnd(23)} ${names}`;
    })
    .join("\n");
}

/** For documentation: a table of the scores. */
export function scoreTable(scores: readonly Score[] = OPTIMISE_SCORES): string {
  const rows = scores.map(({ name, short, fits, words }) => {
    const where = fits.map((one) => CASES[one]).join(", ");
    const names = [name, ...(short === undefined ? [] : [short])].map((one) => `\`${one}\``);
    return `| ${names.join(", ")} | ${where} | ${words} |`;
  });
  return ["| acquisition | for | prefers |", "|---|---|---|", ...rows].join("\n");
}
