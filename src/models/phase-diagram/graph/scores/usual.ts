import { entropyScore, leastConfident, marginScore } from "../phase-uncertainty.ts";
import type { MapScore } from "./map-score.ts";

export const leastConfidentFirst: MapScore = {
  name: "least-confident",
  words: "one minus the likeliest label's probability",
  doubt: ({ columns, count }) => leastConfident(columns, count),
};

export const smallestMargin: MapScore = {
  name: "margin",
  words: "how little the likeliest label is ahead of the next",
  doubt: ({ columns, count }) => marginScore(columns, count),
};

export const largestEntropy: MapScore = {
  name: "entropy",
  words: "the entropy of all labels' probabilities",
  doubt: ({ columns, count }) => entropyScore(columns, count),
};
