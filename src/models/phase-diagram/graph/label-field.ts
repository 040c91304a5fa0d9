/** What is known of one node: a distribution over labels and how strongly it holds. */
export interface NodeEvidence {
  /** Labels and their shares, which sum to 1. */
  readonly shares: readonly { readonly label: number; readonly share: number }[];
  /** Probability that the evidence is right: 1 clamps the node to `shares`; below 1 its neighbours have a say. */
  readonly confidence: number;
}

/** Probabilities of labels over the nodes of a graph, given evidence on some of them. */
export interface LabelField {
  /** Sets the evidence of a node that had none. Incremental. */
  place(node: number, evidence: NodeEvidence): void;
  /** Replaces all evidence. */
  reset(evidence: ReadonlyMap<number, NodeEvidence>): void;
  /** For each label, one probability a node; a reached node's sum to 1, all are 0 where no label reaches. */
  columns(): readonly Float64Array[];
  /** How far each node follows a change at a free node, 1 there; `undefined` where no label reaches it or the field has no such answer. */
  respond(node: number): Float64Array | undefined;
  /** Probability of each label at a node if the evidence placed there did not exist, `undefined` where nothing else reaches it. */
  leaveOut(node: number): Float64Array | undefined;
}
