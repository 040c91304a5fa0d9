import { expect, test } from "vitest";
import { fromPlain, toPlain } from "../../src/core/plain.ts";
import type { CampaignSpec } from "../../src/domain/campaign.ts";
import { createCampaignFold, restoreCampaignFold } from "../../src/views/campaign-fold.ts";

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
