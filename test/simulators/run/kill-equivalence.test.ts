import { describe, expect, test } from "vitest";
import {
  runSimulation,
  type ScientificRecord,
  type SimulationResult,
  scientificRecord,
} from "../../../simulators/index.ts";
import type { KillPoint } from "../../../src/index.ts";
import { smallCampaign } from "../../support/small-campaign.ts";

/** Early, in the middle and late in the run; 2, 8 and 22 lose the starts of jobs while others wait for the same instrument. */
const PASSES = [1, 2, 8, 22, 33];
/** A batch is planned a dozen times. */
const PLANS = [1, 2, 5, 9];
const POINTS: Readonly<Record<KillPoint, readonly number[]>> = {
  "message-received": PASSES,
  "before-append": PASSES,
  "after-append": PASSES,
  "after-transition": PASSES,
  "before-publish": PASSES,
  "after-publish": PASSES,
  "before-plan": PLANS,
  "after-plan": PLANS,
};

// The network takes no time here, so that a restart at once leaves no trace in the times either.
const run = (kills: { point: KillPoint; n: number }[]): Promise<SimulationResult> =>
  runSimulation({
    seed: "11",
    campaigns: [smallCampaign()],
    latency_ms: { min: 0, max: 0 },
    // Nobody looks on: views of every second would be most of the work.
    dashboardEvery_s: 3600,
    kills,
  });

const undisturbed: Promise<ScientificRecord> = run([]).then(({ events }) =>
  scientificRecord(events),
);

describe("a daemon killed at a named point and started again", () => {
  for (const [point, passes] of Object.entries(POINTS) as [KillPoint, number[]][]) {
    test(`${point}: ends with the record of the undisturbed run`, async () => {
      for (const n of passes) {
        const result = await run([{ point, n }]);
        expect(result.restarts, `${point}:${n}`).toBe(1);
        expect(result.violations).toEqual([]);
        expect(result.finished, `${point}:${n}`).toBe(true);
        expect(scientificRecord(result.events), `${point}:${n}`).toEqual(await undisturbed);
      }
    });
  }

  test("kills in quick succession, also during the recovery", async () => {
    const result = await run([
      { point: "after-append", n: 20 },
      { point: "after-append", n: 21 },
      { point: "before-publish", n: 16 },
      { point: "after-plan", n: 4 },
      { point: "after-plan", n: 5 },
    ]);
    expect(result.restarts).toBe(5);
    expect(result.violations).toEqual([]);
    expect(scientificRecord(result.events)).toEqual(await undisturbed);
  });
});
