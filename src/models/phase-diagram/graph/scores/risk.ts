import { expectedRiskDrop } from "../expected-risk.ts";
import { leastConfident } from "../phase-uncertainty.ts";
import type { DoubtSituation, MapScore } from "./map-score.ts";

/** Candidates whose expected risk is worked out; the rest are surer than all of these. */
const SHORTLIST = 40;

export const expectedRisk: MapScore = {
  name: "expected-risk",
  words: "the expected error of the map afterwards, as CAMEO does",
  needsResponse: true,
  doubt: riskDrop,
};

function riskDrop({ columns, count, free, tie, respond = () => undefined }: DoubtSituation) {
  const doubt = leastConfident(columns, count).map((x) => Math.round(x * 1e9));
  const order = [...free.keys()].filter((i) => free[i] === 1);
  order.sort((a, b) => doubt[b]! - doubt[a]! || tie[b]! - tie[a]!);
  return expectedRiskDrop({ columns, count, shortlist: order.slice(0, SHORTLIST), respond });
}
