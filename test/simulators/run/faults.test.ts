import { describe, expect, test } from "vitest";
import {
  DEFAULT_INSTRUMENTS,
  FAULT_NAMES,
  planFaults,
  runSimulation,
} from "../../../simulators/index.ts";
import { smallCampaign } from "../../support/small-campaign.ts";

const instrumentIds = DEFAULT_INSTRUMENTS.map(({ instrumentId }) => instrumentId);

/** A small campaign in a laboratory with these faults; a lost sample is nobody's mistake, so failures do not end it. */
async function runWith(faults: string, seed: string) {
  const drawn = planFaults(faults, { seed, instrumentIds });
  const campaign = smallCampaign({ seed, budget: 8, failuresInARow_max: 100 });
  // Nobody looks on: views of every second would be most of the work.
  return await runSimulation({ ...drawn, seed, campaigns: [campaign], dashboardEvery_s: 3600 });
}

describe("the loop in a laboratory with faults ends by itself and does no wrong", () => {
  test.each([...FAULT_NAMES])("%s", async (name) => {
    for (const seed of ["21", "5"]) {
      const result = await runWith(name, seed);
      expect(result.violations, seed).toEqual([]);
      expect(result.finished, seed).toBe(true);
      expect(result.ledger.length, seed).toBeGreaterThanOrEqual(8);
    }
  });

  test.each(["1", "2", "3", "4", "5", "6"])("swarm of seed %s", async (seed) => {
    const result = await runWith("swarm", seed);
    expect(result.violations).toEqual([]);
    expect(result.finished).toBe(true);
  });
});
