import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { type AnyStateMachine, initialTransition, setup, transition } from "xstate";
import { Chart, type Standing } from "../../machines/chart/chart.ts";
import {
  campaignMachine,
  experimentMachine,
  instrumentMachine,
  jobMachine,
  type MachineEvent,
  reservationMachine,
} from "../../machines/index.ts";
import { toPlain } from "../../src/core/plain.ts";
import { createPrng } from "../../src/core/prng.ts";
import { CAMPAIGN_INPUT, campaignEvents } from "./campaign-events.ts";
import { EXPERIMENT_INPUT, experimentEvents } from "./experiment-events.ts";
import { INSTRUMENT_INPUT, instrumentEvents } from "./instrument-events.ts";
import { JOB_INPUT, jobEvents, LOAD_INPUT, loadEvents, memberEvents } from "./job-events.ts";

const WALKS = 40;
const STEPS = 30;

/** Tells XState and the chart the same events, and holds states, contexts and effects against each other. */
function walk(
  machine: AnyStateMachine,
  input: unknown,
  events: (standing: Standing) => readonly MachineEvent[],
): Set<string> {
  const chart = new Chart(machine);
  const seen = new Set<string>();
  /** How often it was in each state: half of the steps lead to where it was least. */
  const times = new Map<unknown, number>();
  for (let seed = 0; seed < WALKS; seed++) {
    const prng = createPrng(`walk/${machine.id}/${seed}`);
    let [theirs, actions] = initialTransition(machine, input as never);
    let { standing, effects } = chart.begin(input);
    let at = { time_ms: 0, position: 0 };
    for (let step = 0; step < STEPS; step++) {
      const { configuration, context } = standing;
      const expected = [theirs.value, theirs.context, effectsOf(actions)];
      const found = [configuration.value, context, effects];
      if (!isDeepStrictEqual(toPlain(found), toPlain(expected))) expect(found).toEqual(expected);
      seen.add(configuration.states.join("+"));
      times.set(configuration, (times.get(configuration) ?? 0) + 1);
      at = { time_ms: at.time_ms + (prng.next() < 0.8 ? 1000 : 3_600_000), position: step };
      const all = events(standing).map((event) => ({ ...event, ...at }));
      const timesAt = (one: MachineEvent): number =>
        times.get(chart.take(standing, one).standing.configuration) ?? 0;
      const least = Math.min(...all.map(timesAt));
      const from = prng.next() < 0.6 ? all.filter((one) => timesAt(one) === least) : all;
      const event = from[prng.integer(from.length)] as MachineEvent;
      [theirs, actions] = transition(machine, theirs, event);
      // As a restart would find it, so that what is saved is enough.
      ({ standing, effects } = chart.take(chart.at(configuration.value, context), event));
    }
  }
  return seen;
}

const effectsOf = (actions: readonly { readonly type: string; readonly params?: unknown }[]) =>
  actions.filter(({ type }) => type === "effect").map(({ params }) => params);

const told = (events: (state: never) => readonly MachineEvent[]) => (standing: Standing) =>
  events({ ...standing, states: standing.configuration.states, standing } as never);

describe("a chart means what XState's own transition does", () => {
  test.each([
    ["campaign, automatic", campaignMachine, CAMPAIGN_INPUT, told(campaignEvents), 12],
    [
      "campaign, supervised",
      campaignMachine,
      { ...CAMPAIGN_INPUT, approval: "supervised" },
      told(campaignEvents),
      12,
    ],
    ["experiment", experimentMachine, EXPERIMENT_INPUT, told(experimentEvents), 5],
    ["instrument", instrumentMachine, INSTRUMENT_INPUT, told(instrumentEvents), 20],
    ["job", jobMachine, JOB_INPUT, told(jobEvents), 12],
    ["job of a load", jobMachine, JOB_INPUT, told(memberEvents), 10],
    ["load", jobMachine, LOAD_INPUT, told(loadEvents), 10],
    [
      "reservation",
      reservationMachine,
      { instrumentId: "furnace-1" },
      () =>
        ["a", "b"].flatMap((jobId) => [
          { type: "reservation.request", jobId },
          { type: "reservation.release", jobId },
          { type: "nonsense" },
        ]),
      2,
    ],
  ] as const)("%s", (_, machine, input, events, states) => {
    expect(walk(machine as never, input, events as never).size).toBeGreaterThanOrEqual(states);
  });

  test("a definition with every kind of step", () => {
    const types = ["in", "out", "again", "own", "side", "both", "wide", "count", "nothing", "up"];
    const events = () => types.map((type) => ({ type }));
    expect(walk(everyKind, undefined, events).size).toBe(6);
  });
});

const setupAll = setup({
  types: { context: {} as { readonly n: number }, events: {} as { readonly type: string } },
  actions: { effect: (_, _effect: unknown) => {} },
  guards: { isOdd: ({ context }) => context.n % 2 === 1 },
});
const say = (word: string) => ({
  type: "effect" as const,
  params: ({ context }: { readonly context: { readonly n: number } }) => `${word} ${context.n}`,
});
const count = setupAll.assign({ n: ({ context }) => context.n + 1 });

/** Left and entered again, inside and outside of its source; side by side; states that are passed through. */
const everyKind = setupAll.createMachine({
  id: "all",
  type: "parallel",
  context: { n: 0 },
  on: { "*": { actions: say("unexpected") }, wide: { target: ".left.deep.b", actions: count } },
  states: {
    left: {
      initial: "flat",
      entry: say("in left"),
      exit: say("out of left"),
      on: { up: { target: ".flat", reenter: true }, both: { actions: [count, say("both left")] } },
      states: {
        flat: {
          entry: [count, say("in flat")],
          exit: say("out of flat"),
          on: { in: "deep", again: { target: "flat", reenter: true }, own: { target: "flat" } },
        },
        deep: {
          initial: "a",
          entry: say("in deep"),
          exit: [say("out of deep"), count],
          on: { out: "flat", own: ".a", side: { guard: "isOdd", target: "passing" } },
          states: {
            a: { entry: say("in a"), exit: say("out of a"), on: { in: "b", nothing: {} } },
            b: {
              entry: say("in b"),
              on: { in: [{ guard: "isOdd", target: "a" }, { actions: count }], again: "b" },
            },
          },
        },
        passing: {
          entry: count,
          always: [
            { guard: "isOdd", target: "deep", actions: say("odd") },
            { target: "flat", actions: say("even") },
          ],
        },
      },
    },
    right: {
      initial: "one",
      on: {
        both: ".one",
        count: {
          actions: setupAll.enqueueActions(({ enqueue, context }) => {
            enqueue.assign({ n: context.n + 2 });
            enqueue({ type: "effect", params: "enqueued" });
            enqueue(say("enqueued"));
          }),
        },
      },
      states: {
        one: { exit: say("out of one"), on: { side: "two" } },
        two: { on: { side: "one" } },
      },
    },
  },
});
