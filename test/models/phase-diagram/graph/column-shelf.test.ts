import { expect, test } from "vitest";
import { createPrng } from "../../../../src/core/prng.ts";
import { createColumnShelf } from "../../../../src/models/phase-diagram/graph/column-shelf.ts";
import type { NodeEvidence } from "../../../../src/models/phase-diagram/graph/label-field.ts";
import { createProcessField } from "../../../../src/models/phase-diagram/graph/process-field.ts";

const prng = createPrng("column shelf");
const points = Float64Array.from({ length: 120 }, () => 10 * prng.next());
const places = { points, dimension: 2 };
type Results = ReadonlyMap<number, NodeEvidence>;

function results(
  count: number,
  labelOf: (node: number) => number,
  confidenceOf: (node: number) => number = () => 1,
): Results {
  return new Map(
    Array.from({ length: count }, (_, k) => {
      const node = (7 * k) % 60;
      return [
        node,
        { shares: [{ label: labelOf(node), share: 1 }], confidence: confidenceOf(node) },
      ];
    }),
  );
}

test("a field on the shelf's columns is that of its own, to the bit, whatever was read before or in between", () => {
  const shelf = createColumnShelf();
  const first = results(20, (node) => node % 3);
  const relabelled = results(24, (node) => node % 2);
  const doubted = results(
    24,
    (node) => node % 2,
    (node) => (node === 35 ? 0.5 : 1),
  );
  const other = createProcessField(places, shelf);
  for (const all of [first, relabelled, doubted, first]) {
    const shelved = createProcessField(places, shelf);
    const alone = createProcessField(places);
    for (const field of [shelved, alone]) field.reset(all);
    other.reset(doubted);
    const more: NodeEvidence = { shares: [{ label: 1, share: 1 }], confidence: 0.9 };
    for (const field of [shelved, alone]) field.place(1, more);
    expect(shelved.columns()).toEqual(alone.columns());
    expect(shelved.respond(3)).toEqual(alone.respond(3));
    expect(shelved.leaveOut(1)).toEqual(alone.leaveOut(1));
  }
});

test("columns are taken over as far as nodes and confidences are the same", () => {
  const shelf = createColumnShelf();
  const taken: boolean[] = [];
  const watched = {
    ...shelf,
    take: (...asked: Parameters<typeof shelf.take>) => {
      const found = shelf.take(...asked);
      taken.push(found !== undefined);
      return found;
    },
  };
  createProcessField(places, watched).reset(results(20, (node) => node % 3));
  taken.length = 0;
  createProcessField(places, watched).reset(
    results(
      20,
      (node) => node % 2,
      (node) => (node === 35 ? 0.5 : 1),
    ),
  );
  // Node 35 is the sixth.
  expect(taken).toEqual(Array.from({ length: 20 }, (_, k) => k < 5));
});

test("faces that become diagrams of their own leave no column as it was", () => {
  const shelf = createColumnShelf();
  const all = results(20, (node) => node % 3);
  createProcessField(places, shelf).reset(all);
  const faces = Int32Array.from({ length: 60 }, (_, k) => k % 2);
  const shelved = createProcessField({ ...places, faces }, shelf);
  const alone = createProcessField({ ...places, faces });
  for (const field of [shelved, alone]) field.reset(all);
  expect(shelved.columns()).toEqual(alone.columns());
});
