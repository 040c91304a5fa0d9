import type { InstrumentContext, MachineState } from "../../machines/index.ts";
import { nextOpening_ms } from "../domain/opening-hours.ts";
import type { Reason } from "../domain/reason.ts";
import { hindrancesOf } from "./hindrances.ts";
import type { Lab } from "./lab.ts";
import { isOpenNow } from "./start-hours.ts";

/** Why an instrument gets no job, for this campaign or (absent) for any; empty where nothing speaks against it. */
export function reasonsOfInstrument(
  lab: Lab,
  instrumentId: string,
  campaignId?: string,
): readonly Reason[] {
  const instrument = lab.machines.instrument.get(instrumentId);
  if (instrument === undefined) return [];
  const hindrances = hindrancesOf(lab, instrumentId).filter(
    (one) => one.campaignId === undefined || one.campaignId === campaignId,
  );
  return [
    ...stateTexts(instrument).map((text): Reason => {
      return { kind: "notUsableBecause", cause: "instrument", text, instrumentId };
    }),
    ...hoursReasons(lab, instrumentId),
    ...hindrances.map(({ cause, text, since_ms }): Reason => {
      return { kind: "notUsableBecause", cause, text, since_ms, instrumentId };
    }),
  ];
}

function hoursReasons(lab: Lab, instrumentId: string): Reason[] {
  const hours = lab.policies[instrumentId]?.hours;
  if (hours === undefined || isOpenNow(lab, instrumentId)) return [];
  const until_ms = nextOpening_ms(hours, lab.time_ms, lab.timeZone);
  const text = `nothing starts on it outside ${hours} (${lab.timeZone})`;
  return [{ kind: "notUsableBecause", cause: "hours", text, until_ms, instrumentId }];
}

/** What its own state says against it, in sentences. */
function stateTexts({ states, context }: MachineState<InstrumentContext>): string[] {
  return states.flatMap((state) => STATE_TEXTS[state]?.(context) ?? []);
}

const STATE_TEXTS: Readonly<Record<string, (context: InstrumentContext) => string>> = {
  "connection.offline": () => "it is offline",
  "connection.stale": ({ probeJobId }) =>
    probeJobId === undefined
      ? "nothing has been heard of it since the daemon started"
      : `it does not answer about ${probeJobId}`,
  "operation.held": () => "it holds what it was doing",
  "operation.fault": () => "it reports a fault",
  "control.local": () => "somebody operates it by hand",
  "control.maintenance": () => "it is in maintenance",
  "safety.interlocked": () => "an interlock is open",
  "safety.emergencyStopped": () => "it obeys an emergency stop",
};
