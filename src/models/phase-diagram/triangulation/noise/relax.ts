import { edgeMask, type Fractions, snapComposition } from "../barycentric.ts";
import { add, distance, dot, fromPlane, limited, subtract, toPlane, type Vec } from "./plane.ts";

/** A vertex that may move: one pooled from many ends moves less, that of an exact sample not at all. */
export interface Node {
  at: Vec;
  /** 1 / number of ends pooled; 0 where the vertex is exact. */
  readonly mobility: number;
  /** Bit k: component k is absent here, and stays absent. */
  readonly absent: number;
}

/** A tie-line between two nodes, and the samples that were measured to lie on it. */
export interface NodeLine {
  readonly nodes: readonly [number, number];
  readonly ats: readonly Vec[];
}

const SWEEPS = 12;

export function nodeAt(at: Fractions, mobility: number): Node {
  return { at: toPlane(at), mobility, absent: edgeMask(at) };
}

export function compositionOf(node: Node): Fractions {
  return snapComposition(fromPlane(node.at));
}

/**
 * Moves nodes as little as possible until each tie-line passes through its samples again: pooling and meeting of ends has
 * moved the lines off them, and samples are exact where ends are not. Constraint by constraint, the mobile end more
 * (S. Kaczmarz, Bull. Int. Acad. Pol. A 35, 355 (1937)).
 *
 * @param moveMax largest displacement of a node, equilateral plane
 */
export function relax(nodes: readonly Node[], lines: readonly NodeLine[], moveMax: number): void {
  const start = nodes.map((node) => node.at);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const line of lines) {
      const [a, b] = [nodes[line.nodes[0]]!, nodes[line.nodes[1]]!];
      for (const at of line.ats) moveOnto(a, b, at);
    }
    nodes.forEach((node, k) => {
      node.at = add(start[k]!, limited(subtract(node.at, start[k]!), moveMax));
    });
  }
}

function moveOnto(a: Node, b: Node, at: Vec): void {
  const length = distance(a.at, b.at);
  if (length < 1e-9) return;
  const along: Vec = [(b.at[0] - a.at[0]) / length, (b.at[1] - a.at[1]) / length];
  const normal: Vec = [-along[1], along[0]];
  const offset = subtract(at, a.at);
  const lever = Math.min(1, Math.max(0, dot(offset, along) / length));
  const q = a.mobility * (1 - lever) ** 2 + b.mobility * lever ** 2;
  if (q < 1e-9) return;
  const by = dot(offset, normal) / q;
  move(a, normal, by * a.mobility * (1 - lever));
  move(b, normal, by * b.mobility * lever);
}

function move(node: Node, normal: Vec, by: number): void {
  if (by === 0) return;
  const at = add(node.at, normal, by);
  const kept = fromPlane(at).map((x, k) => ((node.absent >> k) & 1 ? 0 : x));
  const sum = kept[0]! + kept[1]! + kept[2]!;
  node.at = toPlane([kept[0]! / sum, kept[1]! / sum, kept[2]! / sum]);
}
