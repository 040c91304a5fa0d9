import type { Capability, Control, Operation, Safety } from "../domain/instrument.ts";
import type { GuardAction } from "../domain/limits/guard.ts";
import type { Reason } from "../domain/reason.ts";
import type { LabEvent } from "../events/lab-event.ts";
import type { InstrumentFact } from "../events/lab-fact.ts";
import { createRing, type Ring } from "./ring.ts";

/** What the dashboard shows of one instrument. */
export interface InstrumentView {
  readonly instrumentId: string;
  readonly kind: string;
  readonly simulated: boolean;
  readonly connection: string;
  readonly operation: Operation;
  readonly control: Control;
  readonly safety: Safety;
  readonly jobId?: string | undefined;
  readonly fraction?: number | undefined;
  readonly text?: string | undefined;
  readonly capabilities: readonly Pick<Capability, "name" | "parameters" | "expectedDuration_s">[];
  /** Times of the latest facts, ms since 1970 UTC. */
  readonly seen_ms: number;
  readonly counts: { readonly results: number; readonly failures: number };
  /** Why it gets no job; empty where nothing speaks against it. */
  readonly reasons?: readonly Reason[] | undefined;
  /** Its calibration, windows of maintenance, and what is left of its stock, in words; absent where it tells none. */
  readonly upkeep?: readonly string[] | undefined;
  /** Newest value of each telemetry channel. */
  readonly readings: readonly ReadingView[];
}

export interface ReadingView {
  readonly channel: string;
  readonly unit: string;
  readonly value: number;
  readonly time_ms: number;
}

/** What a guard allows of one channel, and whether it holds. */
export interface GuardView {
  readonly guardId: string;
  /** Of a campaign's guard. */
  readonly campaignId?: string | undefined;
  readonly channel: string;
  /** What is allowed, in words. */
  readonly allowed: string;
  readonly action: GuardAction;
  /** Absent while it holds. */
  readonly tripped?: { readonly text: string; readonly since_ms: number } | undefined;
}

/** One instrument with the traces of its telemetry: the view `dashboard/instrument/{id}`. */
export interface InstrumentDetailView extends InstrumentView {
  /** Guards that look at it; absent where there is none. */
  readonly guards?: readonly GuardView[] | undefined;
  readonly traces: readonly {
    readonly channel: string;
    readonly unit: string;
    readonly time_ms: readonly number[];
    readonly values: readonly number[];
  }[];
}

/** Samples of a telemetry channel that are kept; older ones are dropped, the event log never had them. */
const TRACE_SAMPLES = 300;
/** Names of states that are remembered, to know a repetition. */
const STATE_IDS_MAX = 32;
/** Channels of an instrument that are kept; a device that invents names can't fill the memory. */
const CHANNELS_MAX = 32;

interface Trace {
  unit: string;
  readonly samples: Ring<{ readonly time_ms: number; readonly value: number }>;
}

/** The fold of one instrument's facts. */
export interface InstrumentFold {
  apply(event: LabEvent<InstrumentFact>): void;
  telemetry(channel: string, unit: string, value: number, time_ms: number): void;
  progress(jobId: string, fraction: number, text: string | undefined): void;
  counted(outcome: "results" | "failures", time_ms: number): void;
  view(connection?: string): InstrumentView;
  detail(connection?: string): InstrumentDetailView;
  /** What its birth offers. */
  readonly capabilities: InstrumentView["capabilities"];
  /** Where in the log it last said that it is stopped; `undefined` where it says something else by now. */
  readonly stopped_position: number | undefined;
  /** Plain data of which `createInstrumentFold` makes the same fold, but for telemetry, which no log has. */
  save(): SavedInstrument;
}

export interface SavedInstrument {
  readonly base: Omit<InstrumentView, "counts" | "readings">;
  readonly stopped_position?: number | undefined;
  /** The last state that was taken. */
  readonly order?: LastState | undefined;
  readonly counts: { readonly results: number; readonly failures: number };
}

export function createInstrumentFold(
  instrumentId: string,
  saved?: SavedInstrument,
): InstrumentFold {
  let base = saved?.base ?? unknownInstrument(instrumentId);
  let stopped_position = saved?.stopped_position;
  const order = createStateOrder(saved?.order);
  const counts = { ...(saved?.counts ?? { results: 0, failures: 0 }) };
  const traces = new Map<string, Trace>();

  const apply = (event: LabEvent<InstrumentFact>): void => {
    const { fact, time_ms } = event;
    base = { ...base, seen_ms: time_ms };
    if (fact.type === "instrument.online") {
      base = { ...base, connection: fact.online ? "online" : "offline" };
    } else if (fact.type === "instrument.birth") {
      const { kind, simulated, capabilities } = fact;
      base = { ...base, kind, simulated, capabilities, connection: "online" };
    } else {
      if (!order.takes(fact)) return;
      const { operation, control, safety, jobId } = fact;
      stopped_position = safety === "emergencyStopped" ? event.position : undefined;
      const sameJob = jobId !== undefined && jobId === base.jobId;
      base = { ...base, operation, control, safety, jobId };
      if (!sameJob) base = { ...base, fraction: undefined, text: undefined };
    }
  };
  const view = (connection?: string): InstrumentView => ({
    ...base,
    connection: connection ?? base.connection,
    counts: { ...counts },
    readings: readingsOf(traces),
  });
  return {
    apply,
    telemetry: (channel, unit, value, time_ms) => {
      const trace = traces.get(channel) ?? { unit, samples: createRing(TRACE_SAMPLES) };
      if (!traces.has(channel) && traces.size >= CHANNELS_MAX) return;
      traces.set(channel, trace);
      trace.unit = unit;
      trace.samples.push({ time_ms, value });
      base = { ...base, seen_ms: time_ms };
    },
    progress: (jobId, fraction, text) => {
      base = { ...base, jobId, fraction, text };
    },
    counted: (outcome, time_ms) => {
      counts[outcome]++;
      base = { ...base, seen_ms: time_ms, fraction: undefined, text: undefined };
    },
    view,
    save: () => ({ base, stopped_position, order: order.last, counts: { ...counts } }),
    get capabilities() {
      return base.capabilities;
    },
    get stopped_position() {
      return stopped_position;
    },
    detail: (connection) => ({ ...view(connection), traces: tracesOf(traces) }),
  };
}

function unknownInstrument(instrumentId: string): SavedInstrument["base"] {
  return {
    ...{ instrumentId, kind: "unknown", simulated: false, connection: "offline" },
    ...{ operation: "idle", control: "automatic", safety: "ok", capabilities: [], seen_ms: 0 },
  };
}

/**
 * Order within an instrument is by (bootId, seq), never by the clock: an older state of the same start is late. One with a
 * lower number under a name of its own is of an instrument that counts anew.
 */
function createStateOrder(saved: LastState | undefined) {
  let last = saved;
  return {
    get last() {
      return last;
    },
    takes: ({ bootId, seq, message }: StateFact): boolean => {
      const isOld = last !== undefined && bootId === last.bootId && seq <= last.seq;
      if (isOld && last?.messageIds.includes(message.id) === true) return false;
      const messageIds = [...(last?.messageIds ?? []), message.id].slice(-STATE_IDS_MAX);
      last = { bootId, seq, messageIds };
      return true;
    },
  };
}

interface LastState {
  readonly bootId: string;
  readonly seq: number;
  readonly messageIds: readonly string[];
}

type StateFact = Extract<InstrumentFact, { readonly type: "instrument.state" }>;

function readingsOf(traces: ReadonlyMap<string, Trace>): ReadingView[] {
  return [...traces].flatMap(([channel, { unit, samples }]) => {
    const last = samples.items.at(-1);
    return last === undefined ? [] : [{ channel, unit, ...last }];
  });
}

function tracesOf(traces: ReadonlyMap<string, Trace>): InstrumentDetailView["traces"] {
  return [...traces].map(([channel, { unit, samples }]) => ({
    channel,
    unit,
    time_ms: samples.items.map((sample) => sample.time_ms),
    values: samples.items.map((sample) => sample.value),
  }));
}
