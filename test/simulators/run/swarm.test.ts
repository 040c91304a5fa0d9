import { describe, expect, test } from "vitest";
import { SpeechWatch } from "../../../simulators/checkers/speech/speech-watch.ts";
import { runSwarm } from "../../../simulators/index.ts";

describe("the swarm", () => {
  // 9: no restarts, whims every few minutes; 13: supervised, 15 hours; 39: kills.
  test.each(["9", "13", "39"])(
    "seed %s: no checker objects, and the campaign ends",
    async (seed) => {
      const { finished, violations, events } = await runSwarm({ seed, budget: 20 });
      expect(violations).toEqual([]);
      expect(finished).toBe(true);
      expect(events.length).toBeGreaterThan(200);
    },
  );

  test("writes the same log from the same seed, with people and strangers in it", async () => {
    const [once, again] = [
      await runSwarm({ seed: "11", budget: 8 }),
      await runSwarm({ seed: "11", budget: 8 }),
    ];
    expect(JSON.stringify(again.events)).toBe(JSON.stringify(once.events));
  });

  test("goes on from a snapshot as after a replay of the whole log", async () => {
    const replayed = await runSwarm({ seed: "7", budget: 20, snapshotEvery: 1e9 });
    const restored = await runSwarm({ seed: "7", budget: 20, snapshotEvery: 40 });
    expect(replayed.restarts).toBeGreaterThan(2);
    expect(restored.events.map(({ fact }) => fact)).toEqual(
      replayed.events.map(({ fact }) => fact),
    );
  });
});

describe("the checkers of what the daemon says", () => {
  test("object to every start that says too little, comes from nowhere or goes too far", () => {
    const watch = new SpeechWatch({ now_ms: () => 0, policies: {} });
    const spec = {
      ...{ campaignId: "c1", approval: "supervised", budget: 1, limits: { x: { max: 1 } } },
      space: { kind: "grid", axes: [{ name: "x", values: [0, 2] }] },
      recipe: {
        steps: [{ capability: "do", parameters: { x: { axis: "x" } }, repeatable: false }],
      },
    };
    const log = [
      { type: "daemon.started", epoch: 3 },
      { type: "campaign.defined", spec },
      {
        type: "planner.proposed",
        campaignId: "c1",
        proposal: { points: [{ candidateId: "c1", parameters: { x: 2 } }] },
      },
      { type: "safety.emergencyStop", active: true },
    ];
    for (const [k, fact] of log.entries())
      watch.onEvent({ position: k + 1, time_ms: 0, fact } as never);
    const data = {
      ...{ commandId: "e1.s1.a1", jobId: "e1.s1", attempt: 1, campaignId: "c1", epoch: 2 },
      ...{ capability: "do", parameters: { x: 2 } },
    };
    const envelope = { specversion: "1.0", id: "1", source: "agent/a", type: "t", data };
    const payload = JSON.stringify({ ...envelope, time: "1970-01-01T00:00:00Z" });
    watch.onSaid({ topic: "tieline/v1/s/instrument/i/command/start", payload });
    const found = watch.violations.map(({ detail }) => detail.replace(/^.*?: /, ""));
    expect(found).toEqual([
      "the emergency stop is active",
      "epoch 2, the newest is 3",
      "its notAfter lies undefined s ahead",
      "it is valid for undefined s",
      "x = 2 is beyond a limit of the campaign",
      "nobody has approved it",
    ]);
  });
});
