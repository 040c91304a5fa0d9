import { expect, test } from "vitest";
import { createPrng, firstOfHash, hash32, hashAscii32 } from "../../src/core/prng.ts";

test("the first number of a stream is the same without the stream, to the bit", () => {
  for (let k = 0; k < 2000; k++) {
    const seed = `7/client-${k}/up/lab/default/topic/${"x".repeat(k % 50)}`;
    expect(firstOfHash(hash32(seed))).toBe(createPrng(seed).next());
  }
});

test("a seed's numbers are what they were", () => {
  const prng = createPrng("tieline");
  expect([prng.next(), prng.next(), prng.integer(1000), prng.derive("a").next()]).toEqual([
    0.25903260173443565, 0.07831737440768527, 144, 0.2888798199524629,
  ]);
});

test("bytes of ASCII have the hash of their text, also behind another text", () => {
  const text = `{"padding":"${"x".repeat(3000)}"}`;
  const bytes = new TextEncoder().encode(text);
  expect(hashAscii32(bytes)).toBe(hash32(text));
  expect(hashAscii32(bytes, hash32("seed/up/"))).toBe(hash32(`seed/up/${text}`));
});
