/** What identification said beside the truth, for one row of the table. */
export interface Tally {
  patterns: number;
  exact: number;
  falsePhases: number;
  missed: number;
  unfamiliar: number;
  readonly cpu_ms: number[];
  /** [stated probability, was right] of every presence. */
  readonly presences: (readonly [number, boolean])[];
}

export function newTally(): Tally {
  return {
    patterns: 0,
    exact: 0,
    falsePhases: 0,
    missed: 0,
    unfamiliar: 0,
    cpu_ms: [],
    presences: [],
  };
}

/** Counts one answer. Optional phases may be named or not. */
export function count(
  tally: Tally,
  found: { readonly phases: readonly string[]; readonly presence: ReadonlyMap<string, number> },
  truth: { readonly must: readonly string[]; readonly optional?: readonly string[] },
  canonical: (name: string) => string,
): void {
  const named = found.phases.map(canonical);
  const allowed = [...truth.must, ...(truth.optional ?? [])];
  const wrong = named.filter((name) => !allowed.includes(name)).length;
  const missed = truth.must.filter((name) => !named.includes(name)).length;
  tally.patterns++;
  tally.falsePhases += wrong;
  tally.missed += missed;
  if (wrong === 0 && missed === 0) tally.exact++;
  for (const [name, probability] of found.presence) {
    tally.presences.push([probability, allowed.includes(canonical(name))]);
  }
}

/** Share of right ones among the presences above a probability, with their number. */
export function rightAbove(tally: Tally, probability: number): readonly [number, number] {
  const above = tally.presences.filter(([p]) => p > probability);
  const right = above.filter(([, isRight]) => isRight).length;
  return [above.length === 0 ? 1 : right / above.length, above.length];
}

const EDGES = [0, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98, 1.0001];

/** Bins of stated probability: mean stated, share right, number. */
export function reliability(
  presences: readonly (readonly [number, boolean])[],
): { readonly stated: number; readonly right: number; readonly n: number }[] {
  return EDGES.slice(1).flatMap((high, k) => {
    const inside = presences.filter(([p]) => p >= EDGES[k]! && p < high);
    if (inside.length === 0) return [];
    return [
      {
        stated: inside.reduce((sum, [p]) => sum + p, 0) / inside.length,
        right: inside.filter(([, isRight]) => isRight).length / inside.length,
        n: inside.length,
      },
    ];
  });
}
