import { campaignMachine } from "./campaign.ts";
import type { CampaignContext } from "./campaign-types.ts";
import { Chart, type Standing } from "./chart/chart.ts";
import type { StateValue } from "./chart/configuration.ts";
import type { Effect, MachineAddress, MachineEvent } from "./effect.ts";
import { type ExperimentContext, experimentMachine } from "./experiment.ts";
import { type InstrumentContext, instrumentMachine } from "./instrument.ts";
import { jobMachine } from "./job.ts";
import type { JobContext } from "./job-types.ts";
import { type ReservationContext, reservationMachine } from "./reservation.ts";

/** The context of each kind of machine. */
export interface Contexts {
  readonly campaign: CampaignContext;
  readonly experiment: ExperimentContext;
  readonly job: JobContext;
  readonly instrument: InstrumentContext;
  readonly reservation: ReservationContext;
}

/** One machine in one state. `states` are the names of its active leaves, e.g. `begun.running`. */
export interface MachineState<Context = unknown> {
  readonly states: readonly string[];
  readonly context: Context;
  readonly standing: Standing;
}

/** What a machine's state is made of, as data: `restoreMachine` gives the same state again. */
export interface SavedMachine {
  readonly value: unknown;
  readonly context: unknown;
}

export function saveMachine({ standing, context }: MachineState): SavedMachine {
  return { value: standing.configuration.value, context };
}

export function restoreMachine<Kind extends MachineKind>(
  kind: Kind,
  { value, context }: SavedMachine,
): MachineState<Contexts[Kind]> {
  return describe(CHARTS[kind].at(value as StateValue, context));
}

export type MachineKind = MachineAddress["machine"];

const CHARTS: Readonly<Record<MachineKind, Chart>> = {
  campaign: new Chart(campaignMachine),
  experiment: new Chart(experimentMachine),
  job: new Chart(jobMachine),
  instrument: new Chart(instrumentMachine),
  reservation: new Chart(reservationMachine),
};

/** A machine's first state and what it asks for on entering it. */
export function createMachineState<Kind extends MachineKind>(
  kind: Kind,
  input: unknown,
): { readonly state: MachineState<Contexts[Kind]>; readonly effects: readonly Effect[] } {
  const { standing, effects } = CHARTS[kind].begin(input);
  return { state: describe(standing), effects };
}

/** The next state and what it asks for. Pure: the same state and event always give the same answer. */
export function advance<Kind extends MachineKind>(
  kind: Kind,
  current: MachineState<Contexts[Kind]>,
  event: MachineEvent,
): { readonly state: MachineState<Contexts[Kind]>; readonly effects: readonly Effect[] } {
  const { standing, effects } = CHARTS[kind].take(current.standing, event);
  return { state: standing === current.standing ? current : describe(standing), effects };
}

function describe<Context>(standing: Standing): MachineState<Context> {
  const { configuration, context } = standing;
  return { states: configuration.states, context: context as Context, standing };
}
