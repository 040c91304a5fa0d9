/** Probabilities by label: the certainty for the predicted one, the rest shared by the others; all for the only one. */
export function spreadCertainty(
  labels: number,
  label: Int32Array,
  certainty: Float64Array,
): Float64Array[] {
  const columns = Array.from({ length: labels }, () => new Float64Array(label.length));
  for (let i = 0; i < label.length; i++) {
    const own = label[i]!;
    if (own < 0) continue;
    const p = labels === 1 ? 1 : certainty[i]!;
    const other = (1 - p) / Math.max(1, labels - 1);
    for (let k = 0; k < labels; k++) columns[k]![i] = k === own ? p : other;
  }
  return columns;
}
