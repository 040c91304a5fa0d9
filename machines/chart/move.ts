import type { AnyStateNode, AnyTransitionDefinition } from "xstate";
import { type Act, prepareAction } from "./actions.ts";
import { type Configuration, type Configurations, fill, type Move } from "./configuration.ts";

/**
 * What transitions that are taken together leave and enter: states are left from the innermost outwards, then the transitions'
 * own actions follow, then states are entered from the outermost inwards. W3C SCXML, appendix D (exitStates, enterStates).
 */
export function moveOf(
  from: Configuration,
  transitions: readonly AnyTransitionDefinition[],
  configurations: Configurations,
): Move {
  const domains = transitions.map(domainOf);
  if (domains.some((one, k) => domains.some((other, n) => n !== k && isWithin(one, other))))
    throw new Error(`Bug: transitions of ${from.states} get in each other's way`);
  const left = from.nodes.filter((node) =>
    transitions.some(({ target }, k) => target !== undefined && isWithin(node, domains[k])),
  );
  const active = new Set(from.nodes.filter((node) => !left.includes(node)));
  const kept = new Set(active);
  for (const [k, transition] of transitions.entries()) enter(transition, domains[k], active);
  const entered = [...active].filter((node) => !kept.has(node));
  const acts: Act[] = [
    ...left.toReversed().flatMap(({ exit }) => exit),
    ...transitions.flatMap(({ actions }) => actions),
    ...entered.sort((a, b) => a.order - b.order).flatMap(({ entry }) => entry),
  ].map(prepareAction);
  return { acts, to: configurations.of(active) };
}

/** The state within which a transition stays: nothing outside of it is left or entered. */
function domainOf({ source, target, reenter }: AnyTransitionDefinition): AnyStateNode | undefined {
  const [goal] = target ?? [];
  if (goal === undefined) return undefined;
  if (!reenter && (goal === source || isWithin(goal, source))) return source;
  let outer = goal.parent;
  while (outer !== undefined && !isWithin(source, outer)) outer = outer.parent;
  return outer ?? source.machine.root;
}

function enter(
  { target }: AnyTransitionDefinition,
  domain: AnyStateNode | undefined,
  active: Set<AnyStateNode>,
): void {
  const [goal] = target ?? [];
  if (goal === undefined || domain === undefined) return;
  const path: AnyStateNode[] = [];
  for (let node = goal; node !== domain && node.parent !== undefined; node = node.parent)
    path.unshift(node);
  for (const node of path) active.add(node);
  for (const node of [domain, ...path]) fill(node, active);
}

/** Strictly inside. */
function isWithin(node: AnyStateNode | undefined, outer: AnyStateNode | undefined): boolean {
  for (let at = node?.parent; at !== undefined; at = at.parent) if (at === outer) return true;
  return false;
}
