import { leastConfident } from "../phase-uncertainty.ts";
import type { MapScore } from "./map-score.ts";

/** Every second pick of the balanced score is by plain doubt. */
const BALANCED_period = 2;

export const balanced: MapScore = {
  name: "balanced",
  words: "`rarity-and-reach` and the plain doubt in turn",
  doubt: ({ columns, count }) => leastConfident(columns, count),
  usesRarity: (picks) => picks % BALANCED_period !== 0,
};

export const rarityAndReach: MapScore = {
  name: "rarity-and-reach",
  words:
    "what a result there would correct, each label weighing as much as it is rare, more where nothing is known around",
  doubt: ({ columns, count }) => leastConfident(columns, count),
  usesRarity: () => true,
};
