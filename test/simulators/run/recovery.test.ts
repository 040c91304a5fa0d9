import { describe, expect, test } from "vitest";
import { runSimulation } from "../../../simulators/index.ts";
import { createDrawingPlanner } from "../../../simulators/run/drawing-planner.ts";
import { smallCampaign } from "../../support/small-campaign.ts";

const MINUTE_ms = 60_000;

describe("a daemon that starts again", () => {
  test("goes on without an instrument that does not come back, once it has waited for it", async () => {
    let restarted_ms = Number.POSITIVE_INFINITY;
    let begun_ms = 0;
    const starts_ms = new Map<string, number>();
    await runSimulation({
      seed: "5",
      campaigns: [smallCampaign({ budget: 12, inFlight: 6 })],
      planner: createDrawingPlanner,
      // A furnace dies with its job for hours; the daemon dies a minute later.
      people: (laboratory) => {
        const { clock } = laboratory;
        begun_ms = clock.now_ms();
        clock.schedule(clock.now_ms() + 12 * MINUTE_ms, () => {
          for (const id of ["furnace-1", "furnace-2"]) laboratory.crashInstrument(id, 2 * 3600);
        });
      },
      kills: [{ point: "after-append", n: 50 }],
      duration_s_max: 3600,
      onEvent: ({ fact, time_ms }) => {
        if (fact.type === "daemon.started" && fact.epoch === 2) restarted_ms = time_ms;
        if (fact.type === "job.accepted" && !starts_ms.has(fact.jobId))
          starts_ms.set(fact.jobId, time_ms);
      },
    });
    const after_s = [...starts_ms.values()]
      .map((at_ms) => (at_ms - restarted_ms) / 1000)
      .filter((s) => s > 0);
    expect((restarted_ms - begun_ms) / MINUTE_ms).toBeGreaterThan(12);
    // The robot finishes what it had begun, then takes the next sample.
    expect(Math.min(...after_s)).toBeLessThan(300);
  });
});

describe("a result that a person has taken back", () => {
  test("is forgotten by the planner, once, by its position", async () => {
    const forgotten: number[] = [];
    const results: number[] = [];
    await runSimulation({
      seed: "6",
      campaigns: [smallCampaign({ budget: 6 })],
      planner: (onMistake) => {
        const drawing = createDrawingPlanner(onMistake);
        return { ...drawing, forget: (_, positions) => void forgotten.push(...positions) };
      },
      onEvent: ({ fact, position }) => {
        if (fact.type === "job.result" && fact.jobId.endsWith(".s3")) results.push(position);
      },
      people: ({ clock, operate }) => {
        clock.schedule(clock.now_ms() + 45 * MINUTE_ms, () =>
          operate("map", "withdraw", { jobId: "map.1.s3", by: "ada", reason: "wrong sample" }),
        );
      },
    });
    expect(forgotten).toHaveLength(1);
    expect(results).toContain(forgotten[0]);
  });
});
