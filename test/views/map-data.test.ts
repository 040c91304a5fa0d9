import { expect, test } from "vitest";
import type { CampaignView } from "../../src/views/campaign-view.ts";
import { gatherMapData, type MapSources } from "../../src/views/map-data.ts";

const job = (candidateId: string, x: number) => ({
  ...{ jobId: `j${candidateId}`, experimentId: `e${candidateId}`, candidateId },
  ...{ parameters: { x, T: 1 }, step: 0, steps: 1, capability: "diffraction", attempt: 1 },
  ...{ state: "running", instrumentId: "xrd-1", why: `least certain at ${x}` },
});

const SOURCES: MapSources = {
  title: "",
  plane: { kind: "axes", x: "x", y: "T" },
  columns: { x: [0, 1, 2], T: [1, 1, 1] },
  view: undefined,
  observations: [],
  campaign: {
    jobs: [job("c0", 0), job("c1", 1)],
    batch: {
      ...{ n: 1, time_ms: 0, approval: "waiting", seed: "1" },
      points: ["c0", "c1", "c2"].map((candidateId, x) => ({
        ...{ candidateId, parameters: { x, T: 1 }, score: 1, why: `least certain at ${x}` },
        state: "proposed",
      })),
    },
    waiting: { batch: 1, candidateIds: ["c1"] },
  } as Pick<CampaignView, "jobs" | "batch" | "waiting">,
};

test("each point on its way says why; one that waits for a person isn't in flight", () => {
  const { inFlight, batch } = gatherMapData(SOURCES);
  expect(inFlight.map((point) => point.text)).toEqual([
    "in flight: running on xrd-1; why: least certain at 0",
  ]);
  expect(batch.map((point) => point.text)).toEqual([
    "waits for approval: least certain at 1",
    "next: least certain at 2",
  ]);
});

test("a point of an earlier batch that still waits for a person stays on the map", () => {
  const { campaign } = SOURCES;
  if (campaign?.batch === undefined) throw new Error("no batch");
  const batch = { ...campaign.batch, n: 2, points: campaign.batch.points.slice(2) };
  const shown = gatherMapData({ ...SOURCES, campaign: { ...campaign, batch } });
  expect(shown.batch.map(({ candidateId, text }) => [candidateId, text])).toEqual([
    ["c2", "next: least certain at 2"],
    ["c1", "waits for approval: least certain at 1"],
  ]);
  expect(shown.inFlight.map(({ candidateId }) => candidateId)).toEqual(["c0"]);
});
