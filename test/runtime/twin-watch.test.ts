import { beforeEach, describe, expect, test } from "vitest";
import { silentLogger } from "../../src/core/logger.ts";
import type { InstrumentFact, LabFact } from "../../src/events/lab-fact.ts";
import { applyEvent } from "../../src/runtime/apply-event.ts";
import { hindrancesOf } from "../../src/runtime/hindrances.ts";
import { judge } from "../../src/runtime/incoming.ts";
import { createLab, type Lab } from "../../src/runtime/lab.ts";
import { createTwinWatch, type TwinWatch } from "../../src/runtime/twin-watch.ts";

let now_ms = 0;
let timers: { readonly at_ms: number; readonly act: () => void }[] = [];
let lab: Lab;
let watch: TwinWatch;
let noted: LabFact[] = [];
let said = 0;

function log(fact: LabFact): void {
  applyEvent(lab, { position: lab.position + 1, time_ms: now_ms, fact } as never);
}

beforeEach(() => {
  now_ms = 1_000_000;
  timers = [];
  noted = [];
  lab = createLab();
  watch = createTwinWatch({
    lab,
    ports: {
      clock: { now_ms: () => now_ms },
      timers: {
        schedule: (at_ms, act) => {
          const timer = { at_ms, act };
          timers.push(timer);
          return () => {
            timers = timers.filter((one) => one !== timer);
          };
        },
      },
      logger: silentLogger,
    },
    submit: async (fact) => {
      noted.push(fact);
      log(fact);
    },
  });
});

function pass(seconds: number): void {
  now_ms += seconds * 1000;
  for (const timer of timers.filter(({ at_ms }) => at_ms <= now_ms)) {
    timers = timers.filter((one) => one !== timer);
    timer.act();
  }
}

interface How {
  readonly sent_ms?: number;
  readonly retained?: boolean;
}

/** What the loop does with a word: the watch first, then the log where it is news. */
function hear(fact: InstrumentFact, { sent_ms = now_ms, retained = false }: How = {}): void {
  watch.onWord(fact, sent_ms, retained);
  if (judge(lab, fact, new Map()).kind === "log") log(fact);
}

const about = (bootId: string) => ({
  ...{ instrumentId: "furnace-1", bootId },
  message: { source: "instrument/furnace-1", id: `m${++said}` },
});
const birth = (bootId: string): InstrumentFact => ({
  ...about(bootId),
  ...{ type: "instrument.birth", kind: "furnace", capabilities: [], simulated: false },
});
const state = (bootId: string, seq: number): InstrumentFact => ({
  ...about(bootId),
  ...{ type: "instrument.state", seq, operation: "idle", control: "automatic", safety: "ok" },
});
const goodbye = (bootId: string): InstrumentFact => ({
  ...about(bootId),
  ...{ type: "instrument.online", online: false },
});

const CONTESTED = {
  type: "instrument.contested",
  instrumentId: "furnace-1",
  bootIds: ["b", "a"],
};

/** Born as a, then as b; a second later. */
function bornTwice(): void {
  hear(birth("a"));
  pass(10);
  hear(birth("b"));
  pass(1);
}

describe("a controller that starts anew", () => {
  test("is one, also where words and the will of its last life come late", () => {
    hear(birth("a"));
    pass(10);
    const last_ms = now_ms;
    pass(5);
    hear(birth("b"));
    pass(1);
    hear(state("a", 7), { sent_ms: last_ms });
    hear(birth("a"), { retained: true });
    hear(goodbye("a"));
    pass(600);
    expect(noted).toEqual([]);
    expect(hindrancesOf(lab, "furnace-1")).toEqual([]);
  });
});

describe("a word of a former boot that was sent after the present one had spoken", () => {
  test("means two controllers: noted once, and the instrument gets nothing", () => {
    bornTwice();
    hear(state("a", 2));
    hear(state("b", 3));
    hear(state("a", 3));
    expect(noted).toEqual([CONTESTED]);
    expect(hindrancesOf(lab, "furnace-1")).toMatchObject([
      { cause: "instrument", text: expect.stringMatching(/two controllers .*boots b and a/) },
    ]);
  });

  test("is settled when the former has said goodbye and kept silent for a minute", () => {
    bornTwice();
    hear(state("a", 2));
    hear(goodbye("a"));
    pass(59);
    expect(noted).toHaveLength(1);
    pass(1);
    expect(noted.slice(1)).toEqual([
      { type: "instrument.settled", instrumentId: "furnace-1", bootId: "b" },
    ]);
    expect(hindrancesOf(lab, "furnace-1")).toEqual([]);
  });

  test("is not settled by clients that push each other out, nor told more than once", async () => {
    hear(birth("a"));
    for (let k = 0; k < 100; k++) {
      pass(1);
      const [comes, goes] = k % 2 === 0 ? ["b", "a"] : ["a", "b"];
      hear(goodbye(goes as string));
      hear(birth(comes as string));
      await Promise.resolve();
    }
    expect(noted).toEqual([CONTESTED]);
  });

  test("is settled when the present one has gone, and the former is listened to again", () => {
    bornTwice();
    hear(state("a", 2));
    hear(goodbye("b"));
    pass(60);
    expect(noted.at(-1)).toEqual({
      ...{ type: "instrument.settled", instrumentId: "furnace-1", bootId: "a" },
    });
    hear(birth("a"));
    expect(lab.machines.instrument.get("furnace-1")).toMatchObject({
      context: { bootId: "a", formerBootIds: ["b"] },
      states: expect.arrayContaining(["connection.online"]),
    });
  });

  test("is settled by a new start of a controller; the other one, where it speaks again, is noticed again", async () => {
    bornTwice();
    hear(state("a", 2));
    await Promise.resolve();
    pass(5);
    hear(birth("c"));
    await Promise.resolve();
    expect(noted.at(-1)).toEqual({ type: "instrument.settled", instrumentId: "furnace-1" });
    pass(1);
    hear(state("a", 3));
    expect(noted.at(-1)).toEqual({ ...CONTESTED, bootIds: ["c", "a"] });
  });
});
