import { misuse } from "../../../core/errors.ts";
import { checkFields, checkTemperatures } from "../forward/cluster-spec.ts";
import type { MeasuringPoint } from "../forward/curve-predictor.ts";
import type { Quantity } from "../forward/observables.ts";
import {
  type JsonObject,
  readArray,
  readChoice,
  readNumbers,
  readObject,
  wrongField,
} from "../forward/spec-reader.ts";

/** Values of one quantity along temperature or field. */
export interface MeasuredCurve {
  readonly quantity: Quantity;
  readonly points: readonly MeasuringPoint[];
  readonly values: Float64Array;
  /** Standard error of each value; absent: estimated from the data. */
  readonly sigmas?: Float64Array;
}

const QUANTITIES: readonly Quantity[] = ["magnetisation", "susceptibility", "specificHeat"];

/** No curve is known better than calculations are; smaller errors would overflow chi^2. */
const SIGMA_MIN = 1e-12;

/** Where a curve of each quantity may carry its values. */
const VALUE_FIELDS: Record<Quantity, readonly string[]> = {
  magnetisation: ["m", "m_per_spin", "values"],
  susceptibility: ["chi", "values"],
  specificHeat: ["C", "values"],
};

/** Reads the measured curves and refuses values that cannot be in the stated units. */
export function readCurves(value: unknown, siteSpins: readonly number[]): MeasuredCurve[] {
  return readArray(value, "curves").map((entry, k) =>
    readCurve(readObject(entry, `curves[${k}]`), `curves[${k}]`, siteSpins),
  );
}

export function readCurve(
  object: JsonObject,
  path: string,
  siteSpins: readonly number[],
): MeasuredCurve {
  const quantity = readQuantity(object, path);
  const field = VALUE_FIELDS[quantity].find((name) => object[name] !== undefined);
  if (field === undefined)
    throw wrongField(
      path,
      `a curve with ${VALUE_FIELDS[quantity].join(" or ")}`,
      Object.keys(object),
    );
  const values = Float64Array.from(readNumbers(object[field], `${path}.${field}`));
  const count = values.length;
  const temperatures = spread(readNumbers(object["T"], `${path}.T`), count, `${path}.T`);
  const fields = spread(readNumbers(object["H"] ?? 0, `${path}.H`), count, `${path}.H`);
  checkTemperatures(temperatures, `${path}.T`);
  checkFields(fields, `${path}.H`);
  refuseWrongUnits(quantity, values, siteSpins, `${path}.${field}`);
  const points = temperatures.map((temperature_K, k) => ({
    quantity,
    temperature_K,
    field_T: fields[k] ?? 0,
  }));
  const base = { quantity, points, values };
  if (object["sigma"] === undefined) return base;
  const sigmas = spread(readNumbers(object["sigma"], `${path}.sigma`), count, `${path}.sigma`);
  const bad = sigmas.find((sigma) => !(sigma >= SIGMA_MIN));
  if (bad !== undefined) throw wrongField(`${path}.sigma`, `positive (at least ${SIGMA_MIN})`, bad);
  return { ...base, sigmas: Float64Array.from(sigmas) };
}

function readQuantity(object: JsonObject, path: string): Quantity {
  if (object["quantity"] !== undefined)
    return readChoice(object["quantity"], `${path}.quantity`, QUANTITIES);
  if (object["chi"] !== undefined) return "susceptibility";
  if (object["C"] !== undefined) return "specificHeat";
  return "magnetisation";
}

/** One value for all points, or one each. */
function spread(values: readonly number[], count: number, path: string): number[] {
  if (values.length === count) return [...values];
  const [only] = values;
  if (values.length === 1 && only !== undefined) return new Array<number>(count).fill(only);
  throw wrongField(path, `one number or ${count} numbers (one for each value)`, values.length);
}

function refuseWrongUnits(
  quantity: Quantity,
  values: Float64Array,
  siteSpins: readonly number[],
  path: string,
): void {
  const spin = siteSpins.reduce((sum, s) => sum + s, 0) / siteSpins.length;
  const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  // noise may lift a saturated value a little
  if (quantity === "magnetisation" && largest > 1.3 * spin)
    throw misuse(
      "TL-8006",
      `${path} reaches ${largest}, but <Sz> per spin cannot exceed ${spin}`,
      "Divide a moment in mu_B per spin by g, and a moment per cluster by the number of spins.",
    );
  const entropy = Math.log(2 * Math.max(...siteSpins) + 1);
  if (quantity === "specificHeat" && largest > 20 * entropy)
    throw misuse(
      "TL-8006",
      `${path} reaches ${largest} kB per spin`,
      "Divide J/(mol K) by 8.314 and by the number of spins of a formula unit.",
    );
  if (quantity === "susceptibility" && largest > 10)
    throw misuse(
      "TL-8006",
      `${path} reaches ${largest} meV/T^2 per spin`,
      "Give d(g mu_B <Sz>)/dH per spin in meV/T^2 (0.0579 meV/T is one mu_B).",
    );
}
