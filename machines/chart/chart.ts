import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from "xstate";
import type { Effect } from "../effect.ts";
import { prepareAction } from "./actions.ts";
import {
  type Candidates,
  type Configuration,
  Configurations,
  fill,
  type StateValue,
} from "./configuration.ts";
import { moveOf } from "./move.ts";

/** A machine in one of its states. */
export interface Standing {
  readonly configuration: Configuration;
  readonly context: unknown;
}

interface Taken {
  readonly standing: Standing;
  readonly effects: readonly Effect[];
}

type Event = { readonly type: string };
type Context = Readonly<Record<string, unknown>>;

/** Eventless transitions that follow each other for longer than this never end. */
const STEPS_MAX = 1000;

/**
 * A definition of XState, made ready to be stepped through: which transitions may answer an event in a configuration, and what they leave and
 * enter, is worked out once. It means what XState's own `transition()` means (a test holds one against the other), for what our
 * machines use of it: states within states and side by side, guards, `always`, entries and exits, `assign` and `enqueueActions`.
 */
export class Chart {
  private readonly machine: AnyStateMachine;
  private readonly configurations: Configurations;

  /** @throws Error (a bug) for a definition that uses more of XState than that */
  constructor(machine: AnyStateMachine) {
    this.machine = machine;
    this.configurations = new Configurations(machine.root);
    for (const node of nodesOf(machine.root)) refuseUnknown(node);
  }

  begin(input: unknown): Taken {
    const { context } = this.machine.config;
    const first = typeof context === "function" ? context({ input } as never) : (context ?? {});
    const event = { type: "xstate.init", input };
    const active = new Set([this.machine.root]);
    fill(this.machine.root, active);
    const configuration = this.configurations.of(active);
    const acts = configuration.nodes.flatMap(({ entry }) => entry).map(prepareAction);
    const effects: Effect[] = [];
    let now: Context = { ...first };
    for (const act of acts) now = act(now, event, effects);
    return this.settle({ configuration, context: now }, event, effects);
  }

  /** What becomes of an event; the same standing where nothing does. */
  take(standing: Standing, event: Event): Taken {
    const effects: Effect[] = [];
    const { configuration, context } = standing;
    const chosen = this.choose(candidatesOf(configuration, event.type), context, event);
    return this.settle(this.move(standing, chosen, event, effects), event, effects);
  }

  /** The state that was saved by its value and context. */
  at(value: StateValue, context: unknown): Standing {
    return { configuration: this.configurations.named(value), context };
  }

  /** Follows `always` until none holds. */
  private settle(standing: Standing, event: Event, effects: Effect[]): Taken {
    let now = standing;
    for (let step = 0; step < STEPS_MAX; step++) {
      const { configuration, context } = now;
      const chosen = this.choose(candidatesOf(configuration, ALWAYS), context, event);
      if (chosen.length === 0) return { standing: now, effects };
      now = this.move(now, chosen, event, effects);
    }
    throw new Error(`Bug: the machine ${this.machine.id} does not come to rest`);
  }

  private choose(
    { inner, own }: Candidates,
    context: unknown,
    event: Event,
  ): readonly AnyTransitionDefinition[] {
    if (inner.length > 0) {
      const chosen = inner.flatMap((one) => this.choose(one, context, event));
      if (chosen.length > 0) return chosen;
    }
    for (const one of own) if (this.holds(one.guard, context, event)) return [one];
    return NONE;
  }

  private holds(guard: unknown, context: unknown, event: Event): boolean {
    if (guard === undefined) return true;
    if (typeof guard === "function") return guard({ context, event });
    const { guards } = this.machine.implementations;
    const named = guard as string | { readonly type: string; readonly params?: unknown };
    const [name, params] = typeof named === "string" ? [named] : [named.type, named.params];
    const check = guards[name] as unknown as (args: object, params: unknown) => boolean;
    return check({ context, event }, params);
  }

  private move(
    standing: Standing,
    chosen: readonly AnyTransitionDefinition[],
    event: Event,
    effects: Effect[],
  ): Standing {
    if (chosen.length === 0) return standing;
    const { moves } = standing.configuration;
    const key = chosen.map(nameOf).join(" ");
    let move = moves.get(key);
    if (move === undefined) {
      move = moveOf(standing.configuration, chosen, this.configurations);
      moves.set(key, move);
    }
    if (move.acts.length === 0 && move.to === standing.configuration) return standing;
    let context = standing.context as Context;
    for (const act of move.acts) context = act(context, event, effects);
    return { configuration: move.to, context };
  }
}

const NONE: readonly AnyTransitionDefinition[] = [];
/** No event has this name. */
const ALWAYS = "";

const names = new WeakMap<AnyTransitionDefinition, string>();
let named = 0;

function nameOf(transition: AnyTransitionDefinition): string {
  let name = names.get(transition);
  if (name === undefined) {
    name = String(++named);
    names.set(transition, name);
  }
  return name;
}

function candidatesOf({ nodes, candidates }: Configuration, type: string): Candidates {
  let found = candidates.get(type);
  if (found === undefined) {
    found = gather(nodes[0] as AnyStateNode, new Set(nodes), type);
    candidates.set(type, found);
  }
  return found;
}

/** Along one line of states the inner one's stand first in one list; states side by side each answer for themselves. */
function gather(node: AnyStateNode, active: ReadonlySet<AnyStateNode>, type: string): Candidates {
  const own = type === ALWAYS ? (node.always ?? []) : answersOf(node, type);
  const inner = Object.values(node.states)
    .filter((child) => active.has(child))
    .map((child) => gather(child, active, type));
  const [only] = inner;
  if (inner.length === 1 && only !== undefined)
    return { inner: only.inner, own: [...only.own, ...own] };
  return { inner: inner.filter((one) => one.inner.length > 0 || one.own.length > 0), own };
}

function answersOf(node: AnyStateNode, type: string): AnyTransitionDefinition[] {
  return [...(node.transitions.get(type) ?? []), ...(node.transitions.get("*") ?? [])];
}

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)];
}

function refuseUnknown({ id, type, invoke, after, config, transitions }: AnyStateNode): void {
  const isPlain = type === "atomic" || type === "compound" || type === "parallel";
  const isNamed = [...transitions].every(
    ([name, all]) =>
      (name === "*" || !name.endsWith("*")) && all.every(({ target }) => (target?.length ?? 0) < 2),
  );
  const hasPlainInitial = config.initial === undefined || typeof config.initial === "string";
  if (!isPlain || !isNamed || !hasPlainInitial || invoke.length > 0 || after.length > 0)
    throw new Error(`Bug: the state ${id} uses what charts do not know`);
}
