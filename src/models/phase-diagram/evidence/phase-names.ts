/** The name without its composition set: `FCC#2` -> `FCC`. */
export function baseName(phase: string): string {
  const at = phase.indexOf("#");
  return at < 0 ? phase : phase.slice(0, at);
}

/** The label of a set of phases, independent of order: `A+B`. */
export function labelOf(phases: Iterable<string>): string {
  return [...new Set(phases)].sort().join("+");
}

/** The phases of a label. */
export function phasesOf(label: string): string[] {
  return label === "" ? [] : label.split("+");
}

/**
 * The phases that coexist in a simplex with these vertices. Two composition sets of one phase (`P#1`, `P#2`) are a
 * miscibility gap and stay two phases; a phase of which only one set takes part loses its mark.
 */
export function coexistingPhases(vertices: readonly string[]): string[] {
  if (!vertices.some((name) => name.includes("#"))) return [...new Set(vertices)].sort();
  const sets = new Map<string, Set<string>>();
  for (const name of vertices) {
    const base = baseName(name);
    const marked = sets.get(base) ?? new Set<string>();
    if (name !== base) marked.add(name);
    sets.set(base, marked);
  }
  return [...sets].flatMap(([base, marked]) => (marked.size > 1 ? [...marked] : [base])).sort();
}
