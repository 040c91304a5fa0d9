/** A repeat of a sure result cannot make it surer than this. */
const DOUBT_min = 1e-4;

/** What the results of one sample say together. */
export interface SampleWeight<L = string> {
  /** Share of each label, in the order of the results; they sum to 1. */
  readonly shares: ReadonlyMap<L, number>;
  /** -ln of the doubt that each label's results leave, summed; in the order of each label's latest result. */
  readonly weights: ReadonlyMap<L, number>;
  /** Probability that the sample was identified at all: 1 - product of (1 - c). */
  readonly confidence: number;
}

/**
 * Weighs the results of one sample, each a label with the probability c that it is right: label k gets the weight
 * sum of -ln(1 - c) over the results that say k (sure results count as c = 0.9999), and a share in proportion to it, so that
 * repeats outvote a single doubtful result and a sure one outvotes several that are not.
 */
export function weighRepeats<L>(
  repeats: readonly { readonly label: L; readonly confidence: number }[],
): SampleWeight<L> {
  let doubt = 1;
  let total = 0;
  const says = repeats.map(({ label, confidence }) => {
    doubt *= 1 - confidence;
    const say = -Math.log(Math.max(DOUBT_min, 1 - confidence));
    total += say;
    return { label, say };
  });
  const shares = new Map<L, number>();
  const weights = new Map<L, number>();
  for (const { label, say } of says) {
    shares.set(label, (shares.get(label) ?? 0) + say / total);
    // Entered anew each time: the order of the weights is that of each label's latest result.
    const weight = (weights.get(label) ?? 0) + say;
    weights.delete(label);
    weights.set(label, weight);
  }
  return { shares, weights, confidence: 1 - doubt };
}

/** A lone result of less confidence is more likely wrong than right: it is set aside and asked for again. */
export const CONFIDENCE_STANDS = 0.5;
const WEIGHT_stands = -Math.log(1 - CONFIDENCE_STANDS);
const TIE = 1e-9;

/** The label that a sample stands for: the weightiest, of equals the latest; undefined where even that is more likely wrong. */
export function standingLabel<L>({ weights }: SampleWeight<L>): L | undefined {
  let best: L | undefined;
  let most = WEIGHT_stands - TIE;
  for (const [label, weight] of weights) {
    if (weight < most - TIE) continue;
    best = label;
    most = Math.max(most, weight);
  }
  return best;
}
