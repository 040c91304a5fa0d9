import type { Effect } from "../effect.ts";

type Context = Readonly<Record<string, unknown>>;
type Event = { readonly type: string };
type Args = { readonly context: Context; readonly event: Event };

/** Does one action of a machine: what it asks for goes into `effects`, and the context is what it makes of it. */
export type Act = (context: Context, event: Event, effects: Effect[]) => Context;

type Assignment =
  | ((args: Args) => Context)
  | Readonly<Record<string, unknown | ((args: Args) => unknown)>>;

/** What XState's `assign` and `enqueueActions` return: functions that carry what they were given. */
interface Built {
  readonly assignment?: Assignment;
  readonly collect?: (args: Args & { readonly enqueue: Enqueue }) => void;
}

interface Enqueue {
  (action: unknown): void;
  assign(assignment: Assignment): void;
}

/**
 * An action of a definition, taken apart once: `assign`, `enqueueActions`, or an effect. Nothing else stands in our machines.
 *
 * @throws Error (a bug) for an action of another kind
 */
export function prepareAction(action: unknown): Act {
  if (typeof action === "object" && action !== null) return effectOf(action);
  const { assignment, collect } = (typeof action === "function" ? action : {}) as Built;
  if (assignment !== undefined) return assigning(assignment);
  if (collect !== undefined) return collecting(collect);
  throw new Error(`Bug: an action that charts do not know: ${String(action)}`);
}

function effectOf(action: { readonly type?: unknown; readonly params?: unknown }): Act {
  const { type, params } = action;
  if (type !== "effect") throw new Error(`Bug: an action named ${String(type)}`);
  if (typeof params !== "function")
    return (context, _, effects) => {
      effects.push(params as Effect);
      return context;
    };
  return (context, event, effects) => {
    effects.push(params({ context, event }) as Effect);
    return context;
  };
}

function assigning(assignment: Assignment): Act {
  if (typeof assignment === "function")
    return (context, event) => ({ ...context, ...assignment({ context, event }) });
  const fields = Object.entries(assignment);
  return (context, event) => {
    const args = { context, event };
    const next: Record<string, unknown> = { ...context };
    // Each field is made of the context as it was before all of them.
    for (const [name, value] of fields)
      next[name] = typeof value === "function" ? value(args) : value;
    return next;
  };
}

/** What was enqueued is done once everything is collected. */
function collecting(collect: NonNullable<Built["collect"]>): Act {
  return (context, event, effects) => {
    const acts: Act[] = [];
    const enqueue: Enqueue = Object.assign(
      (action: unknown) => void acts.push(prepareAction(action)),
      {
        assign: (assignment: Assignment) => void acts.push(assigning(assignment)),
      },
    );
    collect({ context, event, enqueue });
    let next = context;
    for (const act of acts) next = act(next, event, effects);
    return next;
  };
}
