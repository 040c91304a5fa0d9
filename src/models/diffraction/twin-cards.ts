import type { ReferenceCard } from "./reference-card.ts";

const CELL = 0.001;
const SHIFT_MAX = 40;
const BLUR = 3;
const ALIKE = 0.72;
const POWER = 0.25;

/**
 * Cards of one phase (a textbook's cell and a computed one): the same composition, and lines that agree at some
 * isotropic strain. Returns for each card the number of the first card of its kind. A library with twins names one.
 */
export function twinGroups(cards: readonly ReferenceCard[]): number[] {
  const spectra = new Map<number, Float64Array>();
  const spectrum = (k: number): Float64Array => {
    const known = spectra.get(k) ?? blurred(cards[k]!);
    spectra.set(k, known);
    return known;
  };
  const first = cards.map((_, k) => k);
  cards.forEach((card, k) => {
    if (card.composition === undefined) return;
    for (let j = 0; j < k; j++) {
      if (first[j] !== j || cards[j]!.composition !== card.composition) continue;
      if (likeness(spectrum(j), spectrum(k)) > ALIKE) {
        first[k] = j;
        return;
      }
    }
  });
  return first;
}

/** Fourth roots of the intensities along ln d: that two cards have lines at the same places says more than how strong. */
function blurred(card: ReferenceCard): Float64Array {
  const out = new Float64Array(2600);
  card.lnD.forEach((lnD, l) => {
    const at = Math.round(lnD / CELL) + 150;
    for (let i = at - 2 * BLUR; i <= at + 2 * BLUR; i++) {
      if (i < 0 || i >= out.length) continue;
      out[i] = out[i]! + card.intensity[l]! * Math.exp(-(((i - at) / BLUR) ** 2));
    }
  });
  return out.map((v) => v ** POWER);
}

/** Largest cosine between two spectra over shifts. */
function likeness(p: Float64Array, q: Float64Array): number {
  let best = 0;
  const norm = Math.sqrt(product(p, p, 0) * product(q, q, 0));
  for (let shift = -SHIFT_MAX; shift <= SHIFT_MAX; shift++) {
    best = Math.max(best, product(p, q, shift) / norm);
  }
  return best;
}

function product(p: Float64Array, q: Float64Array, shift: number): number {
  let sum = 0;
  const from = Math.max(0, -shift);
  const to = Math.min(p.length, p.length - shift);
  for (let i = from; i < to; i++) sum += p[i]! * q[i + shift]!;
  return sum;
}
