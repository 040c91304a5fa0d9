import { describe, expect, test } from "vitest";
import {
  DEFAULT_INSTRUMENTS,
  planFaults,
  runSimulation,
  type SimulationResult,
} from "../../../simulators/index.ts";
import { smallCampaign } from "../../support/small-campaign.ts";

function run(seed: string, faults: string): Promise<SimulationResult> {
  const instrumentIds = DEFAULT_INSTRUMENTS.map(({ instrumentId }) => instrumentId);
  const drawn = planFaults(faults, { seed, instrumentIds });
  return runSimulation({
    seed,
    ...drawn,
    campaigns: [smallCampaign({ budget: 8 })],
    duration_s_max: 14 * 86_400,
  });
}

describe("the production loop in virtual time", () => {
  test("the same seed writes the same log, byte for byte, also with faults", async () => {
    const once = await run("3", "swarm");
    const again = await run("3", "swarm");
    expect(JSON.stringify(again.events)).toBe(JSON.stringify(once.events));
    expect(JSON.stringify(again.ledger)).toBe(JSON.stringify(once.ledger));
  });

  test("where nothing is sent twice nothing is counted as repeated, progress least of all", async () => {
    const calm = await runSimulation({ seed: "3", campaigns: [smallCampaign({ budget: 8 })] });
    expect(calm.finished).toBe(true);
    expect(calm.loop.view.overview().counters.duplicates).toBe(0);
  });
});
