import type { CampaignSpec } from "../../src/domain/campaign.ts";
import { asId } from "../../src/domain/identifiers.ts";
import type { PlannedCampaign } from "../../src/index.ts";

/** A campaign that ends in a second of computing: a coarse Al-Mg-Zn grid, three steps a point. */
export function smallCampaign(change: Partial<CampaignSpec> = {}): PlannedCampaign {
  const spec = {
    campaignId: asId("map"),
    title: "map",
    seed: "7",
    budget: 12,
    inFlight: 3,
    waitForWholeBatch: false,
    approval: "automatic",
    failuresInARow_max: 5,
    space: { kind: "simplex-grid", components: ["Al", "Mg", "Zn"], step: 0.1 },
    recipe: {
      steps: [
        {
          capability: "synthesise",
          parameters: { x_Al: { axis: "Al" }, x_Mg: { axis: "Mg" }, x_Zn: { axis: "Zn" } },
          timeLimit_s: 7200,
          repeatable: false,
          retries: 2,
        },
        {
          capability: "anneal",
          parameters: { temperature_K: 608, duration_h: 0.1 },
          timeLimit_s: 7200,
          repeatable: false,
          retries: 2,
        },
        {
          capability: "diffraction",
          parameters: {},
          timeLimit_s: 7200,
          repeatable: true,
          retries: 2,
        },
      ],
    },
    limits: { temperature_K: { min: 293, max: 750 } },
    goal: "phase-diagram",
    model: {},
    ...change,
  } as CampaignSpec;
  return { spec, autoStart: true };
}
