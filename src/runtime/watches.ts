import type { Decoded } from "../events/codec.ts";
import type { LabEvent } from "../events/lab-event.ts";
import type { InstrumentFact, LabFact } from "../events/lab-fact.ts";
import { createClockWatch } from "./clock-watch.ts";
import { createGuardKeeper } from "./guard-keeper.ts";
import type { Lab } from "./lab.ts";
import { createLossWatch } from "./loss-watch.ts";
import type { RuntimePorts } from "./ports.ts";
import { createTwinWatch } from "./twin-watch.ts";

type Reading = Extract<Decoded, { readonly kind: "telemetry" }>;

/** What looks on while messages come in, and notes what is wrong: guards, clocks, twins, what the log has lost. */
export interface Watches {
  start(): void;
  /** A fact, before it is logged, and when its sender says that it was sent. */
  onWord(fact: LabFact, sent_ms: number, retained: boolean): void;
  /** One reading: the guards look at it before it is shown. */
  onReading(reading: Reading, retained: boolean): void;
  onConnection(connected: boolean): void;
  /** An event of the log, as it happens. */
  onEvent(event: LabEvent): void;
  stop(): void;
}

interface WatchesNeeds {
  readonly lab: Lab;
  readonly ports: RuntimePorts;
  readonly submit: (fact: LabFact) => Promise<unknown>;
  readonly emergencyStop: (stop: { readonly guardId: string; readonly reason: string }) => void;
}

export function createWatches({ lab, ports, submit, emergencyStop }: WatchesNeeds): Watches {
  const guards = createGuardKeeper({ lab, ports, submit, emergencyStop });
  const clocks = createClockWatch({ lab, ports, submit });
  const twins = createTwinWatch({ lab, ports, submit });
  const losses = createLossWatch({ lab, ports, submit });
  return {
    start: () => clocks.start(),
    onWord: (fact, sent_ms, retained) => {
      if (!isAboutInstrument(fact)) return;
      twins.onWord(fact, sent_ms, retained);
      losses.onWord(fact);
      // States are said when they change: their time is now. Results are said again, with the time of their first saying.
      if (fact.type === "instrument.state" && !retained && !Number.isNaN(sent_ms))
        clocks.onMessage(fact.instrumentId, sent_ms);
    },
    onReading: (reading, retained) => {
      const sent_ms = Number.isNaN(reading.sent_ms) ? ports.clock.now_ms() : reading.sent_ms;
      // What a broker has kept is a reading of the past.
      if (retained) return;
      clocks.onMessage(reading.instrumentId, sent_ms);
      guards.onReading({ ...reading, sent_ms });
    },
    onConnection: (connected) => guards.onConnection(connected),
    onEvent: (event) => guards.onEvent(event),
    stop: () => {
      guards.stop();
      clocks.stop();
      twins.stop();
    },
  };
}

function isAboutInstrument(fact: LabFact): fact is InstrumentFact {
  return (
    fact.type === "instrument.online" ||
    fact.type === "instrument.birth" ||
    fact.type === "instrument.state"
  );
}
