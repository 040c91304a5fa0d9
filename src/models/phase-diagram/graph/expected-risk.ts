/** A map and the way it would answer to a further result. */
export interface RiskRequest {
  /** For each label, at least `count` probabilities. */
  readonly columns: readonly Float64Array[];
  /** Candidates. */
  readonly count: number;
  /** Candidates to compare. */
  readonly shortlist: readonly number[];
  /** How far each node follows a change at this one: 1 there, 0 at results; absent where nothing reaches it. */
  readonly respond: (candidate: number) => Float64Array | undefined;
}

/** Labels less probable than this at a candidate are not tried there. */
const SHARE_min = 1e-3;

/**
 * How much a result is expected to lower the risk sum_i (1 - max_c F_ic), for the candidates of the shortlist; 0 for the others
 * (X. Zhu, J. Lafferty, Z. Ghahramani, ICML workshop 2003; A. G. Kusne et al., Nat. Commun. 11, 5966 (2020)):
 * with label c at k, F_i becomes F_i + g_i (e_c - F_k), and c is drawn from F_k. Cost O(shortlist labels^2 N) and a solve each.
 */
export function expectedRiskDrop(request: RiskRequest): Float64Array {
  const { columns, count, shortlist, respond } = request;
  const drop = new Float64Array(count);
  const now = riskAfter(request, undefined, 0, 0);
  for (const candidate of shortlist) {
    const response = respond(candidate);
    if (response === undefined) {
      drop[candidate] = 1;
      continue;
    }
    let expected = 0;
    let tried = 0;
    for (const [label, column] of columns.entries()) {
      const p = column[candidate]!;
      if (p < SHARE_min) continue;
      expected += p * riskAfter(request, response, candidate, label);
      tried += p;
    }
    drop[candidate] = tried > 0 ? Math.max(0, now - expected / tried) : 1;
  }
  return drop;
}

/** The risk with `label` found at `candidate`; without a response the risk as it is. */
function riskAfter(
  { columns, count }: RiskRequest,
  response: Float64Array | undefined,
  candidate: number,
  label: number,
): number {
  const top = new Float64Array(count);
  for (const [k, column] of columns.entries()) {
    const change = response === undefined ? 0 : (k === label ? 1 : 0) - column[candidate]!;
    for (let i = 0; i < count; i++) {
      const p = column[i]! + change * (response?.[i] ?? 0);
      if (p > top[i]!) top[i] = p;
    }
  }
  let risk = 0;
  for (let i = 0; i < count; i++) risk += 1 - Math.min(1, top[i]!);
  return risk;
}
