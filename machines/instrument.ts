import { assign, setup } from "xstate";
import type {
  Capability,
  Control,
  InstrumentBirth,
  Operation,
  Safety,
} from "../src/domain/instrument.ts";
import type { Upkeep } from "../src/domain/upkeep.ts";
import type { Effect, Stamp } from "./effect.ts";

export interface InstrumentContext {
  readonly instrumentId: string;
  readonly bootId: string | undefined;
  /** Boots before this one: what still arrives from them is late and changes nothing. */
  readonly formerBootIds: readonly string[];
  /** Of the last state message; order within one boot is by this, never by the clock. */
  readonly seq: number;
  /** Names of its last states: one that is repeated is known, one that counts anew is not. */
  readonly stateIds: readonly string[];
  readonly kind: string;
  readonly capabilities: readonly Capability[];
  readonly simulated: boolean;
  readonly channels: InstrumentBirth["channels"];
  readonly keepsJournal: boolean;
  /** Its calibration, maintenance and stock; absent where it says nothing of them. */
  readonly upkeep?: Upkeep | undefined;
  readonly jobId: string | undefined;
  readonly seen_ms: number;
  /** The job that it did not answer about: the question that is put again until it does. */
  readonly probeJobId: string | undefined;
  readonly probes: number;
  readonly timers: number;
  readonly timerId: string | undefined;
}

export type InstrumentEvent =
  | ({
      readonly type: "instrument.online";
      readonly online: boolean;
      readonly bootId: string;
    } & Stamp)
  | ({
      readonly type: "instrument.birth";
      readonly bootId: string;
      readonly kind: string;
      readonly capabilities: readonly Capability[];
      readonly simulated: boolean;
      readonly channels?: InstrumentBirth["channels"];
      readonly journal?: boolean | undefined;
    } & Upkeep &
      Stamp)
  | ({
      readonly type: "instrument.state";
      readonly bootId: string;
      readonly seq: number;
      readonly operation: Operation;
      readonly control: Control;
      readonly safety: Safety;
      readonly jobId?: string | undefined;
      /** Name of the message that brought it. */
      readonly messageId?: string | undefined;
      /** It counts its states anew although it names the same boot. */
      readonly countsAnew?: boolean | undefined;
    } & Stamp)
  /** The daemon restarted: what it knew may be old. */
  | ({ readonly type: "instrument.doubt" } & Stamp)
  /** Its twin has gone: this boot is none of before. */
  | ({ readonly type: "instrument.stays"; readonly bootId: string } & Stamp)
  /** A job on it did not answer in time. */
  | ({
      readonly type: "instrument.silent";
      readonly jobId: string;
      /** Silence says nothing of its operation, control and safety; older runs forgot them. */
      readonly keepsStates?: boolean | undefined;
    } & Stamp)
  /** It answered about a job: it is there. */
  | ({ readonly type: "instrument.answered" } & Stamp)
  | ({ readonly type: "timer.fired"; readonly timerId: string } & Stamp);

const setupInstrument = setup({
  types: {
    context: {} as InstrumentContext,
    events: {} as InstrumentEvent,
    input: {} as { readonly instrumentId: string },
  },
  actions: { effect: (_, _effect: Effect) => {} },
  guards: {
    /** An old will must not overwrite a new birth. */
    isMyTimer: ({ context, event }) =>
      event.type === "timer.fired" && event.timerId === context.timerId,
    isFormerBoot: ({ context, event }) =>
      "bootId" in event && context.formerBootIds.includes(event.bootId),
    keepsStates: ({ event }) => event.type === "instrument.silent" && event.keepsStates === true,
    isGoodbye: ({ event }) => event.type === "instrument.online" && !event.online,
    isStaleState: ({ context, event }) =>
      event.type === "instrument.state" &&
      (context.formerBootIds.includes(event.bootId) ||
        (event.bootId === context.bootId && event.seq <= context.seq && event.countsAnew !== true)),
    isOperation: ({ event }, params: Operation) =>
      event.type === "instrument.state" && event.operation === params,
    isControl: ({ event }, params: Control) =>
      event.type === "instrument.state" && event.control === params,
    isSafety: ({ event }, params: Safety) =>
      event.type === "instrument.state" && event.safety === params,
  },
});

/** A silent instrument is asked again after this, then after twice as long, and so on up to the longest. */
const PROBE_ms = { first: 60_000, longest: 1_800_000 };

/** Nothing to ask about (a restart of the daemon): its birth, or any word of it, brings it back. */
const armProbe = setupInstrument.enqueueActions(({ context, event, enqueue }) => {
  if (context.probeJobId === undefined) return;
  const timers = context.timers + 1;
  const timerId = `${context.instrumentId}/t${timers}`;
  const wait_ms = Math.min(PROBE_ms.first * 2 ** context.probes, PROBE_ms.longest);
  enqueue.assign({ timers, timerId, probes: context.probes + 1 });
  enqueue({
    type: "effect",
    params: {
      kind: "command",
      command: { type: "startTimer", timerId, at_ms: event.time_ms + wait_ms },
    },
  });
});

const noteSilence = setupInstrument.assign({
  probeJobId: ({ context, event }) =>
    event.type === "instrument.silent" ? event.jobId : context.probeJobId,
  probes: 0,
});

const disarmProbe = {
  type: "effect" as const,
  params: ({ context }: { readonly context: InstrumentContext }): Effect => ({
    kind: "command",
    command: { type: "cancelTimer", timerId: context.timerId ?? "" },
  }),
};

const probe = {
  type: "effect" as const,
  params: ({
    context,
    event,
  }: {
    readonly context: InstrumentContext;
    readonly event: InstrumentEvent;
  }): Effect => ({
    kind: "command",
    command: {
      type: "reconcileJobs",
      commandId: `${context.instrumentId}.q${event.position}`,
      instrumentId: context.instrumentId,
      jobIds: [context.probeJobId ?? ""],
    },
  }),
};

/** More boots than this are not remembered: a message that late is refused by its job's attempt anyway. */
const FORMER_BOOTS_MAX = 16;

/** Repetitions of older states than these are known by their number. */
const STATE_IDS_MAX = 32;

/** What changes when a message of a boot arrives that is not the current one. */
function changeBoot(context: InstrumentContext, event: { readonly bootId: string } & Stamp) {
  const isSame = event.bootId === context.bootId;
  const former = context.bootId === undefined || isSame ? [] : [context.bootId];
  return {
    bootId: event.bootId,
    formerBootIds: [...former, ...context.formerBootIds].slice(0, FORMER_BOOTS_MAX),
    seq: isSame ? context.seq : -1,
    seen_ms: event.time_ms,
  };
}

function upkeepOf({ calibration, maintenance, stock }: Upkeep): Upkeep | undefined {
  const isTold = [calibration, maintenance, stock].some((one) => one !== undefined);
  return isTold ? { calibration, maintenance, stock } : undefined;
}

const onState = (guardType: "isOperation" | "isControl" | "isSafety", values: readonly string[]) =>
  values.map((value) => ({
    guard: { type: guardType, params: value as never },
    target: `.${value}` as const,
  }));

/**
 * connection x operation x control x safety, after OPC UA LADS (OPC 30500-1); `ready` is derived, never stored.
 * No state has a deadline of its own: an instrument may be off for weeks. The jobs on it have deadlines, and a job
 * that is not answered makes its instrument `stale`.
 */
export const instrumentMachine = setupInstrument.createMachine({
  id: "instrument",
  type: "parallel",
  context: ({ input }) => ({
    instrumentId: input.instrumentId,
    bootId: undefined,
    formerBootIds: [],
    seq: -1,
    stateIds: [],
    kind: "unknown",
    capabilities: [],
    simulated: false,
    channels: undefined,
    keepsJournal: false,
    jobId: undefined,
    seen_ms: 0,
    probeJobId: undefined,
    probes: 0,
    timers: 0,
    timerId: undefined,
  }),
  on: {
    "*": {
      actions: {
        type: "effect",
        params: ({ event }) => ({ kind: "unexpected", event: event.type }),
      },
    },
  },
  states: {
    connection: {
      initial: "offline",
      on: {
        "instrument.birth": [
          { guard: "isFormerBoot" },
          {
            target: ".online",
            actions: assign(({ context, event }) => ({
              ...changeBoot(context, event),
              kind: event.kind,
              capabilities: event.capabilities,
              simulated: event.simulated,
              channels: event.channels,
              keepsJournal: event.journal ?? false,
              upkeep: upkeepOf(event),
            })),
          },
        ],
        "instrument.online": [
          { guard: "isFormerBoot" },
          {
            guard: "isGoodbye",
            target: ".offline",
            actions: assign(({ context, event }) => changeBoot(context, event)),
          },
          {
            target: ".online",
            actions: assign(({ context, event }) => changeBoot(context, event)),
          },
        ],
        "instrument.doubt": { target: ".stale" },
        "instrument.silent": [
          { guard: "keepsStates", target: ".stale", actions: noteSilence },
          // Leaves and enters everything, so that an instrument that was interlocked counted as safe.
          { target: ".stale", reenter: true, actions: noteSilence },
        ],
        "instrument.answered": {
          target: ".online",
          actions: assign({ seen_ms: ({ event }) => event.time_ms }),
        },
      },
      states: {
        offline: {},
        online: { entry: assign({ probeJobId: undefined, probes: 0 }) },
        stale: {
          entry: armProbe,
          exit: disarmProbe,
          on: { "timer.fired": { guard: "isMyTimer", actions: [probe, armProbe] } },
        },
      },
    },
    operation: {
      initial: "idle",
      on: {
        "instrument.state": [
          { guard: "isStaleState" },
          ...onState("isOperation", ["idle", "busy", "held", "fault"]),
        ],
      },
      states: { idle: {}, busy: {}, held: {}, fault: {} },
    },
    control: {
      initial: "automatic",
      on: {
        "instrument.state": [
          { guard: "isStaleState" },
          ...onState("isControl", ["automatic", "local", "maintenance"]),
        ],
      },
      states: { automatic: {}, local: {}, maintenance: {} },
    },
    safety: {
      initial: "ok",
      on: {
        "instrument.state": [
          { guard: "isStaleState" },
          ...onState("isSafety", ["ok", "interlocked", "emergencyStopped"]),
        ],
      },
      states: { ok: {}, interlocked: {}, emergencyStopped: {} },
    },
    // Last, so that the guards above still see the seq of the message before.
    ledger: {
      initial: "known",
      states: {
        known: {
          on: {
            "instrument.stays": {
              actions: assign({
                formerBootIds: ({ context, event }) =>
                  context.formerBootIds.filter((id) => id !== event.bootId),
              }),
            },
            "instrument.state": [
              { guard: "isStaleState" },
              {
                actions: assign(({ context, event }) => ({
                  ...changeBoot(context, event),
                  seq: event.seq,
                  stateIds: [...context.stateIds, event.messageId ?? ""].slice(-STATE_IDS_MAX),
                  jobId: event.jobId,
                })),
              },
            ],
          },
        },
      },
    },
  },
});
