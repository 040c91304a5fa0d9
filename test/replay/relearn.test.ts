import { expect, test } from "vitest";
import { listCandidates } from "../../src/domain/candidates.ts";
import type { Observation } from "../../src/domain/observation.ts";
import { relearn } from "../../src/replay/relearn.ts";
import type { ExportDocument } from "../../src/views/export-document.ts";
import { smallCampaign } from "../support/small-campaign.ts";

const phases = (...names: string[]): Observation[] => [{ kind: "phases", phases: names }];

test("each result's lesson: what taught nothing confirms nothing", async () => {
  const { spec: campaign } = smallCampaign();
  const listed = listCandidates(campaign.space);
  const results = [phases("fcc"), [{ kind: "failure", reason: "lost" } as const], phases("fcc")];
  const document = {
    campaign,
    observations: results.map((result, k) => ({
      ...{ position: 10 + k, jobId: `j${k}`, time: "", simulated: true, withdrawn: false },
      ...{ ...listed[k], result },
    })),
  } as unknown as ExportDocument;
  const { lessons } = await relearn(document);
  expect(lessons.map(({ position }) => position)).toEqual([10, 11, 12]);
  expect(lessons[0]?.changed).toBeGreaterThan(0);
  expect(lessons[1]).toMatchObject({ changed: 0, said: "nothing" });
  expect(lessons[2]).toMatchObject({ changed: 0 });
  expect(["same", "known"]).toContain(lessons[2]?.said);
});
