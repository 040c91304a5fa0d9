/**
 * What Gibbs' phase rule says of labels at fixed temperature and pressure, without any composition being measured.
 * Labels are sets of phases, `A+B`.
 */

/** Compositions below this share of the whole count as absent. */
const ABSENT = 1e-6;

/**
 * For each row the components that are present, as bits: rows of one value lie in the same face of the composition
 * simplex. A face (a binary edge, a pure corner) is a diagram of its own.
 *
 * @param values rows x width raw values
 */
export function presentComponents(
  values: Float64Array,
  width: number,
  components: readonly number[],
  wholeAmount: number,
): Int32Array {
  const present = new Int32Array(values.length / width);
  for (let k = 0; k < components.length; k++) {
    const column = components[k]!;
    for (let row = 0; row < present.length; row++)
      if (values[row * width + column]! > ABSENT * wholeAmount) present[row]! |= 1 << k;
  }
  return present;
}

/** Number of components present = the largest number of phases that can coexist at fixed temperature and pressure. */
export function phasesAllowed(present: number): number {
  let count = 0;
  for (let bits = present; bits !== 0; bits &= bits - 1) count++;
  return count;
}

/**
 * Takes the probability of labels with more phases than the rule allows from the rows of a face (a binary edge has no
 * three-phase point) and scales the rest to the sum it had. Rows where only forbidden labels arrive stay as they are.
 *
 * @param columns for each label, at least `present.length` probabilities; not changed
 */
export function applyPhaseRule(
  columns: readonly Float64Array[],
  labels: readonly string[],
  present: Int32Array,
  components: number,
): Float64Array[] {
  const phases = labels.map((label) => label.split("+").length);
  const out = columns.map((column) => column.slice(0, present.length));
  for (let i = 0; i < present.length; i++) {
    const allowed = phasesAllowed(present[i]!);
    if (allowed === components) continue;
    let kept = 0;
    let total = 0;
    for (const [k, column] of out.entries()) {
      total += column[i]!;
      if (phases[k]! <= allowed) kept += column[i]!;
    }
    if (kept < 1e-9 * total || kept === total) continue;
    for (const [k, column] of out.entries()) {
      column[i] = phases[k]! <= allowed ? (column[i]! * total) / kept : 0;
    }
  }
  return out;
}

/**
 * For each pair of labels 1 where the two fields cannot touch along a line: the law of adjoining phase regions (L. S.
 * Palatnik, A. I. Landau) lets neighbours differ by exactly one phase, so that between others a field is still missing.
 */
function forbiddenNeighbours(labels: readonly string[]): Uint8Array[] {
  const sets = labels.map((label) => new Set(label.split("+")));
  return sets.map((a) =>
    Uint8Array.from(sets, (b) => {
      const shared = [...a].filter((phase) => b.has(phase)).length;
      const difference = a.size + b.size - 2 * shared;
      return difference > 1 ? 1 : 0;
    }),
  );
}

/** Labels less probable than this do not count towards {@link missingFieldChance}; at most so many are looked at. */
const SHARE_min = 1e-3;
const LABELS_max = 8;

/**
 * Probability that two labels drawn for a candidate could not be neighbours: where it is large, an unseen field is likely.
 * sum_kl P_k P_l forbidden_kl. Cost O(N labels).
 */
export function missingFieldChance(
  columns: readonly Float64Array[],
  labels: readonly string[],
  count: number,
): Float64Array {
  const forbidden = forbiddenNeighbours(labels);
  const chance = new Float64Array(count);
  const listed = new Uint8Array(count);
  const label = new Int32Array(count * LABELS_max);
  for (const [k, column] of columns.entries()) {
    for (let i = 0; i < count; i++) {
      const p = column[i]!;
      const known = listed[i]!;
      if (p < SHARE_min || known === LABELS_max) continue;
      const first = i * LABELS_max;
      for (let slot = first; slot < first + known; slot++) {
        const other = label[slot]!;
        if (forbidden[k]![other] === 1) chance[i]! += 2 * p * columns[other]![i]!;
      }
      label[first + known] = k;
      listed[i] = known + 1;
    }
  }
  return chance;
}
