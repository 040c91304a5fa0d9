import { describe, expect, test } from "vitest";
import {
  runSimulation,
  type ScientificRecord,
  type SimulationResult,
  scientificRecord,
} from "../../../simulators/index.ts";
import type { KillPoint } from "../../../src/index.ts";
import { smallCampaign } from "../../support/small-campaign.ts";

const POINTS: readonly KillPoint[] = [
  "message-received",
  "before-append",
  "after-append",
  "after-transition",
  "before-publish",
  "after-publish",
  "before-plan",
  "after-plan",
];
/** Early, in the middle and late in the run; 2, 8 and 22 lose the starts of jobs while others wait for the same instrument. */
const PASSES = [1, 2, 8, 22, 33];

// The network takes no time here, so that a restart at once leaves no trace in the times either.
const run = (kills: { point: KillPoint; n: number }[]): Promise<SimulationResult> =>
  runSimulation({
    seed: "11",
    campaigns: [smallCampaign()],
    latency_ms: { min: 0, max: 0 },
    kills,
  });

const undisturbed: Promise<ScientificRecord> = run([]).then(({ events }) =>
  scientificRecord(events),
);

describe("a daemon killed at a named point and started again", () => {
  for (const point of POINTS) {
    test(`${point}: ends with the record of the undisturbed run`, async () => {
      for (const n of PASSES) {
        const result = await run([{ point, n }]);
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
