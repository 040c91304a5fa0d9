import { expect, test } from "vitest";
import { fromPlain, isSameData, toPlain } from "../../src/core/plain.ts";
import { fc } from "../support/properties.ts";

const through = (value: unknown): unknown => fromPlain(JSON.parse(JSON.stringify(toPlain(value))));

test("maps, sets and odd numbers come through as what they are", () => {
  const leaf = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null));
  const set = fc.array(leaf).map((items) => new Set(items));
  const map = fc.array(fc.tuple(fc.string(), leaf)).map((pairs) => new Map(pairs));
  fc.assert(
    fc.property(fc.record({ set, map, list: fc.array(leaf) }), (value) => {
      // JSON knows no -0.
      const zeros = (one: unknown): unknown => (Object.is(one, -0) ? 0 : one);
      expect(through(value)).toEqual({
        set: new Set([...value.set].map(zeros)),
        map: new Map([...value.map].map(([key, one]) => [key, zeros(one)])),
        list: value.list.map(zeros),
      });
    }),
    { numRuns: 200 },
  );
});

test("what has methods is no data, and is not lost in silence", () => {
  expect(() => toPlain({ ring: { items: [1], push: () => undefined } })).toThrow("is no data");
});

test("what is the same data is written as the same text, and a copy is the same data", () => {
  const data = fc.jsonValue({ maxDepth: 3 });
  fc.assert(
    fc.property(data, data, (a, b) => {
      expect(isSameData(a, structuredClone(a))).toBe(true);
      if (isSameData(a, b)) expect(JSON.stringify(a)).toBe(JSON.stringify(b));
    }),
  );
  const [one, other] = [
    { n: 1, points: [{ id: "a", job: "" }] },
    { n: 1, points: [{ id: "a", job: "j" }] },
  ];
  expect(isSameData(one, other)).toBe(false);
  expect(isSameData([], {})).toBe(false);
  expect(isSameData({ a: undefined }, { b: undefined })).toBe(false);
  expect(isSameData([1, 2], [1])).toBe(false);
});
