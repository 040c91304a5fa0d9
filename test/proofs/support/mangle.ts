import type { Prng } from "../../../src/core/prng.ts";

const DEEP = 200;

/** What a field may be instead of what it should be. */
const STRANGE: readonly ((prng: Prng) => unknown)[] = [
  () => null,
  () => true,
  () => "",
  () => "NaN",
  () => "x".repeat(10_000),
  () => "\u0000\ud800\u202e=cmd|'/c calc'!A1",
  () => "../../../etc/passwd",
  () => 1e308,
  () => -1e308,
  () => 5e-324,
  () => -0,
  () => 2 ** 53,
  () => -1,
  () => 0.5,
  (prng) => prng.integer(1_000_000),
  () => [],
  () => ({}),
  () => Array.from({ length: 1_000 }, (_, k) => k),
  () => Array.from({ length: DEEP }).reduce((inner: unknown) => [inner], 0),
  () => Array.from({ length: DEEP }).reduce((inner: unknown) => ({ a: inner }), 0),
  () => JSON.parse('{"__proto__":{"active":true},"constructor":{"prototype":1}}') as unknown,
  () => Object.fromEntries(Array.from({ length: 300 }, (_, k) => [`k${k}`, k])),
];

type Branch = Record<string, unknown> | unknown[];

/** Changes one place of a document: deletes, renames, repeats or replaces it. */
export function mangleStructure(document: Record<string, unknown>, prng: Prng): void {
  let branch: Branch = document;
  for (;;) {
    const keys = Object.keys(branch);
    if (keys.length === 0) return;
    const key = keys[prng.integer(keys.length)] as string;
    const value = (branch as Record<string, unknown>)[key];
    const isDeeper = typeof value === "object" && value !== null && prng.next() < 0.8;
    if (!isDeeper) {
      change(branch as Record<string, unknown>, key, prng);
      return;
    }
    branch = value as Branch;
  }
}

function change(branch: Record<string, unknown>, key: string, prng: Prng): void {
  const strange = (STRANGE[prng.integer(STRANGE.length)] as (prng: Prng) => unknown)(prng);
  switch (prng.integer(4)) {
    case 0:
      delete branch[key];
      return;
    case 1:
      branch[`${key}_`] = branch[key];
      return;
    case 2:
      branch[key] = [branch[key], branch[key]];
      return;
    default:
      branch[key] = strange;
  }
}

/** What is wrong before it is read: cut, bent, doubled, of another encoding, large. */
export function mangleBytes(bytes: Uint8Array, prng: Prng): Uint8Array {
  const place = prng.integer(Math.max(1, bytes.length));
  switch (prng.integer(6)) {
    case 0:
      return bytes.slice(0, place);
    case 1: {
      const bent = bytes.slice();
      bent[place] = (bent[place] ?? 0) ^ (1 << prng.integer(8));
      return bent;
    }
    case 2: {
      const text = new TextDecoder().decode(bytes);
      return new TextEncoder().encode(text.replace('"data":', '"data":{"active":false},"data":'));
    }
    case 3:
      return Uint8Array.from(bytes, (byte) => byte | 0x80);
    case 4:
      return new Uint8Array(60_000).fill(0x7b);
    default:
      return new Uint8Array(0);
  }
}
