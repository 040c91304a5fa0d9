import type { Contender } from "./surrogate-model.ts";

/** Candidates that are brought up to date at once: enough to share a pass, few enough that the best so far soon rules out the rest. */
const CHUNK = 64;

/** Candidates that are known up to some row each, and how they are brought up to date. */
interface PartlyKnown {
  /** Whitened results, of which the first `rows` count. */
  readonly z: Float64Array;
  readonly rows: number;
  /** Results that were factored at once. */
  readonly factored: number;
  /** Standardised, with the first `taken` results of each candidate; where it has taken none, ceilings of those with the factored ones. */
  readonly means: Float64Array;
  readonly variances: Float64Array;
  readonly taken: Int32Array;
  readonly settle: (chunk: readonly number[]) => void;
}

/**
 * Visits each eligible candidate that may win, up to date, the likeliest first. A result i that a candidate has not taken in moves its
 * mean by z_i V_i, and the sum of all V_i^2 is at most its variance s^2: the mean is at most m + s sqrt(sum z_i^2) (Cauchy and Schwarz),
 * the variance at most s^2. Cost N for the bounds, and `settle` for those that may win.
 */
export function visitPromising(
  known: PartlyKnown,
  eligible: Uint8Array,
  { mayWin, visit }: Contender,
): void {
  const { means, variances, taken, factored, settle } = known;
  const visitAll = (chunk: readonly number[]): void => {
    settle(chunk);
    for (const n of chunk) visit(n, means[n]!, variances[n]!);
  };
  const first = likeliest(known, eligible);
  if (first < 0) return;
  const leads = leadsOf(known);
  visitAll([first]);
  let chunk: number[] = [];
  for (let n = 0; n < means.length; n++) {
    if (eligible[n] === 0 || n === first) continue;
    const variance = variances[n]!;
    if (!mayWin(means[n]! + leads[Math.max(factored, taken[n]!)]! * Math.sqrt(variance), variance))
      continue;
    chunk.push(n);
    if (chunk.length < CHUNK) continue;
    visitAll(chunk);
    chunk = [];
  }
  visitAll(chunk);
}

/** By how many deviations a mean may have moved since row `from`: the root of the sum of z^2. */
function leadsOf({ z, rows }: PartlyKnown): Float64Array {
  const leads = new Float64Array(rows + 1);
  for (let i = rows - 1; i >= 0; i--) leads[i] = leads[i + 1]! + z[i]! * z[i]!;
  return leads.map(Math.sqrt);
}

/** The eligible candidate of largest mean + deviation; -1 where none is eligible. */
function likeliest({ means, variances }: PartlyKnown, eligible: Uint8Array): number {
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < means.length; n++) {
    if (eligible[n] === 0) continue;
    const value = means[n]! + Math.sqrt(variances[n]!);
    if (value > most) [best, most] = [n, value];
  }
  return best;
}
