import type { Prng } from "../../../src/core/prng.ts";

/** One generated file: its name says the seed and the format. */
export interface GeneratedFile {
  readonly name: string;
  readonly content: string | Buffer;
  /** What an independent reader must be told that the file does not say. */
  readonly peer: Readonly<Record<string, string | number | boolean>>;
  /** The peculiarities that it has, for a report. */
  readonly marks: readonly string[];
}

/** Draws peculiarities and remembers them. */
export class Drawer {
  readonly marks: string[] = [];
  readonly prng: Prng;

  constructor(prng: Prng) {
    this.prng = prng;
  }

  /** True with this chance; then the mark is remembered. */
  has(mark: string, chance: number): boolean {
    const is = this.prng.next() < chance;
    if (is) this.marks.push(mark);
    return is;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.prng.integer(values.length)]!;
  }

  /** One of several spellings, remembered by its name. */
  spell<T>(spellings: Readonly<Record<string, T>>): T {
    const name = this.pick(Object.keys(spellings));
    if (name !== "usual") this.marks.push(name);
    return spellings[name]!;
  }

  shuffle<T>(values: readonly T[]): T[] {
    const out = [...values];
    for (let k = out.length - 1; k > 0; k--) {
      const j = this.prng.integer(k + 1);
      [out[k], out[j]] = [out[j]!, out[k]!];
    }
    return out;
  }
}

/** A number as programs write it: fixed, with exponents, signs, without a leading or trailing digit. */
export function spellNumber(draw: Drawer, value: number, style: string): string {
  switch (style) {
    case "exponent":
      return value.toExponential(8);
    case "capital-exponent":
      return value.toExponential(6).toUpperCase();
    case "signed":
      return value < 0 ? value.toFixed(6) : `+${value.toFixed(6)}`;
    case "bare-point":
      return value.toFixed(4).replace(/^(-?)0\./, "$1.");
    case "no-decimals":
      return `${Math.round(value)}${draw.prng.next() < 0.5 ? "." : ""}`;
    default:
      return value.toFixed(style === "short" ? 3 : 8);
  }
}

export const NUMBER_STYLES = {
  usual: "usual",
  short: "short",
  exponent: "exponent",
  "capital-exponent": "capital-exponent",
  signed: "signed",
  "bare-point": "bare-point",
} as const;

export const LINE_ENDS = { usual: "\n", "windows-line-ends": "\r\n" } as const;
