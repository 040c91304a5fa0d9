import { beforeEach, expect, test } from "vitest";
import type { LabFact } from "../../src/events/lab-fact.ts";
import { createFloodGate, type FloodGate, INSTRUMENTS_MAX } from "../../src/runtime/flood-gate.ts";
import { createLab, type Lab } from "../../src/runtime/lab.ts";
import { createQuarantineMeter } from "../../src/runtime/quarantine-meter.ts";

let now_ms = 0;
let due: { readonly at_ms: number; readonly act: () => void }[] = [];
let lab: Lab;
let gate: FloodGate;
let heard: LabFact[] = [];

const ports = {
  clock: { now_ms: () => now_ms },
  timers: {
    schedule: (at_ms: number, act: () => void) => {
      const timer = { at_ms, act };
      due.push(timer);
      return () => {
        due = due.filter((one) => one !== timer);
      };
    },
  },
};

beforeEach(() => {
  now_ms = 1_000_000;
  due = [];
  heard = [];
  lab = createLab();
  gate = createFloodGate({ lab, ports: ports as never, hear: (fact) => heard.push(fact) });
});

function pass(seconds: number): void {
  now_ms += seconds * 1000;
  for (const timer of due.filter(({ at_ms }) => at_ms <= now_ms)) {
    due = due.filter((one) => one !== timer);
    timer.act();
  }
}

const state = (instrumentId: string, seq: number): LabFact => ({
  ...{ type: "instrument.state", instrumentId, bootId: "b1", seq },
  ...{ operation: "idle", control: "automatic", safety: "ok" },
  message: { source: `instrument/${instrumentId}`, id: `m${seq}` },
});
const command = (action: "approve" | "pause", k: number): LabFact => ({
  ...{ type: "operator.command", campaignId: "c1", action, commandId: `k${k}`, by: "ada" },
  message: { source: "operator/ada", id: `k${k}` },
});

function isLogged(fact: LabFact, bytes = 300): boolean {
  const message = { topic: "t", payload: new Uint8Array(bytes), qos: 1, retained: false } as const;
  return gate.judge({ kind: "log" }, fact, message).kind === "log";
}

const logged = (facts: readonly LabFact[], bytes?: number): number =>
  facts.filter((fact) => isLogged(fact, bytes)).length;

const many = <T>(n: number, one: (k: number) => T): T[] =>
  Array.from({ length: n }, (_, k) => one(k));

test("states at any rate: some thousands, then twenty a second; the newest is heard when the flood is over", () => {
  expect(logged(many(10_000, (k) => state("furnace-1", k)))).toBe(2_000);
  let inTheSecondMinute = 0;
  for (let s = 0; s < 60; s++) {
    now_ms += 1000;
    inTheSecondMinute += logged(many(100, (k) => state("furnace-1", 200_000 + 1_000 * s + k)));
  }
  expect(inTheSecondMinute).toBe(1_200);
  pass(10);
  expect(heard).toEqual([state("furnace-1", 259_099)]);
  expect(logged(heard)).toBe(1);
});

test("large births cost what they weigh: 60 kB at any rate are less than 20 kB a second", () => {
  const births = many(1_000, (k) => state("furnace-1", k));
  expect(logged(births, 60_000)).toBe(16);
  now_ms += 600_000;
  expect(logged(births, 60_000)).toBe(16);
});

test("ids that are invented: a thousand are known, however many come; those of the configuration come in as ever", () => {
  lab.policies = { "furnace-9": { limits: {} } };
  expect(logged(many(5_000, (k) => state(`x${k}`, 1)))).toBe(INSTRUMENTS_MAX);
  expect(isLogged(state("furnace-9", 1))).toBe(true);
});

test("commands of one kind keep nobody from another kind", () => {
  expect(logged(many(5_000, (k) => command("approve", k)))).toBe(500);
  expect(isLogged(command("pause", 1))).toBe(true);
  now_ms += 10_000;
  expect(logged(many(5_000, (k) => command("approve", 5_000 + k)))).toBe(20);
});

test("a clock that is set back gives nothing and takes nothing", () => {
  logged(many(2_000, (k) => state("furnace-1", k)));
  now_ms -= 3_600_000;
  expect(isLogged(state("furnace-1", 1))).toBe(false);
  now_ms += 1_000;
  expect(isLogged(state("furnace-1", 2))).toBe(true);
});

test("garbage of 60 kB under ever new topics: a megabyte a minute is kept whole, the rest as numbers with the sender", async () => {
  const facts: LabFact[] = [];
  const meter = createQuarantineMeter({
    ports,
    submit: async (fact: LabFact) => facts.push(fact),
  } as never);
  let whole = 0;
  for (let k = 0; k < 1_000; k++) {
    const topic = `tieline/v1/lab/instrument/bad-1/nonsense/${k}`;
    if (meter.isKeptWhole({ topic, payload: new Uint8Array(60_000) }, "wrongTopic")) whole += 1;
  }
  expect(whole).toBe(18);
  pass(10);
  expect(facts).toEqual([
    {
      ...{ type: "message.quarantineCounted", topic: "tieline/v1/lab/instrument/bad-1" },
      ...{ reason: "wrongTopic", count: 982, bytes: 982 * 60_000 },
    },
  ]);
});
