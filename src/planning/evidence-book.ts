import type { NodeEvidence } from "../models/phase-diagram/label-field.ts";
import type { PhaseEvidence } from "../models/phase-diagram/map-model.ts";

/**
 * The evidence at each node and the labels in the order of their discovery. Several results at one node are weighed together:
 * 1 - c = product of (1 - c_e), and label k gets a share in proportion to the sum of -ln(1 - c_e) over the results that
 * say k (sure results count as c = 0.9999), so that repeats outvote a single doubtful result.
 */
export interface EvidenceBook {
  readonly labels: readonly string[];
  /** Number of results of each label. */
  readonly counts: readonly number[];
  /** Experiments, without the points known beforehand. */
  readonly experiments: number;
  /** Results in the order of their ids. */
  readonly entries: ReadonlyMap<number, BookEntry>;
  /** Adds a result at a node; true where the node had none before. */
  add(node: number, evidence: PhaseEvidence): boolean;
  /** Removes a result; true where there was one. */
  remove(id: number): boolean;
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
  let experiments = 0;
  return {
    labels,
    counts,
    entries,
    get experiments() {
      return experiments;
    },
    add: (node, evidence) => {
      const name = evidence.phases.join("+");
      let label = labels.indexOf(name);
      if (label < 0) {
        label = labels.push(name) - 1;
        counts.push(0);
      }
      const entry = { node, label, evidence };
      entries.set(evidence.id, entry);
      counts[label]! += 1;
      if (!evidence.known) experiments++;
      const there = byNode.get(node);
      if (there === undefined) byNode.set(node, [entry]);
      else there.push(entry);
      return there === undefined;
    },
    remove: (id) => {
      const entry = entries.get(id);
      if (entry === undefined) return false;
      entries.delete(id);
      counts[entry.label]! -= 1;
      if (!entry.evidence.known) experiments--;
      const rest = (byNode.get(entry.node) ?? []).filter((other) => other !== entry);
      if (rest.length === 0) byNode.delete(entry.node);
      else byNode.set(entry.node, rest);
      return true;
    },
    at: (node) => {
      const there = byNode.get(node);
      return there === undefined ? undefined : weigh(there);
    },
    nodes: () => new Map([...byNode].map(([node, there]) => [node, weigh(there)])),
  };
}

function weigh(entries: readonly BookEntry[]): NodeEvidence {
  let doubt = 1;
  let total = 0;
  const weight = new Map<number, number>();
  for (const { label, evidence } of entries) {
    doubt *= 1 - evidence.confidence;
    const say = -Math.log(Math.max(DOUBT_min, 1 - evidence.confidence));
    weight.set(label, (weight.get(label) ?? 0) + say);
    total += say;
  }
  const shares = [...weight].map(([label, say]) => ({ label, share: say / total }));
  return { shares, confidence: 1 - doubt };
}
