import { expect, test } from "vitest";
import { createPrng } from "../../src/core/prng.ts";
import { isWithin, type Limit } from "../../src/domain/candidate.ts";
import type { InstrumentPolicy, KnownBirth } from "../../src/domain/limits/known-laboratory.ts";
import { changePolicies } from "../../src/domain/limits/policy-changes.ts";
import { areHoursWithin, isOpen } from "../../src/domain/opening-hours.ts";

const prng = createPrng("policy-changes");
const one = <Value>(of: readonly Value[]): Value =>
  of[Math.floor(prng.next() * of.length)] as Value;
const maybe = (value: number): number | undefined => (prng.next() < 0.3 ? undefined : value);

const BIRTH: KnownBirth = {
  capabilities: [
    {
      ...{ name: "bake", parameters: { t: {}, gas: {} }, results: [], repeatable: true },
      expectedDuration_s: 1,
    },
  ],
};
const births = new Map([["f", BIRTH]]);

function drawLimit(): Limit {
  if (prng.next() < 0.2) return { oneOf: one([["a"], ["a", "b"], ["b", "c"]]) };
  return { min: maybe(Math.floor(prng.next() * 5)), max: maybe(5 + Math.floor(prng.next() * 5)) };
}

function drawPolicy(): InstrumentPolicy {
  const names = ["t", "gas"].filter(() => prng.next() < 0.7);
  return {
    limits: Object.fromEntries(names.map((name) => [name, drawLimit()])),
    hours: one([undefined, "08-18", "09-17", "mon-fri 08-18", "22-06", "sat,sun 10-12"]),
  };
}

const VALUES: readonly (number | string)[] = [-1, 0, 2, 4.5, 5, 7, 9, 11, "a", "b", "c", "d"];

test("an edited file alone allows nothing that was forbidden, and forbids at once what it forbids", () => {
  for (let k = 0; k < 600; k++) {
    const [now, wanted] = [drawPolicy(), drawPolicy()];
    const { atOnce, wider } = changePolicies({ f: now }, { f: wanted }, births);
    const held = atOnce["f"];
    let isWider = false;
    for (const name of ["t", "gas"]) {
      for (const value of VALUES) {
        const allows = (policy: InstrumentPolicy | undefined): boolean =>
          isWithin(value, policy?.limits[name] ?? {});
        isWider ||= allows(wanted) && !allows(now);
        if (allows(held)) expect([k, name, value, allows(now)]).toEqual([k, name, value, true]);
        // Limits of different kinds are not put together: the one that holds, holds on.
        const { oneOf } = now.limits[name] ?? {};
        const isOfAKind = (oneOf === undefined) === (wanted.limits[name]?.oneOf === undefined);
        if (allows(held) && isOfAKind && oneOf === undefined && wanted.limits[name] !== undefined)
          expect([k, name, value, allows(wanted)]).toEqual([k, name, value, true]);
      }
    }
    if (isWider) expect(wider).not.toEqual([]);
  }
});

test("hours lie within others as the clock on the wall says", () => {
  const texts = [
    "08-18",
    "09-17",
    "mon-fri 08-18",
    "22-06",
    "sat,sun 10-12",
    "sun 22-06",
    "mon 00-24",
  ];
  const monday_ms = Date.UTC(2026, 10, 30);
  for (const inner of texts) {
    for (const outer of texts) {
      let isWithinAll = true;
      for (let minute = 0; minute < 7 * 24 * 60; minute += 30) {
        const at_ms = monday_ms + minute * 60_000;
        isWithinAll &&= !isOpen(inner, at_ms, "UTC") || isOpen(outer, at_ms, "UTC");
      }
      expect([inner, outer, areHoursWithin(inner, outer)]).toEqual([inner, outer, isWithinAll]);
    }
  }
});
