/**
 * A seeded stream of random numbers: xoshiro128** (D. Blackman, S. Vigna, ACM Trans. Math. Softw. 47, 36 (2021)),
 * seeded through splitmix32 from a hash of text. Period 2^128 - 1. Not for cryptography.
 */
export interface Prng {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** Uniform integer in 0..n-1, n >= 1. */
  integer(n: number): number;
  /** Standard normal, mean 0 and standard deviation 1 (polar method). */
  normal(): number;
  /** An independent stream, named by `label`; the parent stream does not move. */
  derive(label: string): Prng;
}

/** Makes the stream that belongs to `seed`: the same seed always gives the same numbers. */
export function createPrng(seed: string | number): Prng {
  return fromText(String(seed));
}

/** Uniformly shuffled copy (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], prng: Prng): T[] {
  const out = items.slice();
  for (let i = out.length - 1; i > 0; i--) {
    const j = prng.integer(i + 1);
    const kept = out[i] as T;
    out[i] = out[j] as T;
    out[j] = kept;
  }
  return out;
}

/** FNV-1a's hash of no text, and its factor. */
const NO_TEXT = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * 32-bit FNV-1a hash of the text's UTF-16 code units: for seeds and tie-breaks, not for security. `before`: the hash of what
 * stands before it, so that hash32(b, hash32(a)) = hash32(a + b).
 */
export function hash32(text: string, before = NO_TEXT): number {
  let h = before;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), FNV_PRIME);
  }
  return h >>> 0;
}

/** `hash32` of a text of ASCII, from its bytes: a third of the time where the text is long. */
export function hashAscii32(bytes: Uint8Array, before = NO_TEXT): number {
  let h = before;
  for (let i = 0; i < bytes.length; i++) h = Math.imul(h ^ (bytes[i] as number), FNV_PRIME);
  return h >>> 0;
}

/** Step of splitmix32's counter. */
const MIX_STEP = 0x9e3779b9;

/** The n-th number of splitmix32 from that hash. */
function splitmix(hash: number, n: number): number {
  let z = (hash + Math.imul(n, MIX_STEP)) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

/** `createPrng(seed).next()` without the stream, from hash32(seed): for one number a message. */
export function firstOfHash(hash: number): number {
  const a = splitmix(hash, 1);
  const b = splitmix(hash, 2);
  const second = b ^ splitmix(hash, 3) ^ a; // b after one step of the stream
  return ((scramble(b) >>> 5) * 67108864 + (scramble(second) >>> 6)) / 9007199254740992;
}

/** What xoshiro128** makes of its second word. */
function scramble(b: number): number {
  const b5 = Math.imul(b, 5);
  return Math.imul((b5 << 7) | (b5 >>> 25), 9) >>> 0;
}

function fromText(text: string): Prng {
  const hash = hash32(text);
  let a = splitmix(hash, 1);
  let b = splitmix(hash, 2);
  let c = splitmix(hash, 3);
  let d = splitmix(hash, 4) | 1; // never the all-zero state
  let spare = Number.NaN;

  const next32 = (): number => {
    const result = scramble(b);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  const next = (): number => ((next32() >>> 5) * 67108864 + (next32() >>> 6)) / 9007199254740992;

  return {
    next,
    integer: (n) => Math.floor(next() * n),
    normal: () => {
      if (!Number.isNaN(spare)) {
        const kept = spare;
        spare = Number.NaN;
        return kept;
      }
      for (;;) {
        const u = 2 * next() - 1;
        const v = 2 * next() - 1;
        const s = u * u + v * v;
        if (s >= 1 || s === 0) continue;
        const f = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * f;
        return u * f;
      }
    },
    derive: (label) => fromText(`${text}/${label}`),
  };
}
