import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { listCandidates } from "../../../src/domain/candidates.ts";
import {
  MAP_SCORES,
  mapScoreNames,
  mapScoreTable,
} from "../../../src/models/phase-diagram/graph/scores/index.ts";
import type { MapScore } from "../../../src/models/phase-diagram/graph/scores/map-score.ts";
import { createPhaseDiagramPlanner } from "../../../src/planning/phase-diagram/phase-diagram-planner.ts";
import { resolveSettings } from "../../../src/planning/phase-diagram/phase-diagram-strategy.ts";
import { tieline } from "../../support/command-line.ts";
import { smallCampaign } from "../../support/small-campaign.ts";

/** A score as somebody would add it: the surest place first, to confirm what is known. One object, nothing else. */
const surest: MapScore = {
  name: "surest",
  words: "the likeliest label, to confirm it",
  doubt: ({ columns, count }) =>
    Float64Array.from({ length: count }, (_, i) => Math.max(...columns.map((c) => c[i] ?? 0))),
};
const WITH_SUREST = [...MAP_SCORES, surest];

/** Certainty at the point that a score chooses, and at all points that it could choose. */
function choiceOf(score: string): { readonly chosen: number; readonly open: readonly number[] } {
  const { spec } = smallCampaign({
    goal: "phase-diagram",
    model: { score, initial: 0, diversity: "none" },
  });
  const planner = createPhaseDiagramPlanner(spec, WITH_SUREST);
  const candidates = listCandidates(spec.space);
  const known = { c0: "a", c2: "a", c12: "a", c10: "b", c65: "c" };
  planner.learn(
    Object.entries(known).map(([candidateId, phase], k) => ({
      ...{ position: k + 1, candidateId },
      parameters: candidates[Number(candidateId.slice(1))]?.parameters ?? {},
      observations: [{ kind: "phases", phases: [phase] }],
    })),
  );
  const request = { n: 1, count: 1, pending: [], excluded: [], seed: "1" };
  const { points, model } = planner.propose(request);
  expect(model.hyperparameters["score"]).toBe(score);
  const { certainty } = planner.view();
  const open = certainty.filter((_, row) => !(`c${row}` in known));
  return { chosen: certainty[Number(points[0]?.candidateId.slice(1))] ?? Number.NaN, open };
}

describe("a score of one's own", () => {
  test("chooses the points of a planner that is given it", () => {
    const bold = choiceOf("surest");
    expect(bold.chosen).toBe(Math.max(...bold.open));
    const usual = choiceOf("least-confident");
    expect(usual.chosen).toBe(Math.min(...usual.open));
    expect(bold.chosen).toBeGreaterThan(usual.chosen);
  });

  test("stands in settings, errors, help and documentation by being in the list", () => {
    expect(resolveSettings({ score: "surest" }, WITH_SUREST).score).toBe(surest);
    expect(() => resolveSettings({ score: "bad" }, WITH_SUREST)).toThrow(/random, surest/);
    expect(() => resolveSettings({ score: "surest" })).toThrow(/unknown/);
    expect(mapScoreNames(WITH_SUREST)).toMatch(/surest$/);
    expect(mapScoreTable(WITH_SUREST)).toContain(
      "| `surest` | the likeliest label, to confirm it |",
    );
  });
});

describe("the list of scores", () => {
  test("docs/phase-diagrams.md has its table", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../docs/phase-diagrams.md"), "utf8");
    expect(page).toContain(mapScoreTable());
  });

  test.each([[["suggest"]], [["evaluate", "phase-diagram"]]])(
    "%j --help names them",
    async (argv) => {
      const { out } = await tieline(...argv, "--help");
      for (const { name } of MAP_SCORES) expect(out).toContain(name);
    },
  );

  test("one that needs the graph's answers is refused where there are none", () => {
    expect(() => resolveSettings({ score: "expected-risk", method: "label-spreading" })).toThrow(
      /needs the method harmonic or label-propagation/,
    );
  });
});
