import { weighRepeats } from "../evidence/repeat-weights.ts";
import type { PhaseEvidence } from "../map-model.ts";
import type { NodeEvidence } from "./label-field.ts";

/** Less probable sets of a doubtful result are left out: each is a label of its own. */
const CHANCE_MIN = 0.05;

/** Sets of a result that hold so much of its probability are all: the rest was too improbable to be told. */
const ALL_SETS = 0.95;

/**
 * The evidence at each node and the labels in the order of their discovery. Several results at one node are weighed
 * together ({@link weighRepeats}), and each label keeps its share; a result that allows other sets of phases gives them their
 * part of its share ({@link divideAmongSets}). A label derived from a result elsewhere counts only where
 * nothing was measured.
 */
export interface EvidenceBook {
  readonly labels: readonly string[];
  /** Number of results of each label; derived labels do not count. */
  readonly counts: readonly number[];
  readonly entries: ReadonlyMap<number, BookEntry>;
  /** Adds a result at a node; true where the node had none, derived or measured, before. */
  add(node: number, evidence: PhaseEvidence): boolean;
  /** Adds a label that the results `from` imply together at a node; true where the node had nothing before. */
  derive(node: number, phases: readonly string[], ...from: readonly number[]): boolean;
  /** Results measured at a node. */
  measuredAt(node: number): readonly BookEntry[];
  /** Nodes whose label is known, measured or derived. */
  known(): Iterable<number>;
  isDerived(node: number): boolean;
  at(node: number): NodeEvidence | undefined;
  nodes(): ReadonlyMap<number, NodeEvidence>;
  /** Number of nodes with evidence. */
  readonly size: number;
}

export interface BookEntry {
  readonly node: number;
  readonly label: number;
  readonly evidence: PhaseEvidence;
  /** Labels of the other sets that the result allows. */
  readonly others: readonly LabelChance[];
}

interface LabelChance {
  readonly label: number;
  readonly probability: number;
}

export function createEvidenceBook(): EvidenceBook {
  const labels: string[] = [];
  const counts: number[] = [];
  const entries = new Map<number, BookEntry>();
  const byNode = new Map<number, BookEntry[]>();
  let size = 0;
  const derived = new Map<number, { readonly label: number; readonly from: readonly number[] }[]>();

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
    add: (node, evidence) => {
      const label = labelOf(evidence.phases);
      const others = allowedBeside(evidence).map(({ phases, probability }) => ({
        label: labelOf(phases),
        probability,
      }));
      const entry = { node, label, evidence, others };
      entries.set(evidence.id, entry);
      counts[entry.label]! += 1;
      const isNew = !byNode.has(node) && !derived.has(node);
      if (isNew) size += 1;
      byNode.set(node, [...(byNode.get(node) ?? []), entry]);
      return isNew;
    },
    derive: (node, phases, ...from) => {
      const isNew = !byNode.has(node) && !derived.has(node);
      if (isNew) size += 1;
      derived.set(node, [...(derived.get(node) ?? []), { label: labelOf(phases), from }]);
      return isNew;
    },
    measuredAt: (node) => byNode.get(node) ?? [],
    known: nodes,
    get size() {
      return size;
    },
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

function weigh(entries: readonly BookEntry[]): NodeEvidence {
  const { shares, confidence } = weighRepeats(
    entries.map(({ label, evidence }) => ({ label, confidence: heldBy(evidence) })),
  );
  const said = [...shares].map(([label, share]) => ({ label, share }));
  const isDivided = entries.some(({ others }) => others.length > 0);
  return { shares: isDivided ? divideAmongSets(said, entries) : said, confidence };
}

/**
 * How strongly a result holds its node to its shares. One that was weighed with the samples around holds by all the sets that it
 * allows: its neighbours have had their say in the shares, and would be heard twice.
 */
function heldBy(evidence: PhaseEvidence): number {
  const { confidence, estimates, alternatives = [] } = evidence;
  if (estimates === undefined) return confidence;
  const allowed = alternatives.reduce((sum, { probability }) => sum + probability, confidence);
  return allowed >= ALL_SETS ? 1 : allowed;
}

/** Sets that a doubtful result allows beside its own; less probable ones teach nothing. */
function allowedBeside({ confidence, alternatives = [] }: PhaseEvidence) {
  return confidence >= 1 ? [] : alternatives.filter(({ probability }) => probability >= CHANCE_MIN);
}

/**
 * Each label's share goes to the sets that its results allow, in proportion to their probabilities: of a lone result
 * with c = 0.6 and another set at 0.3 the shares are 2/3 and 1/3. How strongly the sample holds is left as it is, so
 * that its neighbours decide the more the less sure the result is.
 */
function divideAmongSets(
  said: readonly { readonly label: number; readonly share: number }[],
  entries: readonly BookEntry[],
): { label: number; share: number }[] {
  const divided = said.flatMap(({ label, share }) => {
    const own = entries.filter((entry) => entry.label === label);
    return own.flatMap(({ others, evidence: { confidence } }) => {
      const whole = others.reduce((sum, { probability }) => sum + probability, confidence);
      const part = share / own.length / whole;
      return [{ label, probability: confidence }, ...others].map((one) => ({
        label: one.label,
        share: part * one.probability,
      }));
    });
  });
  return mergeShares(divided);
}

function mergeShares(
  shares: readonly { readonly label: number; readonly share: number }[],
): { label: number; share: number }[] {
  const sum = new Map<number, number>();
  for (const { label, share } of shares) sum.set(label, (sum.get(label) ?? 0) + share);
  return [...sum].map(([label, share]) => ({ label, share }));
}
