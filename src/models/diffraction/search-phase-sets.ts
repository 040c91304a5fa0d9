import { twoThetaOf } from "./bragg.ts";
import { type Misfit, tileLoss } from "./evidence.ts";
import { emptyFit, fitAt, improveFit } from "./fit-phases.ts";
import type { FitContext, FittedPhase, PhaseFit } from "./phase-fit.ts";
import { screenCards } from "./screen-cards.ts";

/** A set of phases with its best fit found. */
export interface SetNode {
  /** Card numbers, rising, separated by blanks. */
  readonly key: string;
  readonly fit: PhaseFit;
}

/** The search's settings; all loss in units of -2 ln. */
export interface SearchSettings {
  readonly phases_max: number;
  /** Cards tried at each set. */
  readonly width: number;
  /** Sets of a size that are enlarged. */
  readonly beam: number;
  /** Price of a phase. */
  readonly price: number;
  /** A size whose best set is worse than the best of all by this ends the search. */
  readonly margin: number;
  readonly steps: number;
}

/** Sets by key, with the loss that ranks them. */
export interface SearchState {
  readonly nodes: Map<string, SetNode>;
  readonly lossOf: (fit: PhaseFit) => number;
}

/** Loss of a set: tiles, priors of its shapes, price of its phases. */
export function setLoss(context: FitContext, misfit: Misfit, price: number): SearchState["lossOf"] {
  const known = new WeakMap<PhaseFit, number>();
  return (fit) => {
    const found = known.get(fit);
    if (found !== undefined) return found;
    const count = fit.phases.length;
    const loss = tileLoss(context.pattern, fit.model, misfit, count) + fit.penalty + price * count;
    known.set(fit, loss);
    return loss;
  };
}

/**
 * Best-first search over sets of phases: the best sets of each size are enlarged by the cards that explain most of
 * their residual. Returns the sets seen. `isAllowed` says whether a card may join a set (twins may not).
 */
export function growSets(
  context: FitContext,
  state: SearchState,
  misfit: Misfit,
  settings: SearchSettings,
  isAllowed: (card: number, set: readonly FittedPhase[]) => boolean,
): void {
  const root: SetNode = { key: "", fit: emptyFit(context) };
  state.nodes.set("", root);
  let level = [root];
  let best = state.lossOf(root.fit);
  for (let size = 1; size <= settings.phases_max; size++) {
    const next = new Map<string, SetNode>();
    for (const parent of level) {
      for (const node of enlarge(context, misfit, settings, parent, isAllowed, state.nodes)) {
        keepBetter(next, node, state);
        keepBetter(state.nodes, node, state);
      }
    }
    level = [...next.values()]
      .sort((p, q) => state.lossOf(p.fit) - state.lossOf(q.fit))
      .slice(0, settings.beam);
    if (level.length === 0) return;
    const found = state.lossOf(level[0]!.fit);
    if (found > best + settings.margin) return;
    best = Math.min(best, found);
    level = level.filter(({ fit }) => state.lossOf(fit) < best + settings.margin);
  }
}

/** Sets near one: each member left out, each member exchanged for what explains its place best. */
export function neighboursOf(
  context: FitContext,
  state: SearchState,
  misfit: Misfit,
  settings: SearchSettings,
  node: SetNode,
  isAllowed: (card: number, set: readonly FittedPhase[]) => boolean,
): void {
  const { fit } = node;
  fit.phases.forEach((_, left) => {
    const rest = fit.phases.filter((_, k) => k !== left);
    const profiles = fit.profiles.filter((_, k) => k !== left);
    const start =
      rest.length === 0 ? emptyFit(context) : fitAt(context, rest, fit.sample, { known: profiles });
    const smaller = rest.length === 0 ? start : improveFit(context, start, { steps_max: 2 });
    const parent = { key: keyOf(rest), fit: smaller };
    keepBetter(state.nodes, parent, state);
    for (const other of enlarge(context, misfit, settings, parent, isAllowed, state.nodes)) {
      keepBetter(state.nodes, other, state);
    }
  });
}

/** A card whose lines would lower the loss by less cannot pay its price. */
const GAIN_MIN = 3;

/** The set with each of the cards that explain most of its residual added. */
export function enlarge(
  context: FitContext,
  misfit: Misfit,
  settings: SearchSettings,
  parent: SetNode,
  isAllowed: (card: number, set: readonly FittedPhase[]) => boolean,
  seen: ReadonlyMap<string, SetNode>,
): SetNode[] {
  const { phases, sample, profiles } = parent.fit;
  if (phases.length >= settings.phases_max) return [];
  const screened = screenCards(context.pattern, context.library, parent.fit, {
    count: settings.width,
    relative: misfit.relative,
    floor: misfit.floor,
    skip: (card) => !isAllowed(card, phases),
  });
  return screened.flatMap(({ card, strain, scale, gain }) => {
    if (gain < GAIN_MIN) return [];
    const added: FittedPhase = {
      card,
      scale: Math.max(scale, 1e-3),
      shape: {
        lnWidth: startLnWidth(context, parent.fit, card, strain),
        strain: startStrain(strain, context.library.cards[card]!.modes),
      },
    };
    const larger = [...phases, added];
    const key = keyOf(larger);
    const isFar = Math.abs(strain) > 0.004;
    if (seen.has(key) && !isFar) return [];
    const start = fitAt(context, larger, sample, { known: profiles });
    return [{ key, fit: improveFit(context, start, { steps_max: settings.steps }) }];
  });
}

/** Width of what the residual shows at the card's strongest lines that stand free; the usual one where none does. */
function startLnWidth(context: FitContext, fit: PhaseFit, card: number, strain: number): number {
  const { pattern, library } = context;
  const { net, n, start_deg, step_deg, width_deg } = pattern;
  const { lnD, intensity } = library.cards[card]!;
  const order = Array.from(lnD.keys()).sort((p, q) => intensity[q]! - intensity[p]!);
  const found: number[] = [];
  const reach = Math.round((8 * width_deg) / step_deg);
  for (const l of order.slice(0, 6)) {
    const sine = pattern.radiation[0]!.wavelength_A / (2 * Math.exp(lnD[l]! + strain));
    if (sine >= 0.99) continue;
    const centre = twoThetaOf(sine);
    const at = Math.round((centre - start_deg) / step_deg);
    if (at < 2 || at >= n - 2) continue;
    const rest = (i: number): number => net[i]! - fit.model[i]!;
    const top = (rest(at - 1) + rest(at) + rest(at + 1)) / 3;
    if (top < Math.max(4 * pattern.sigma[at]!, fit.model[at]!)) continue;
    let left = at;
    let right = at;
    while (left > 0 && at - left < reach && rest(left) > top / 2) left--;
    while (right < n - 1 && right - at < reach && rest(right) > top / 2) right++;
    found.push(((right - left) * step_deg * Math.sqrt(1 - sine * sine)) / width_deg);
  }
  if (found.length === 0) return 0;
  found.sort((p, q) => p - q);
  const ratio = found[Math.floor((found.length - 1) / 2)]!;
  return Math.max(-0.7, Math.min(1.8, Math.log(ratio)));
}

function startStrain(isotropic: number, modes: number): Float64Array {
  const strain = new Float64Array(modes);
  strain[0] = isotropic;
  return strain;
}

/** Card numbers, rising. */
function keyOf(phases: readonly FittedPhase[]): string {
  return phases
    .map(({ card }) => card)
    .sort((p, q) => p - q)
    .join(" ");
}

function keepBetter(nodes: Map<string, SetNode>, node: SetNode, state: SearchState): void {
  const known = nodes.get(node.key);
  if (known === undefined || state.lossOf(node.fit) < state.lossOf(known.fit)) {
    nodes.set(node.key, node);
  }
}
