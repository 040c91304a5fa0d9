/** Unit suffixes of column names (`temperature_K`, `twoTheta_deg`) and how they are written. */
const UNITS: Readonly<Record<string, string>> = {
  K: "K",
  C: "°C",
  degC: "°C",
  Pa: "Pa",
  kPa: "kPa",
  MPa: "MPa",
  GPa: "GPa",
  bar: "bar",
  s: "s",
  min: "min",
  h: "h",
  ms: "ms",
  T: "T",
  eV: "eV",
  meV: "meV",
  A: "Å",
  nm: "nm",
  um: "µm",
  mm: "mm",
  deg: "°",
  molFraction: "mole fraction",
  atPercent: "at.%",
  wtPercent: "wt.%",
  g: "g",
  mg: "mg",
  ml: "ml",
  W: "W",
  V: "V",
  K_per_s: "K/s",
  K_per_min: "K/min",
  K_per_ps: "K/ps",
  K_ps: "K/ps",
  K_s: "K/s",
  K_min: "K/min",
};

/**
 * The title of an axis from a column's name: `T_K` is `T (K)`, `quenchRate_K_per_ps` is `quenchRate (K/ps)`. A name that starts
 * with `x_` is a mole fraction (its suffix is an element, not a unit) where its values hardly pass 1, else at.%.
 */
export function axisTitle(name: string, max?: number): string {
  if (/^x_\w+$/.test(name) && max !== undefined) {
    return max <= 1.2 ? `${name} (mole fraction)` : max <= 120 ? `${name} (at.%)` : name;
  }
  const { bare, unit } = nameAndUnit(name);
  return unit === undefined ? name : `${bare} (${unit})`;
}

/** A column's name without the unit that ends it, and that unit as people write it: `T_K` is T in K. */
export function nameAndUnit(name: string): { readonly bare: string; readonly unit?: string } {
  const parts = name.split("_");
  for (let from = 1; from < parts.length && parts[0] !== "x"; from++) {
    const unit = UNITS[parts.slice(from).join("_")];
    if (unit !== undefined) return { bare: parts.slice(0, from).join("_"), unit };
  }
  return { bare: name };
}

/** What three shares that sum to `total` are measured in. */
export function shareUnit(total: number): string {
  if (Math.abs(total - 1) < 1e-3) return "mole fractions";
  return Math.abs(total - 100) < 0.1 ? "at.%" : `shares of ${Number(total.toPrecision(4))}`;
}
