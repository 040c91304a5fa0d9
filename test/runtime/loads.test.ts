import { describe, expect, test } from "vitest";
import { createMachineState, type JobContext } from "../../machines/index.ts";
import type { Capability } from "../../src/domain/instrument.ts";
import { createLab } from "../../src/runtime/lab.ts";
import { gatherLoad } from "../../src/runtime/loads.ts";

const FURNACE: Capability = {
  ...{ name: "anneal", parameters: {}, results: [], repeatable: false, expectedDuration_s: 900 },
  ...{ capacity: 4, shares: ["temperature_K"] },
};

/** Jobs of one campaign that queue, the oldest first. */
function queueOf(jobs: readonly { id: string; temperature_K: number; campaignId?: string }[]) {
  const lab = createLab();
  for (const { id, temperature_K, campaignId = "map" } of jobs) {
    const jobId = `${campaignId}.${id}.s2`;
    const input = {
      ...{ jobId, campaignId, experimentId: `${campaignId}.${id}`, step: 1, capability: "anneal" },
      ...{ parameters: { temperature_K, flux_g: Number(id) }, sampleIds: [`${campaignId}.${id}`] },
      ...{ repeatable: false, retries: 2, timeLimit_s: 60 },
    };
    lab.machines.job.set(jobId, createMachineState("job", input).state);
    lab.queued.add(jobId);
  }
  const first = lab.machines.job.get([...lab.queued][0] ?? "")?.context as JobContext;
  return (change: Partial<Parameters<typeof gatherLoad>[1]> = {}) =>
    gatherLoad(first, {
      ...{ lab, capability: FURNACE, instrumentId: "furnace-1" },
      ...{ mayGo: () => true, fitOf: () => ({}), isEnoughFor: () => true },
      ...change,
    });
}

const samplesIn = (gathered: ReturnType<typeof gatherLoad>) =>
  gathered.kind === "load" ? gathered.load.input.sampleIds : gathered.kind;

describe("a load", () => {
  const queued = [
    { id: "1", temperature_K: 800 },
    { id: "2", temperature_K: 900 },
    { id: "3", temperature_K: 800 },
    { id: "4", temperature_K: 800 },
    { id: "5", temperature_K: 800, campaignId: "other" },
    { id: "6", temperature_K: 800 },
    { id: "7", temperature_K: 800 },
  ];

  test("has the oldest of one campaign and one shared setting, up to the capacity, each with what it does not share", () => {
    const gathered = queueOf(queued)();
    expect(samplesIn(gathered)).toEqual(["map.1", "map.3", "map.4", "map.6"]);
    expect(gathered.kind === "load" && gathered.load.input).toMatchObject({
      ...{ jobId: "map.load1", parameters: { temperature_K: 800 }, retries: 0 },
      parametersBySample: { "map.3": { flux_g: 3 }, "map.6": { flux_g: 6 } },
      members: [{ jobId: "map.1.s2", attempt: 1 }, {}, {}, {}],
    });
  });

  test("leaves out whoever may not go, or is beyond a limit of the instrument, and what the stock is not enough for", () => {
    const gather = queueOf(queued);
    const mayGo = ({ jobId }: JobContext) => jobId !== "map.3.s2";
    const fitOf = ({ jobId }: JobContext) => (jobId === "map.4.s2" ? "furnace-1 refuses it" : {});
    expect(samplesIn(gather({ mayGo, fitOf }))).toEqual(["map.1", "map.6", "map.7"]);
    const isEnoughFor = (jobs: readonly JobContext[]) => jobs.length < 3;
    expect(samplesIn(gather({ isEnoughFor }))).toEqual(["map.1", "map.3"]);
  });

  test("is none where an instrument takes one sample, or where nobody else is there", () => {
    const { capacity: _, ...single } = FURNACE;
    expect(samplesIn(queueOf(queued)({ capability: single }))).toBe("alone");
    expect(samplesIn(queueOf(queued.slice(1, 3))())).toBe("alone");
  });
});
