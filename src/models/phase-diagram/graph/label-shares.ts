import type { PhaseEvidence } from "../map-model.ts";
import type { NodeEvidence } from "./label-field.ts";

/**
 * The evidence at each node and the labels in the order of their discovery. Several results at one node are weighed
 * together: 1 - c = product of (1 - c_e), and label k gets a share in proportion to the sum of -ln(1 - c_e) over the results
 * that say k (sure results count as c = 0.9999), so that repeats outvote a single doubtful result. A label derived from a
 * result elsewhere counts only where nothing was measured.
 */
export interface EvidenceBook {
  readonly labels: readonly string[];
  /** Number of results of each label; derived labels do not count. */
  readonly counts: readonly number[];
  /** Experiments, without the points known beforehand. */
  readonly experiments: number;
  readonly entries: ReadonlyMap<number, BookEntry>;
  /** Adds a result at a node; true where the node had none, derived or measured, before. */
  add(node: number, evidence: PhaseEvidence): boolean;
  /** Adds a label that the results `from` imply together at a node; true where the node had nothing before. */
  derive(node: number, phases: readonly string[], ...from: readonly number[]): boolean;
  /** Removes a result and what was derived from it; true where there was one. */
  remove(id: number): boolean;
  /** Results measured at a node. */
  measuredAt(node: number): readonly BookEntry[];
  /** Nodes whose label is known, measured or derived. */
  known(): Iterable<number>;
  isDerived(node: number): boolean;
  at(node: number): NodeEvidence | undefined;
  nodes(): ReadonlyMap<number, NodeEvidence>;
}

export interface BookEntry {
  readonly node: number;
  readonly label: number;
  readonly evidence: PhaseEvidence;
}

/** A repeat of a sure result cannot make it surer than this. */
const DOUBT_min = 1e-4;

export function createEvidenceBook(): EvidenceBook {
  const labels: string[] = [];
  const counts: number[] = [];
  const entries = new Map<number, BookEntry>();
  const byNode = new Map<number, BookEntry[]>();
  const derived = new Map<number, { readonly label: number; readonly from: readonly number[] }[]>();
  let experiments = 0;

  const labelOf = (phases: readonly string[]): number => {
    const name = phases.join("+");
    const known = labels.indexOf(name);
    if (known >= 0) return known;
    counts.push(0);
    return labels.push(name) - 1;
  };
  const at = (node: number): NodeEvidence | undefined => {
    const measured = byNode.get(node);
    if (measured !== undefined) return weigh(measured);
    const implied = derived.get(node);
    if (implied === undefined) return undefined;
    const share = 1 / implied.length;
    return { shares: mergeShares(implied.map(({ label }) => ({ label, share }))), confidence: 1 };
  };
  const nodes = (): Set<number> => new Set([...byNode.keys(), ...derived.keys()]);

  return {
    labels,
    counts,
    entries,
    get experiments() {
      return experiments;
    },
    add: (node, evidence) => {
      const entry = { node, label: labelOf(evidence.phases), evidence };
      entries.set(evidence.id, entry);
      counts[entry.label]! += 1;
      if (!evidence.known) experiments++;
      const isNew = !byNode.has(node) && !derived.has(node);
      byNode.set(node, [...(byNode.get(node) ?? []), entry]);
      return isNew;
    },
    derive: (node, phases, ...from) => {
      const isNew = !byNode.has(node) && !derived.has(node);
      derived.set(node, [...(derived.get(node) ?? []), { label: labelOf(phases), from }]);
      return isNew;
    },
    remove: (id) => {
      const entry = entries.get(id);
      if (entry === undefined) return false;
      entries.delete(id);
      counts[entry.label]! -= 1;
      if (!entry.evidence.known) experiments--;
      setOrDelete(byNode, entry.node, (other) => other !== entry);
      for (const node of [...derived.keys()])
        setOrDelete(derived, node, ({ from }) => !from.includes(id));
      return true;
    },
    measuredAt: (node) => byNode.get(node) ?? [],
    known: nodes,
    isDerived: (node) => derived.has(node) && !byNode.has(node),
    at,
    nodes: () =>
      new Map(
        [...nodes()].flatMap((node): [number, NodeEvidence][] => {
          const evidence = at(node);
          return evidence === undefined ? [] : [[node, evidence]];
        }),
      ),
  };
}

function setOrDelete<T>(map: Map<number, T[]>, node: number, keep: (item: T) => boolean): void {
  const rest = (map.get(node) ?? []).filter(keep);
  if (rest.length === 0) map.delete(node);
  else map.set(node, rest);
}

function weigh(entries: readonly BookEntry[]): NodeEvidence {
  let doubt = 1;
  let total = 0;
  const says = entries.map(({ label, evidence }) => {
    doubt *= 1 - evidence.confidence;
    const say = -Math.log(Math.max(DOUBT_min, 1 - evidence.confidence));
    total += say;
    return { label, share: say };
  });
  const shares = mergeShares(says.map(({ label, share }) => ({ label, share: share / total })));
  return { shares, confidence: 1 - doubt };
}

function mergeShares(
  shares: readonly { readonly label: number; readonly share: number }[],
): { label: number; share: number }[] {
  const sum = new Map<number, number>();
  for (const { label, share } of shares) sum.set(label, (sum.get(label) ?? 0) + share);
  return [...sum].map(([label, share]) => ({ label, share }));
}
