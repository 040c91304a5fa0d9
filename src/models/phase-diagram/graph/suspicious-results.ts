import { squaredDistance } from "../../../numeric/neighbour-graph.ts";
import type { SuspiciousEvidence } from "../map-model.ts";
import type { GraphMapState } from "./graph-state.ts";

/** A result is doubted where everything else gives its label less than this ... */
const OWN_max = 0.1;
/** ... and one other label more than this. */
const OTHER_min = 0.85;
/** The nearest results must be this close, grid steps: far away nothing contradicts. */
const NEAR_steps = 3.1;
const NEIGHBOURS = 4;

/**
 * Results that contradict all their surroundings: their label is almost impossible and one other almost sure once they are left out,
 * and their nearest results all say that other label. A label that was confirmed by a repeat is believed. Fields of one grid point look the
 * same, so a repeat is proposed and nothing is thrown away.
 */
export function findSuspicious(state: GraphMapState): SuspiciousEvidence[] {
  const { book, network } = state;
  const found: SuspiciousEvidence[] = [];
  const places = listPlaces(state);
  for (const [k, node] of places.nodes.entries()) {
    const [entry, ...more] = book.measuredAt(node);
    if (entry === undefined || more.length > 0 || entry.evidence.known) continue;
    const other = commonLabelAround(places, k);
    if (other === undefined || other === entry.label) continue;
    const without = network.leaveOut(node);
    if (without === undefined) continue;
    if ((without[entry.label] ?? 0) > OWN_max || (without[other] ?? 0) < OTHER_min) continue;
    found.push({
      id: entry.evidence.id,
      candidate: entry.evidence.candidate,
      label: book.labels[entry.label] ?? "",
      expected: book.labels[other] ?? "",
      probability: without[entry.label] ?? 0,
    });
  }
  return found;
}

/** Measured nodes with their first label and coordinates, flat. */
interface Places {
  readonly nodes: readonly number[];
  readonly labels: Int32Array;
  readonly points: Float64Array;
  readonly dimension: number;
}

function listPlaces({ grid, book, network }: GraphMapState): Places {
  const nodes = [...new Set([...book.entries.values()].map((entry) => entry.node))];
  const points = new Float64Array(nodes.length * grid.dimension);
  for (const [k, node] of nodes.entries()) points.set(network.place(node), k * grid.dimension);
  const labels = Int32Array.from(nodes, (node) => book.measuredAt(node)[0]?.label ?? -1);
  return { nodes, labels, points, dimension: grid.dimension };
}

/** The label that the nearest results of a place all share, if they are near enough and enough. */
function commonLabelAround({ labels, points, dimension }: Places, k: number): number | undefined {
  const near: { readonly d2: number; readonly label: number }[] = [];
  for (let other = 0; other < labels.length; other++) {
    if (other === k) continue;
    const d2 = squaredDistance(points, dimension, k, other);
    if (d2 <= NEAR_steps * NEAR_steps) near.push({ d2, label: labels[other] ?? -1 });
  }
  if (near.length < NEIGHBOURS) return undefined;
  near.sort((a, b) => a.d2 - b.d2);
  const label = near[0]?.label;
  return near.slice(0, NEIGHBOURS).every((item) => item.label === label) ? label : undefined;
}
