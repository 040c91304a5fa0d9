import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CampaignSpec } from "../../../src/domain/campaign.ts";
import { asId } from "../../../src/domain/identifiers.ts";
import { createOptimisePlanner } from "../../../src/planning/optimise/optimise-planner.ts";
import { resolveSettings } from "../../../src/planning/optimise/resolve-settings.ts";
import {
  namesFor,
  OPTIMISE_SCORES,
  scoreHelp,
  scoreTable,
} from "../../../src/planning/optimise/scores/index.ts";
import { type Score, singleObjective } from "../../../src/planning/optimise/scores/score.ts";
import { tieline } from "../../support/command-line.ts";

/** A score as somebody would add it: where the mean is largest, whatever is not known. One object, nothing else. */
const greedy: Score = {
  name: "best-mean",
  short: "bm",
  fits: ["one"],
  words: "the largest mean; for those in a hurry",
  create: (situation) => {
    const { posterior, sign } = singleObjective(situation);
    return {
      varianceAt: (row) => posterior.at(row).variance,
      score: () => posterior.mean,
      condition: () => {},
      explain: (row) => ({
        score: sign * posterior.gp.output.toUser(posterior.mean[row] ?? 0),
        why: "the largest mean",
      }),
    };
  },
};
const WITH_GREEDY = [...OPTIMISE_SCORES, greedy];

const campaign = (acquisition: string): CampaignSpec =>
  ({
    ...{ campaignId: asId("toy"), title: "toy", seed: "1", budget: 20, inFlight: 1 },
    ...{ waitForWholeBatch: false, approval: "automatic", failuresInARow_max: 5 },
    space: {
      kind: "grid",
      axes: [{ name: "x", values: Array.from({ length: 21 }, (_, k) => k / 20) }],
    },
    ...{ recipe: { steps: [] }, limits: {}, goal: "optimise" },
    model: { objectives: [{ name: "y", direction: "max" }], initial: 0, acquisition },
  }) as CampaignSpec;

describe("a score of one's own", () => {
  test("chooses the points of a planner that is given it, with its own words", () => {
    const planner = createOptimisePlanner(campaign("best-mean"), WITH_GREEDY);
    const rows = [0, 5, 10, 15, 20];
    planner.learn(
      rows.map((row, k) => ({
        position: k + 1,
        candidateId: `c${row}`,
        parameters: { x: row / 20 },
        observations: [
          { kind: "objective", name: "y", value: -((row / 20 - 0.6) ** 2), unit: "1" },
        ],
      })),
    );
    const request = { n: 1, count: 1, pending: [], excluded: [], seed: "1" };
    const { points, model } = planner.propose(request);
    expect(points[0]?.why).toBe("the largest mean");
    expect(Math.abs(Number(points[0]?.parameters["x"]) - 0.6)).toBeLessThan(0.11);
    expect(model.method).toBe("gaussian-process/matern-5/2/best-mean");
  });

  test("stands in settings, errors, help and documentation by being in the list", () => {
    const objectives = [{ name: "y", direction: "max" as const }];
    expect(resolveSettings({ objectives, acquisition: "bm" }, WITH_GREEDY).score).toBe(greedy);
    expect(() => resolveSettings({ objectives, acquisition: "bx" }, WITH_GREEDY)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("thompson, best-mean.") }),
    );
    expect(() => resolveSettings({ objectives, acquisition: "best-mean" })).toThrow(/does not fit/);
    expect(scoreHelp(WITH_GREEDY)).toContain("thompson, best-mean");
    expect(scoreTable(WITH_GREEDY)).toContain(
      "| `best-mean`, `bm` | one objective | the largest mean; for those in a hurry |",
    );
  });
});

describe("the list of scores", () => {
  test("the defaults are what they always were", () => {
    expect(namesFor("one")[0]).toBe("expected-improvement");
    expect(namesFor("several")[0]).toBe("expected-hypervolume");
    expect(namesFor("targets")).toEqual(["target-range"]);
  });

  test("names are taken once, and every score has its words", () => {
    const names = OPTIMISE_SCORES.flatMap(({ name, short }) => [name, ...(short ? [short] : [])]);
    expect(new Set(names).size).toBe(names.length);
    for (const { words } of OPTIMISE_SCORES) expect(words.length).toBeGreaterThan(20);
  });

  test("docs/optimisation.md has its table", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../docs/optimisation.md"), "utf8");
    expect(page).toContain(scoreTable());
  });

  test.each([[["evaluate", "optimise", "--help"]], [["evaluate", "help", "optimise"]]])(
    "%j prints it",
    async (argv) => {
      const { out } = await tieline(...argv);
      expect(out).toContain(scoreHelp());
    },
  );
});
