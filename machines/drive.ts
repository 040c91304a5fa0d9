import { type AnyActorScope, type AnyMachineSnapshot, createActor } from "xstate";
import { campaignMachine } from "./campaign.ts";
import type { CampaignContext } from "./campaign-types.ts";
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
  readonly snapshot: AnyMachineSnapshot;
}

/** What a machine's state is made of, as data: `restoreMachine` gives the same state again. */
export interface SavedMachine {
  readonly value: unknown;
  readonly context: unknown;
}

export function saveMachine({ snapshot }: MachineState): SavedMachine {
  return { value: snapshot.value, context: snapshot.context };
}

export function restoreMachine<Kind extends MachineKind>(
  kind: Kind,
  { value, context }: SavedMachine,
): MachineState<Contexts[Kind]> {
  const machine = MACHINES[kind] as typeof jobMachine;
  const snapshot = machine.resolveState({ value, context } as never);
  return describe<Contexts[Kind]>(snapshot as AnyMachineSnapshot);
}

const MACHINES = {
  campaign: campaignMachine,
  experiment: experimentMachine,
  job: jobMachine,
  instrument: instrumentMachine,
  reservation: reservationMachine,
} as const;

interface ExecutedAction {
  readonly type: string;
  readonly params?: unknown;
}

/** Where the actions of the transition that runs now go. */
let collect: ExecutedAction[] = [];

/**
 * XState's own `transition()` and `initialTransition()` make an actor for every call, half of their cost. Our machines have no child actors, so one
 * inert scope for each kind serves for ever; it runs nothing and only hands over the actions.
 */
function inertScope(kind: MachineKind): AnyActorScope {
  const self = createActor(MACHINES[kind] as typeof jobMachine, { input: {} as never });
  return {
    self,
    id: kind,
    sessionId: kind,
    system: self.system,
    logger: () => {},
    defer: () => {},
    emit: () => {},
    stopChild: () => {},
    actionExecutor: (action: ExecutedAction) => void collect.push(action),
  } as unknown as AnyActorScope;
}

export type MachineKind = MachineAddress["machine"];

/** A machine's first state and what it asks for on entering it. */
export function createMachineState<Kind extends MachineKind>(
  kind: Kind,
  input: unknown,
): { readonly state: MachineState<Contexts[Kind]>; readonly effects: readonly Effect[] } {
  const actions: ExecutedAction[] = [];
  collect = actions;
  const machine = MACHINES[kind] as typeof jobMachine;
  const snapshot = machine.getInitialSnapshot(SCOPES[kind] as never, input as never);
  return {
    state: describe<Contexts[Kind]>(snapshot as AnyMachineSnapshot),
    effects: effectsOf(actions),
  };
}

/** The next state and what it asks for. Pure: the same state and event always give the same answer. */
export function advance<Kind extends MachineKind>(
  kind: Kind,
  current: MachineState<Contexts[Kind]>,
  event: MachineEvent,
): { readonly state: MachineState<Contexts[Kind]>; readonly effects: readonly Effect[] } {
  const actions: ExecutedAction[] = [];
  const scope = SCOPES[kind];
  collect = actions;
  const snapshot = (MACHINES[kind] as typeof jobMachine).transition(
    current.snapshot as never,
    event as never,
    scope as never,
  );
  return {
    state: describe<Contexts[Kind]>(snapshot as AnyMachineSnapshot),
    effects: effectsOf(actions),
  };
}

const SCOPES: Readonly<Record<MachineKind, AnyActorScope>> = {
  campaign: inertScope("campaign"),
  experiment: inertScope("experiment"),
  job: inertScope("job"),
  instrument: inertScope("instrument"),
  reservation: inertScope("reservation"),
};

function describe<Context>(snapshot: AnyMachineSnapshot): MachineState<Context> {
  return { states: leaves(snapshot.value, ""), context: snapshot.context as Context, snapshot };
}

function leaves(value: unknown, prefix: string): string[] {
  if (typeof value === "string") return [prefix + value];
  return Object.entries(value as Record<string, unknown>).flatMap(([name, inner]) =>
    leaves(inner, `${prefix}${name}.`),
  );
}

function effectsOf(
  actions: readonly { readonly type: string; readonly params?: unknown }[],
): Effect[] {
  return actions
    .filter((action) => action.type === "effect")
    .map((action) => action.params as Effect);
}
