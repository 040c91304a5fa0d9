/** Monotone map of a score of any sign to a logarithm, so that feasibility and cost can be added. */
export function toPositiveLog(scores: Float64Array): Float64Array {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const s of scores) {
    least = Math.min(least, s);
    most = Math.max(most, s);
  }
  const floor = least - 1e-6 * (1 + most - least);
  return scores.map((s) => Math.log(s - floor));
}
