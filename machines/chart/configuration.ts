import type { AnyStateNode, AnyTransitionDefinition } from "xstate";
import type { Act } from "./actions.ts";

/** The names of active states, as XState writes them: `"queued"`, `{ begun: "running" }`. */
export type StateValue = string | { readonly [name: string]: StateValue };

/** All states of a machine that are active at once, in the order of its definition, and what is known of them. */
export interface Configuration {
  readonly nodes: readonly AnyStateNode[];
  readonly value: StateValue;
  /** Names of the leaves, `begun.running`. */
  readonly states: readonly string[];
  /** Filled when they are first asked for: who may answer an event, and where transitions lead. */
  readonly candidates: Map<string, Candidates>;
  readonly moves: Map<string, Move>;
}

/** Transitions that may answer an event, the first that holds: those of inner states before those of outer ones. */
export interface Candidates {
  readonly inner: readonly Candidates[];
  readonly own: readonly AnyTransitionDefinition[];
}

/** What transitions do on their way out, between and in, and where they end. */
export interface Move {
  readonly acts: readonly Act[];
  readonly to: Configuration;
}

/** The configurations of one machine, each made once. */
export class Configurations {
  private readonly root: AnyStateNode;
  private readonly known = new Map<string, Configuration>();

  constructor(root: AnyStateNode) {
    this.root = root;
  }

  of(active: ReadonlySet<AnyStateNode>): Configuration {
    const nodes = [...active].sort((a, b) => a.order - b.order);
    const key = nodes.map(({ order }) => order).join(" ");
    let found = this.known.get(key);
    if (found === undefined) {
      const value = namesOf(this.root, active);
      const states = leaves(value, "");
      found = { nodes, value, states, candidates: new Map(), moves: new Map() };
      this.known.set(key, found);
    }
    return found;
  }

  /** @throws Error for the name of a state that the machine does not have */
  named(value: StateValue): Configuration {
    const active = new Set([this.root]);
    activate(this.root, value, active);
    return this.of(active);
  }
}

function activate(node: AnyStateNode, value: StateValue, active: Set<AnyStateNode>): void {
  const named = typeof value === "string" ? ([[value, {}]] as const) : Object.entries(value);
  for (const [name, inner] of named) {
    const child = node.states[name];
    if (child === undefined) throw new Error(`The machine ${node.machine.id} has no state ${name}`);
    active.add(child);
    activate(child, inner, active);
  }
  fill(node, active);
}

/** Makes active below an active state what is active by default where nothing of it is. */
export function fill(node: AnyStateNode, active: Set<AnyStateNode>): void {
  const children = Object.values(node.states);
  const missing =
    node.type === "parallel"
      ? children.filter((child) => !active.has(child))
      : node.type === "compound" && !children.some((child) => active.has(child))
        ? [...(node.initial.target as readonly AnyStateNode[])]
        : [];
  for (const child of missing) {
    active.add(child);
    fill(child, active);
  }
}

function namesOf(node: AnyStateNode, active: ReadonlySet<AnyStateNode>): StateValue {
  const children = Object.values(node.states).filter((child) => active.has(child));
  const [only] = children;
  if (node.type === "compound" && only !== undefined && Object.keys(only.states).length === 0)
    return only.key;
  return Object.fromEntries(children.map((child) => [child.key, namesOf(child, active)]));
}

function leaves(value: StateValue, prefix: string): string[] {
  if (typeof value === "string") return [prefix + value];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, `${prefix}${name}.`));
}
