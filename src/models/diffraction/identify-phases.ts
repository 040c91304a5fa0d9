import type { Misfit } from "./evidence.ts";
import { scalesBesideBackground } from "./free-background.ts";
import { type EstimatedMisfit, estimateMisfit } from "./misfit.ts";
import { type FitContext, fitContext, type PhaseFit } from "./phase-fit.ts";
import type { PhaseLibrary } from "./phase-library.ts";
import type { PreparedPattern } from "./prepared-pattern.ts";

import {
  enlarge,
  growSets,
  neighboursOf,
  type SearchSettings,
  type SearchState,
  type SetNode,
  setLoss,
} from "./search-phase-sets.ts";

import { type UnexplainedLine, unexplainedLines } from "./unexplained.ts";
import { type WeightFraction, weightFractions } from "./weight-fractions.ts";

/** A set of phases with its probability. */
export interface PhaseSet {
  /** Card names, the largest weight first. */
  readonly phases: readonly string[];
  readonly probability: number;
  /** Shares of the weight with their standard deviations, in the order of the phases. */
  readonly weights: readonly WeightFraction[];
  readonly fit: PhaseFit;
  /** Each phase's part of the model. */
  readonly curves: readonly { readonly name: string; readonly curve: Float64Array }[];
}

/** What a pattern says. */
export interface Identification {
  readonly pattern: PreparedPattern;
  /** The most probable first; probabilities of all sets looked at sum to 1. */
  readonly sets: readonly PhaseSet[];
  readonly presence: ReadonlyMap<string, number>;
  readonly unexplained: number;
  readonly unfamiliar: boolean;
  /** Lines that no phase of the best set explains, the highest first. */
  readonly strangers: readonly UnexplainedLine[];
  readonly misfit: EstimatedMisfit;
}

export interface IdentifyOptions {
  readonly phases_max?: number;
}

/** Weights are worked out for sets at least this probable. */
const SHOWN = 0.005;

const SETTINGS = {
  price: 7,
  temperature: 1.5,
  width: 6,
  beam: 2,
  margin: 14,
  steps: 4,
  start: { relative: 0.25, floor: 0.008 },
  unfamiliar: 0.012,
};

/** Probabilities of phase sets for one pattern. Cost: some 40 fits. */
export function identifyPhases(
  pattern: PreparedPattern,
  library: PhaseLibrary,
  options: IdentifyOptions = {},
): Identification {
  const context = fitContext(pattern, library);
  const settings: SearchSettings = {
    phases_max: options.phases_max ?? 4,
    width: SETTINGS.width,
    beam: SETTINGS.beam,
    price: SETTINGS.price,
    margin: SETTINGS.margin,
    steps: SETTINGS.steps,
  };
  const { twins } = library;
  const isAllowed = (card: number, set: PhaseFit["phases"]): boolean =>
    set.every((phase) => twins[phase.card] !== twins[card]);
  const nodes = new Map<string, SetNode>();
  let misfit: Misfit = SETTINGS.start;
  let state: SearchState = { nodes, lossOf: setLoss(context, misfit, settings.price) };
  growSets(context, state, misfit, settings, isAllowed);
  let best = bestOf(state);
  const estimated = estimateMisfit(pattern, best.fit.model, SETTINGS.start);
  misfit = estimated;
  state = { nodes, lossOf: setLoss(context, misfit, settings.price) };
  for (let round = 0; round < 3; round++) {
    best = bestOf(state);
    for (const node of enlarge(context, misfit, settings, best, isAllowed, nodes)) {
      const known = nodes.get(node.key);
      if (known === undefined || state.lossOf(node.fit) < state.lossOf(known.fit))
        nodes.set(node.key, node);
    }
    const grown = bestOf(state);
    if (grown !== best) continue;
    neighboursOf(context, state, misfit, { ...settings, width: 3 }, best, isAllowed);
    if (bestOf(state) === best) break;
  }
  return summarise(context, state, estimated);
}

function bestOf(state: SearchState): SetNode {
  let best: SetNode | undefined;
  for (const node of state.nodes.values()) {
    if (best === undefined || state.lossOf(node.fit) < state.lossOf(best.fit)) best = node;
  }
  return best!;
}

/** Probabilities of the sets; of sets that differ by twins only the best counts, and names the phase. */
function summarise(
  context: FitContext,
  state: SearchState,
  misfit: EstimatedMisfit,
): Identification {
  const { pattern, library } = context;
  const { cards, twins } = library;
  const ranked = [...state.nodes.values()].sort(
    (p, q) => state.lossOf(p.fit) - state.lossOf(q.fit),
  );
  const kinds = new Map<string, SetNode>();
  const nameOf = new Map<number, string>();
  for (const node of ranked) {
    const kind = node.fit.phases.map(({ card }) => twins[card]!);
    kind.forEach((first, k) => {
      if (!nameOf.has(first)) nameOf.set(first, cards[node.fit.phases[k]!.card]!.name);
    });
    const key = kind.sort((p, q) => p - q).join(" ");
    if (!kinds.has(key)) kinds.set(key, node);
  }
  const nodes = [...kinds.values()];
  const least = state.lossOf(nodes[0]!.fit);
  const weights = nodes.map(({ fit }) =>
    Math.exp(-(state.lossOf(fit) - least) / (2 * SETTINGS.temperature)),
  );
  const total = weights.reduce((sum, w) => sum + w, 0);
  const { share: unexplained, lines } = unexplainedLines(pattern, nodes[0]!.fit.model);
  const unfamiliar = unexplained > SETTINGS.unfamiliar;
  // Lines that nothing explains would be taken for background.
  const scalesOf = (fit: PhaseFit): readonly number[] =>
    unfamiliar
      ? fit.phases.map(({ scale }) => scale)
      : scalesBesideBackground(pattern, fit, misfit);
  const presence = new Map<string, number>();
  const sets = nodes.map(({ fit }, k) => {
    const probability = weights[k]! / total;
    const shares = probability < SHOWN ? [] : weightFractions(context, fit, scalesOf(fit));
    shares.sort((p, q) => q.fraction - p.fraction);
    const order = probability < SHOWN ? fit.phases : shares;
    const phases = order.map(({ card }) => nameOf.get(twins[card]!)!);
    for (const name of phases) presence.set(name, (presence.get(name) ?? 0) + probability);
    const curves = (k === 0 ? fit.phases : []).map(({ card, scale }, i) => ({
      name: nameOf.get(twins[card]!)!,
      curve: fit.profiles[i]!.value.map((v) => v * scale),
    }));
    return { phases, probability, weights: shares, fit, curves };
  });
  return {
    pattern,
    sets,
    presence,
    unexplained,
    unfamiliar,
    strangers: lines,
    misfit,
  };
}
