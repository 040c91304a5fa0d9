import {
  advance,
  type Contexts,
  createMachineState,
  type Effect,
  type MachineEvent,
  type MachineKind,
  type MachineState,
} from "../../machines/index.ts";

export type State<Kind extends MachineKind> = MachineState<Contexts[Kind]>;

/** One event handled in one state. */
export interface Step<Kind extends MachineKind> {
  readonly from: State<Kind>;
  readonly event: MachineEvent;
  readonly to: State<Kind>;
  readonly effects: readonly Effect[];
}

export interface Exploration<Kind extends MachineKind> {
  readonly kind: Kind;
  readonly input: unknown;
  /** Every form of every event that is worth trying in this state; `time_ms` and `position` are added. */
  readonly events: (state: State<Kind>) => readonly MachineEvent[];
  /** States with the same key behave the same: only one of them is explored. */
  readonly keyOf: (state: State<Kind>) => string;
  /** Time before each event, ms. Default: a short and a long while. */
  readonly pauses_ms?: readonly number[];
}

const PAUSES_ms = [1000, 3_600_000];
const STATES_MAX = 20_000;

/** Tries every event in every state that can be reached, breadth first. */
export function explore<Kind extends MachineKind>(options: Exploration<Kind>): Step<Kind>[] {
  const { kind, events, keyOf } = options;
  const first = createMachineState(kind, options.input).state;
  const seen = new Set([keyOf(first)]);
  let front = [{ state: first, time_ms: 0, position: 1 }];
  const steps: Step<Kind>[] = [];
  while (front.length > 0) {
    const next: typeof front = [];
    for (const { state, time_ms, position } of front) {
      for (const pause_ms of options.pauses_ms ?? PAUSES_ms) {
        const at = { time_ms: time_ms + pause_ms, position: position + 1 };
        for (const bare of events(state)) {
          const event = { ...bare, ...at };
          const { state: to, effects } = advance(kind, state, event);
          steps.push({ from: state, event, to, effects });
          const key = keyOf(to);
          if (seen.has(key)) continue;
          seen.add(key);
          next.push({ state: to, ...at });
        }
      }
    }
    if (seen.size > STATES_MAX) throw new Error(`more than ${STATES_MAX} states of ${kind}`);
    front = next;
  }
  return steps;
}

/** Outcomes that were asked for: several tests ask about each of a hundred thousand steps. */
const outcomes = new WeakMap<object, string>();

/** What became of an event: a new state, an action, a deliberate nothing, or a record of it as unexpected. */
export function outcomeOf<Kind extends MachineKind>(step: Step<Kind>): string {
  const known = outcomes.get(step) ?? readOutcome(step);
  outcomes.set(step, known);
  return known;
}

function readOutcome<Kind extends MachineKind>({ from, to, effects }: Step<Kind>): string {
  if (effects.some((effect) => effect.kind === "unexpected")) return "unexpected";
  if (nameOf(from) !== nameOf(to)) return `-> ${nameOf(to)}`;
  if (effects.length > 0) return "acts";
  const isSame =
    from.context === to.context || JSON.stringify(from.context) === JSON.stringify(to.context);
  return isSame ? "ignored" : "acts";
}

/** Each state and event, once, at which a step is not as it must be: one list costs less than an `expect` a step. */
export function offending<Kind extends MachineKind>(
  steps: readonly Step<Kind>[],
  isRight: (step: Step<Kind>) => boolean,
): string[] {
  const wrong = steps.filter((step) => !isRight(step));
  return [
    ...new Set(
      wrong.map(({ from, event, to }) => `${nameOf(from)} | ${event.type} | ${nameOf(to)}`),
    ),
  ];
}

export const nameOf = (state: MachineState): string => state.states.join("+");

/** One line a state and event type with all that may become of it: reviewed by people, compared by tests. */
export function matrixText<Kind extends MachineKind>(steps: readonly Step<Kind>[]): string {
  const cells = new Map<string, Set<string>>();
  for (const step of steps) {
    const cell = `${nameOf(step.from)} | ${step.event.type}`;
    const found = cells.get(cell) ?? new Set();
    cells.set(cell, found.add(outcomeOf(step)));
  }
  return `${[...cells]
    .map(([cell, outcomes]) => `${cell} | ${[...outcomes].sort().join(", ")}`)
    .sort()
    .join("\n")}\n`;
}

/** Steps that the machine swallowed although none of its active states names the event. */
export function swallowed<Kind extends MachineKind>(steps: readonly Step<Kind>[]): string[] {
  return steps
    .filter((step) => outcomeOf(step) === "ignored")
    .filter(({ from, event }) => {
      const { _nodes } = from.snapshot as unknown as { _nodes: { config: { on?: object } }[] };
      return !_nodes.some((node) => Object.hasOwn(node.config.on ?? {}, event.type));
    })
    .map(({ from, event }) => `${nameOf(from)} | ${event.type}`);
}

/** Names of all leaves that were reached. */
export function reached<Kind extends MachineKind>(steps: readonly Step<Kind>[]): string[] {
  const names = steps.flatMap(({ from, to }) => [...from.states, ...to.states]);
  return [...new Set(names)].sort();
}

/** A machine that is told one event after the other, with a clock and its armed timers. */
export class Driven<Kind extends MachineKind> {
  time_ms = 0;
  position = 0;
  state: State<Kind>;
  /** All effects so far, and those of the last event. */
  readonly effects: Effect[] = [];
  last: readonly Effect[] = [];
  readonly timers = new Map<string, number>();
  private readonly kind: Kind;

  constructor(kind: Kind, input: unknown) {
    this.kind = kind;
    const { state, effects } = createMachineState(kind, input);
    this.state = state;
    this.note(effects);
  }

  get name(): string {
    return nameOf(this.state);
  }

  tell(type: string, fields: Readonly<Record<string, unknown>> = {}, pause_ms = 10): this {
    this.time_ms += pause_ms;
    this.position += 1;
    const stamp = { time_ms: this.time_ms, position: this.position };
    const answer = advance(this.kind, this.state, { type, ...fields, ...stamp });
    this.state = answer.state;
    this.note(answer.effects);
    return this;
  }

  /** Lets the earliest timer ring at its time; false where none is armed. */
  ring(): boolean {
    const [timer] = [...this.timers].sort((a, b) => a[1] - b[1]);
    if (timer === undefined) return false;
    this.timers.delete(timer[0]);
    this.tell("timer.fired", { timerId: timer[0] }, Math.max(0, timer[1] - this.time_ms));
    return true;
  }

  /** Commands of the last event, by type. */
  commands(type: string): Readonly<Record<string, unknown>>[] {
    return this.last.flatMap((effect) =>
      effect.kind === "command" && effect.command.type === type ? [{ ...effect.command }] : [],
    );
  }

  /** Events that the last event told other machines. */
  told(type: string): MachineEvent[] {
    return this.last.flatMap((effect) =>
      effect.kind === "tell" && effect.event.type === type ? [effect.event] : [],
    );
  }

  private note(effects: readonly Effect[]): void {
    this.last = effects;
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.kind !== "command") continue;
      if (effect.command.type === "startTimer")
        this.timers.set(effect.command.timerId, effect.command.at_ms);
      if (effect.command.type === "cancelTimer") this.timers.delete(effect.command.timerId);
    }
  }
}
