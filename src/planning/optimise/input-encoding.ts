import { LabError } from "../../core/errors.ts";
import type { Parameters } from "../../domain/candidate.ts";

/** More values than this in one column of text are an identifier, not a category. */
const CATEGORIES_max = 100;

export interface NumericInput {
  readonly kind: "numeric";
  readonly name: string;
  /** In the user's unit. */
  readonly min: number;
  readonly max: number;
  /** True where the model sees the logarithm. */
  readonly isLog?: boolean | undefined;
}
interface CategoricalInput {
  readonly kind: "categorical";
  readonly name: string;
  readonly values: readonly string[];
}
/** One axis of the search as the model sees it. */
export type Input = NumericInput | CategoricalInput;

/** Turns parameters into the columns of the surrogate and back to names. */
export interface InputEncoding {
  /** Axes that vary, in order; the group number of a column is its axis' position here. */
  readonly inputs: readonly Input[];
  /** Axis of each column. */
  readonly groups: Int32Array;
  /** Axes with one value: of no use to a model, reported. */
  readonly constant: readonly string[];
  /** Columns of one point, numbers on the unit range; `undefined` where a value is missing or not finite. */
  encode(parameters: Parameters): Float64Array | undefined;
}

/** Axis descriptions from listed rows: a column with any text is categorical. Throws TL-6003 for logarithms that do not exist. */
export function describeInputs(
  rows: readonly Parameters[],
  names: readonly string[],
  logNames: readonly string[] = [],
): Input[] {
  const described = describeColumns(rows, names);
  return described.map((input) => asLog(input, logNames));
}

/** The axis with its logarithm seen by the model, where asked for. Throws TL-6003 for text and for values that are not positive. */
export function asLog(input: Input, logNames: readonly string[]): Input {
  if (!logNames.includes(input.name)) return input;
  if (input.kind === "categorical" || !(input.min > 0))
    throw new LabError("TL-6003", `${input.name} has no logarithm: it needs positive numbers only`);
  return { ...input, isLog: true };
}

function describeColumns(rows: readonly Parameters[], names: readonly string[]): Input[] {
  return names.map((name) => {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    const texts = new Set<string>();
    let isText = false;
    for (const row of rows) {
      const value = row[name];
      if (value === undefined) continue;
      if (typeof value === "string") isText = true;
      if (texts.size <= CATEGORIES_max) texts.add(String(value));
      if (typeof value === "number" && Number.isFinite(value)) {
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
    }
    if (!isText) return { kind: "numeric", name, min, max };
    if (texts.size > CATEGORIES_max)
      throw new LabError(
        "TL-6003",
        `Column ${name} has text in it and more than ${CATEGORIES_max} different values`,
        {
          hint: "Leave it out of the inputs, or make it numeric.",
        },
      );
    return { kind: "categorical", name, values: [...texts].sort() };
  });
}

/**
 * Numbers are mapped to the unit range of the pool; a category becomes one column a value with 1/sqrt(2), so that two different
 * categories lie at distance 1 in units of the axis' width.
 */
export function createInputEncoding(described: readonly Input[]): InputEncoding {
  const varies = (input: Input): boolean =>
    input.kind === "numeric" ? input.max > input.min : input.values.length > 1;
  const inputs = described.filter(varies);
  const groups = Int32Array.from(
    inputs.flatMap((input, g) => (input.kind === "numeric" ? [g] : input.values.map(() => g))),
  );
  const offsets: number[] = [];
  inputs.reduce((at, input, g) => {
    offsets[g] = at;
    return at + (input.kind === "numeric" ? 1 : input.values.length);
  }, 0);
  const encode = (parameters: Parameters): Float64Array | undefined => {
    const out = new Float64Array(groups.length);
    for (const [g, input] of inputs.entries()) {
      const value = parameters[input.name];
      const at = offsets[g] ?? 0;
      if (input.kind === "numeric") {
        if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
        if (input.isLog === true && !(value > 0)) return undefined;
        out[at] = toUnit(input, value);
      } else {
        const k = input.values.indexOf(String(value));
        if (k < 0) return undefined;
        out[at + k] = Math.SQRT1_2;
      }
    }
    return out;
  };
  return {
    inputs,
    groups,
    constant: described.filter((input) => !varies(input)).map((input) => input.name),
    encode,
  };
}

/** (value - min) / (max - min), of logarithms where asked; without overflow for ranges near the largest numbers. */
export function toUnit({ min, max, isLog }: NumericInput, value: number): number {
  if (isLog === true) return Math.log(value / min) / Math.log(max / min);
  const half = max / 2 - min / 2;
  return (value / 2 - min / 2) / half;
}

/** The value at a place of the unit range, kept within the limits. */
export function fromUnit({ min, max, isLog }: NumericInput, unit: number): number {
  const value = isLog === true ? min * (max / min) ** unit : min + unit * (max - min);
  return Math.min(max, Math.max(min, value));
}
