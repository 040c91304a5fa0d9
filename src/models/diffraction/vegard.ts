/** Amounts by component. */
type Composition = Readonly<Record<string, number>>;

/** A composition of a phase, and by how much all lengths of its cell are off the reference's there. */
export interface VegardPoint {
  readonly at: Composition;
  /** a / a_reference - 1; absent: 0. */
  readonly strain?: number | undefined;
}

/**
 * Vegard's law: between two compositions of a phase its cell runs linearly with composition, so that the strain s tells it, x =
 * x_1 + (x_2 - x_1)(s - s_1)/(s_2 - s_1), between the two points beside it. Beyond the outermost it is theirs: a solution ends there,
 * and what is further off is noise. One point is a compound that takes up nothing. In mole fractions.
 *
 * @param points at least one; no two of one strain
 */
export function compositionByCell(points: readonly VegardPoint[], strain: number): Composition {
  const along = points
    .map(({ at, strain: s = 0 }) => ({ at: molFractions(at), s }))
    .sort((p, q) => p.s - q.s);
  const above = along.findIndex(({ s }) => s >= strain);
  const high = along[above < 0 ? along.length - 1 : above]!;
  const low = along[above < 0 ? along.length - 1 : Math.max(0, above - 1)]!;
  const share = high.s > low.s ? (strain - low.s) / (high.s - low.s) : 0;
  const names = [...new Set([...Object.keys(low.at), ...Object.keys(high.at)])];
  return Object.fromEntries(
    names.map((name) => {
      const from = low.at[name] ?? 0;
      return [name, from + share * ((high.at[name] ?? 0) - from)];
    }),
  );
}

/** A formula's amounts are brought to 1; a binary's one mole fraction is left as it is. */
function molFractions(at: Composition): Composition {
  const sum = Object.values(at).reduce((total, x) => total + x, 0);
  const whole = Object.keys(at).length > 1 || sum > 1 ? sum : 1;
  return Object.fromEntries(Object.entries(at).map(([name, x]) => [name, x / whole]));
}
