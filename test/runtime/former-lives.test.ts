import { describe, expect, test } from "vitest";
import { asId } from "../../src/domain/identifiers.ts";
import type { LabCommand } from "../../src/events/lab-command.ts";
import type { LabFact } from "../../src/events/lab-fact.ts";
import { applyEvent } from "../../src/runtime/apply-event.ts";
import { BEHAVIOUR } from "../../src/runtime/behaviour.ts";
import { judge } from "../../src/runtime/incoming.ts";
import { createLab } from "../../src/runtime/lab.ts";

const furnace = "furnace-1";
const said = (id: string) => ({
  instrumentId: furnace,
  message: { source: `instrument/${furnace}`, id },
});

function birth(bootId: string, journal: boolean): LabFact {
  return {
    ...{ type: "instrument.birth", ...said(`${bootId}-birth`), bootId, kind: "furnace", journal },
    capabilities: [
      {
        ...{ name: "bake", results: ["phases"], repeatable: false, expectedDuration_s: 60 },
        parameters: { temperature_K: { unit: "K", min: 0, max: 1373 } },
      },
    ],
    ...{ channels: {}, simulated: false },
  };
}

function state(bootId: string, seq: number): LabFact {
  const is = { operation: "idle", control: "automatic", safety: "ok" } as const;
  return { type: "instrument.state", ...said(`${bootId}-${seq}`), bootId, seq, ...is };
}

/** A laboratory whose furnace has been told to bake one point, and what every further fact makes it say. */
function bakery(journal: boolean, behaviour = BEHAVIOUR) {
  const lab = createLab();
  const tell = (fact: LabFact): LabCommand[] => {
    const position = lab.position + 1;
    const timer = fact.type === "timer.fired" ? lab.timers.get(fact.timerId) : undefined;
    const time_ms = Math.max(position * 1000, lab.time_ms + 1, timer?.at_ms ?? 0);
    return applyEvent(lab, { position, time_ms, fact });
  };
  const axis = { name: "temperature_K", values: [600] };
  const step = { capability: "bake", timeLimit_s: 60, retries: 2, repeatable: false };
  const operator = { campaignId: "c1", by: "me", message: { source: "operator/me", id: "1" } };
  const started = [
    {
      ...{ type: "daemon.started", site: "s", agentId: "a", epoch: 1, version: "0" },
      ...{ timeZone: "UTC", behaviour, instrumentLimits: {} },
    },
    birth("b1", journal),
    state("b1", 1),
    {
      type: "campaign.defined",
      spec: {
        ...{ campaignId: asId("c1"), title: "c1", seed: "1", budget: 1, inFlight: 1 },
        ...{ waitForWholeBatch: false, approval: "automatic", failuresInARow_max: 3 },
        ...{ space: { kind: "grid", axes: [axis] }, limits: {}, goal: "phase-diagram", model: {} },
        recipe: { steps: [{ ...step, parameters: { temperature_K: { axis: axis.name } } }] },
      },
    },
    { type: "operator.command", action: "start", commandId: "go", ...operator },
    {
      ...{ type: "planner.proposed", campaignId: "c1", requestId: "c1.r1" },
      proposal: {
        points: [{ candidateId: "c1", parameters: { temperature_K: 600 }, score: 1, why: "" }],
        ...{ verdict: { kind: "continue" }, warnings: [] },
        model: { observations: 0, summary: {} },
      },
    },
  ] as unknown as LabFact[];
  const starts = started.flatMap(tell).filter(({ type }) => type === "startJob");
  expect(starts).toMatchObject([{ jobId: "c1.1.s1", attempt: 1 }]);
  return { lab, tell };
}

const noRecord: LabFact = { type: "job.unknown", ...said("q"), jobId: "c1.1.s1" };

describe("an instrument that has started anew since it was told to begin", () => {
  const isStart = ({ type }: LabCommand): boolean => type === "startJob";

  test("knows what it has not begun where it keeps a journal: the start goes out again", () => {
    const { tell } = bakery(true);
    tell(birth("b2", true));
    expect(tell(noRecord).filter(isStart)).toHaveLength(1);
  });

  test("may have begun and forgotten where it keeps none: a person looks at the sample first", () => {
    const { lab, tell } = bakery(false);
    tell(birth("b2", false));
    expect(tell(noRecord).filter(isStart)).toEqual([]);
    expect(lab.machines.job.get("c1.1.s1")?.states).toEqual(["deadLetter"]);
  });

  test("is not what its former life says of it: such a word is neither logged nor heard", () => {
    const { lab, tell } = bakery(true);
    tell(birth("b2", true));
    const late = { ...state("b1", 9), operation: "held" } as LabFact;
    expect(judge(lab, late, new Map())).toEqual({ kind: "duplicate" });
    expect(judge(lab, birth("b1", true), new Map())).toEqual({ kind: "duplicate" });
    expect(judge(lab, state("b2", 1), new Map())).toEqual({ kind: "log" });
    tell(state("b2", 1));
    tell(state("b2", 2));
    expect(judge(lab, state("b2", 1), new Map())).toEqual({ kind: "duplicate" });
    tell(late);
    expect(lab.machines.instrument.get(furnace)?.states).toContain("operation.idle");
  });
});

describe("an instrument that does not answer about its job", () => {
  /** Its states once the job was given up, its timers ringing one after the other, and it is heard again. */
  function statesAfterSilence(behaviour?: number): readonly string[] | undefined {
    const { lab, tell } = bakery(true, behaviour);
    const said = { operation: "busy", control: "local", safety: "interlocked" };
    tell({ ...state("b1", 2), ...said } as LabFact);
    const job = () => lab.machines.job.get("c1.1.s1")?.states[0];
    for (let k = 0; k < 1000 && job() !== "deadLetter"; k++) {
      const [timer] = [...lab.timers].sort((a, b) => a[1].at_ms - b[1].at_ms);
      tell({ type: "timer.fired", timerId: timer?.[0] ?? "" });
    }
    expect(job()).toBe("deadLetter");
    const states = () => lab.machines.instrument.get(furnace)?.states;
    expect(states()).toContain("connection.stale");
    tell(noRecord);
    expect(states()).toContain("connection.online");
    return states();
  }

  test("is as safe, as busy and in as many hands as it said last, once it is heard again", () => {
    expect(statesAfterSilence()).toEqual(
      expect.arrayContaining(["operation.busy", "control.local", "safety.interlocked"]),
    );
  });

  test("counted as idle and safe in older runs, and does where they are folded", () => {
    expect(statesAfterSilence(13)).toEqual(
      expect.arrayContaining(["operation.idle", "control.automatic", "safety.ok"]),
    );
  });
});
