import { expect, test } from "vitest";
import { fromPlain, toPlain } from "../../src/core/plain.ts";
import type { CampaignSpec } from "../../src/domain/campaign.ts";
import type { CampaignStatus } from "../../src/domain/campaign-status.ts";
import type { Verdict } from "../../src/domain/proposal.ts";
import type { LabEvent } from "../../src/events/lab-event.ts";
import { createCampaignFold, restoreCampaignFold } from "../../src/views/campaign-fold.ts";
import { endingProposal } from "../../src/views/ending-words.ts";

test("results that were set aside are told by a fold from a snapshot too, and further ones are taken", () => {
  const spec = { campaignId: "c1", goal: "optimise", space: { kind: "box", axes: [] } };
  const fold = createCampaignFold(spec as unknown as CampaignSpec, 0);
  fold.setAside(7, "in mV, where MPa was asked for");
  const restored = restoreCampaignFold(fromPlain(JSON.parse(JSON.stringify(toPlain(fold.save())))));
  restored.setAside(9, "1e308 MPa cannot be");
  const saved = restored.save() as { readonly aside: unknown };
  expect(saved.aside).toEqual({
    items: [
      { position: 7, reason: "in mV, where MPa was asked for" },
      { position: 9, reason: "1e308 MPa cannot be" },
    ],
    total: 2,
  });
});

test("why a campaign has ended says with how many results that was decided, where more have come since", () => {
  const spec = { campaignId: "c1", goal: "optimise", space: { kind: "box", axes: [] } };
  const fold = createCampaignFold(spec as unknown as CampaignSpec, 0);
  const propose = (observations: number, verdict: Verdict): void => {
    const model = { observations, method: "m", hyperparameters: {}, summary: {} };
    fold.proposed({ position: 1, time_ms: 1 } as LabEvent, {
      ...{ points: [], warnings: [], model, verdict },
    });
  };
  const result = (n: number): void => {
    const fact = { type: "job.result", jobId: `j${n}`, observations: [] } as unknown;
    const place = { experimentId: `e${n}`, candidateId: `c${n}`, parameters: {} } as unknown;
    fold.observed(
      { position: 10 + n, time_ms: n, fact } as Parameters<typeof fold.observed>[0],
      place as Parameters<typeof fold.observed>[1],
    );
  };
  const ended = { kind: "endedBecause", cause: "goal", text: "it promises 0.09" } as const;
  const told = (): (string | undefined)[] =>
    fold.brief({ reasons: [ended] } as unknown as CampaignStatus).reasons.map(({ text }) => text);
  for (let n = 1; n <= 18; n++) result(n);
  propose(18, { kind: "converged", reason: "it promises 0.09" });
  expect(told()).toEqual(["it promises 0.09"]);
  result(19);
  propose(19, { kind: "converged", reason: "it promises 0.02" });
  result(20);
  expect(told()).toEqual(["it promises 0.09 (decided after 18 of 20 results)"]);
  const proposals = [
    ...[0, 1].map((k) => ({ k, verdict: { kind: "continue" } as const })),
    ...[2, 3].map((k) => ({ k, verdict: { kind: "converged", reason: `${k}` } as const })),
  ];
  expect(endingProposal(proposals)?.k).toBe(2);
  expect(endingProposal(proposals.slice(0, 2))).toBeUndefined();
});
