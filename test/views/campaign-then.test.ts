import { expect, test } from "vitest";
import { campaignThen } from "../../src/views/campaign-then.ts";
import type { CampaignView, ObservationView } from "../../src/views/campaign-view.ts";

const observations = [1, 2, 3].map(
  (n) => ({ n, position: 10 * n, time_ms: 1000 * n }) as ObservationView,
);
const campaign = {
  ...{ state: "running.measuring", revision: 9, inFlight: 2, waits: 1, remaining_s: 33 },
  budget: { used: 3, total: 8 },
  jobs: [{ jobId: "j" }],
  reasons: [{ text: "waits" }],
  batch: { n: 4 },
  waiting: { batch: 4, candidateIds: ["c1"] },
  observations: { total: 3, recent: observations, withdrawn: [] },
  history: [0, 1, 2, 3].map((k) => ({ observations: k, time_ms: k, figures: { certainty: k } })),
  model: {
    version: 4,
    observations: 3,
    method: "m",
    hyperparameters: {},
    summary: { certainty: 3 },
  },
  warnings: ["today's"],
  decisions: [500, 1500, 2500].map((time_ms) => ({ position: time_ms, time_ms, by: "ada" })),
} as unknown as CampaignView;

test("everything that is shown of the past is of then, or empty", () => {
  const then = campaignThen(campaign, observations, 2);
  expect(then).toMatchObject({
    state: "past",
    budget: { used: 2, total: 8 },
    inFlight: 0,
    waits: 0,
  });
  expect(then.observations.total).toBe(2);
  expect(then.observations.recent.map(({ n }) => n)).toEqual([1, 2]);
  expect(then.history.map((sample) => sample.observations)).toEqual([0, 1, 2]);
  expect(then.model).toMatchObject({ observations: 2, summary: { certainty: 2 } });
  // What was decided before the third result came belongs to the second.
  expect(then.decisions.map(({ time_ms }) => time_ms)).toEqual([500, 1500, 2500]);
  expect(campaignThen(campaign, observations, 1).decisions).toHaveLength(2);
  expect([then.jobs, then.reasons, then.warnings]).toEqual([[], [], []]);
  expect([then.batch, then.waiting, then.verdict, then.remaining_s]).toEqual(
    Array(4).fill(undefined),
  );
});

test("before the first result nothing is known", () => {
  expect(campaignThen(campaign, observations, 0)).toMatchObject({
    budget: { used: 0, total: 8 },
    observations: { total: 0, recent: [] },
  });
});
