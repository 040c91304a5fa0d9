/**
 * Units as they cross the wire: UCUM codes (The Unified Code for Units of Measure, version 2.1, https://ucum.org/ucum),
 * case sensitive: `K`, `Cel`, `%/h`, `meV`, `J/(mol.K)`, `K/min`, `{muB}/{atom}`. The table holds the atoms that a materials
 * laboratory uses; prefixes, products, quotients, exponents and annotations follow UCUM's grammar. The mole is a
 * dimension of its own (SI), not a number as in UCUM, so that J/mol and J cannot be mixed up.
 */
export interface Unit {
  readonly code: string;
  /** Canonical product of SI base units, e.g. `kg.m2.s-2`; `1` for a pure number. */
  readonly dimension: string;
  /** Value in SI base units = value * scale + offset. */
  readonly scale: number;
  /** Not zero only for temperatures on a scale with its own zero (Cel, [degF]), which stand alone. */
  readonly offset: number;
}

const BASE = ["m", "kg", "s", "A", "K", "mol", "cd"] as const;
/** Exponents of {@link BASE}. */
type Exponents = readonly number[];

interface Quantity {
  readonly scale: number;
  readonly exponents: Exponents;
}

const NUMBER: Exponents = [0, 0, 0, 0, 0, 0, 0];
const LENGTH: Exponents = [1, 0, 0, 0, 0, 0, 0];
const MASS: Exponents = [0, 1, 0, 0, 0, 0, 0];
const TIME: Exponents = [0, 0, 1, 0, 0, 0, 0];
const TEMPERATURE: Exponents = [0, 0, 0, 0, 1, 0, 0];
const FORCE: Exponents = [1, 1, -2, 0, 0, 0, 0];
const PRESSURE: Exponents = [-1, 1, -2, 0, 0, 0, 0];
const ENERGY: Exponents = [2, 1, -2, 0, 0, 0, 0];
const FLUX_DENSITY: Exponents = [0, 1, -2, -1, 0, 0, 0];
const FLUX: Exponents = [2, 1, -2, -1, 0, 0, 0];

/** Atoms that take prefixes: factor to SI base units, exponents. Constants: CODATA 2018. */
const METRIC: ReadonlyMap<string, Quantity> = table([
  ["m", 1, LENGTH],
  ["g", 1e-3, MASS],
  ["t", 1e3, MASS],
  ["u", 1.6605390666e-27, MASS],
  ["s", 1, TIME],
  ["A", 1, [0, 0, 0, 1, 0, 0, 0]],
  ["K", 1, TEMPERATURE],
  ["mol", 1, [0, 0, 0, 0, 0, 1, 0]],
  ["cd", 1, [0, 0, 0, 0, 0, 0, 1]],
  ["rad", 1, NUMBER],
  ["sr", 1, NUMBER],
  ["Hz", 1, [0, 0, -1, 0, 0, 0, 0]],
  ["Bq", 1, [0, 0, -1, 0, 0, 0, 0]],
  ["N", 1, FORCE],
  ["dyn", 1e-5, FORCE],
  ["Pa", 1, PRESSURE],
  ["bar", 1e5, PRESSURE],
  ["m[Hg]", 133322, PRESSURE],
  ["J", 1, ENERGY],
  ["erg", 1e-7, ENERGY],
  ["cal", 4.184, ENERGY],
  ["eV", 1.602176634e-19, ENERGY],
  ["W", 1, [2, 1, -3, 0, 0, 0, 0]],
  ["C", 1, [0, 0, 1, 1, 0, 0, 0]],
  ["V", 1, [2, 1, -3, -1, 0, 0, 0]],
  ["F", 1, [-2, -1, 4, 2, 0, 0, 0]],
  ["Ohm", 1, [2, 1, -3, -2, 0, 0, 0]],
  ["S", 1, [-2, -1, 3, 2, 0, 0, 0]],
  ["Wb", 1, FLUX],
  ["Mx", 1e-8, FLUX],
  ["T", 1, FLUX_DENSITY],
  ["G", 1e-4, FLUX_DENSITY],
  ["Oe", 1000 / (4 * Math.PI), [-1, 0, 0, 1, 0, 0, 0]],
  ["H", 1, [2, 1, -2, -2, 0, 0, 0]],
  ["lm", 1, [0, 0, 0, 0, 0, 0, 1]],
  ["lx", 1, [-2, 0, 0, 0, 0, 0, 1]],
  ["Gy", 1, [2, 0, -2, 0, 0, 0, 0]],
  ["Sv", 1, [2, 0, -2, 0, 0, 0, 0]],
  ["kat", 1, [0, 0, -1, 0, 0, 1, 0]],
  ["L", 1e-3, [3, 0, 0, 0, 0, 0, 0]],
  ["l", 1e-3, [3, 0, 0, 0, 0, 0, 0]],
  ["P", 0.1, [-1, 1, -1, 0, 0, 0, 0]],
  ["St", 1e-4, [2, 0, -1, 0, 0, 0, 0]],
]);

/** Atoms that take none. */
const PLAIN: ReadonlyMap<string, Quantity> = table([
  ["%", 0.01, NUMBER],
  ["[ppth]", 1e-3, NUMBER],
  ["[ppm]", 1e-6, NUMBER],
  ["[ppb]", 1e-9, NUMBER],
  ["10*", 10, NUMBER],
  ["10^", 10, NUMBER],
  ["[pi]", Math.PI, NUMBER],
  ["deg", Math.PI / 180, NUMBER],
  ["min", 60, TIME],
  ["h", 3600, TIME],
  ["d", 86_400, TIME],
  ["wk", 604_800, TIME],
  ["mo", 2_629_800, TIME],
  ["a", 31_557_600, TIME],
  ["Ao", 1e-10, LENGTH],
  ["[in_i]", 0.0254, LENGTH],
  ["b", 1e-28, [2, 0, 0, 0, 0, 0, 0]],
  ["atm", 101_325, PRESSURE],
  ["[psi]", 6894.757293168362, PRESSURE],
]);

/** Temperatures on a scale with its own zero: factor and zero in kelvin. They stand alone, without prefix or exponent. */
const AFFINE: ReadonlyMap<string, { readonly scale: number; readonly offset: number }> = new Map([
  ["Cel", { scale: 1, offset: 273.15 }],
  ["[degF]", { scale: 5 / 9, offset: (459.67 * 5) / 9 }],
]);

const PREFIXES: ReadonlyMap<string, number> = new Map([
  ["da", 10],
  ...["Y", "Z", "E", "P", "T", "G", "M", "k"].map((p, i) => [p, 10 ** (24 - 3 * i)] as const),
  ["h", 100],
  ["d", 0.1],
  ["c", 0.01],
  ...["m", "u", "n", "p", "f", "a", "z", "y"].map((p, i) => [p, 10 ** (-3 - 3 * i)] as const),
]);

/** Longest code that is read: longer text is no unit anybody declared. */
const CODE_CHARACTERS_MAX = 64;
const EXPONENT_MAX = 12;
const CACHE_MAX = 1000;
const cache = new Map<string, Unit>();

/**
 * Reads a UCUM code.
 * @returns the unit, or `undefined` where the code is not UCUM or names an atom that the table lacks.
 */
export function parseUnit(code: string): Unit | undefined {
  const known = cache.get(code);
  if (known !== undefined) return known;
  const unit = readUnit(code);
  if (unit !== undefined && cache.size < CACHE_MAX) cache.set(code, unit);
  return unit;
}

/** Expresses a value in another unit of the same dimension; `undefined` where a unit is unknown or the dimensions differ. */
export function convertUnit(value: number, from: string, to: string): number | undefined {
  const source = parseUnit(from);
  const target = parseUnit(to);
  if (source === undefined || target === undefined) return undefined;
  if (source.dimension !== target.dimension) return undefined;
  if (from === to) return value;
  return (value * source.scale + source.offset - target.offset) / target.scale;
}

function readUnit(code: string): Unit | undefined {
  if (code.length === 0 || code.length > CODE_CHARACTERS_MAX) return undefined;
  const affine = AFFINE.get(code);
  if (affine !== undefined) return { code, dimension: "K", ...affine };
  const reader = new ExpressionReader(code);
  const quantity = reader.term();
  if (quantity === undefined || !reader.atEnd()) return undefined;
  if (!(quantity.scale > 0 && Number.isFinite(quantity.scale))) return undefined;
  return { code, dimension: nameOf(quantity.exponents), scale: quantity.scale, offset: 0 };
}

/** Recursive descent over UCUM's grammar: term = ["/"] component { ("." | "/") component }. */
class ExpressionReader {
  private position = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  atEnd(): boolean {
    return this.position === this.text.length;
  }

  term(): Quantity | undefined {
    let product: Quantity | undefined = { scale: 1, exponents: NUMBER };
    let sign: 1 | -1 = this.take("/") ? -1 : 1;
    for (;;) {
      const factor = this.component();
      if (factor === undefined) return undefined;
      product = multiply(product, factor, sign);
      if (this.take(".")) sign = 1;
      else if (this.take("/")) sign = -1;
      else return product;
    }
  }

  private component(): Quantity | undefined {
    if (this.take("(")) {
      const inner = this.term();
      return inner !== undefined && this.take(")") ? inner : undefined;
    }
    const rest = this.text.slice(this.position);
    const annotation = /^\{[!-z|~]*\}/.exec(rest);
    if (annotation !== null) return this.advance(annotation[0], { scale: 1, exponents: NUMBER });
    const match = /^((?:10[*^])|(?:[A-Za-z%]|\[[A-Za-z_]+\])+)([+-]?\d+)?(\{[!-z|~]*\})?/.exec(
      rest,
    );
    if (match === null) {
      const integer = /^[1-9]\d*/.exec(rest);
      return integer === null
        ? undefined
        : this.advance(integer[0], { scale: Number(integer[0]), exponents: NUMBER });
    }
    const atom = readAtom(match[1] ?? "");
    const exponent = match[2] === undefined ? 1 : Number(match[2]);
    if (atom === undefined || Math.abs(exponent) > EXPONENT_MAX) return undefined;
    return this.advance(match[0], multiply({ scale: 1, exponents: NUMBER }, atom, exponent));
  }

  private take(character: string): boolean {
    if (this.text[this.position] !== character) return false;
    this.position++;
    return true;
  }

  private advance(taken: string, quantity: Quantity): Quantity {
    this.position += taken.length;
    return quantity;
  }
}

/** A whole atom wins over prefix + atom: `min` is the minute, `cd` the candela, `Pa` the pascal. */
function readAtom(text: string): Quantity | undefined {
  const whole = METRIC.get(text) ?? PLAIN.get(text);
  if (whole !== undefined) return whole;
  for (const length of [1, 2]) {
    const prefix = PREFIXES.get(text.slice(0, length));
    const atom = METRIC.get(text.slice(length));
    if (prefix !== undefined && atom !== undefined) {
      return { scale: prefix * atom.scale, exponents: atom.exponents };
    }
  }
  return undefined;
}

function multiply(left: Quantity, right: Quantity, power: number): Quantity {
  return {
    scale: left.scale * right.scale ** power,
    exponents: left.exponents.map((exponent, k) => exponent + power * (right.exponents[k] ?? 0)),
  };
}

function nameOf(exponents: Exponents): string {
  const factors = BASE.flatMap((base, k) => {
    const exponent = exponents[k] ?? 0;
    return exponent === 0 ? [] : [exponent === 1 ? base : `${base}${exponent}`];
  });
  return factors.length === 0 ? "1" : factors.join(".");
}

function table(
  rows: readonly (readonly [string, number, Exponents])[],
): ReadonlyMap<string, Quantity> {
  return new Map(rows.map(([code, scale, exponents]) => [code, { scale, exponents }]));
}
