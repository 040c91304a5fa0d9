import { suggestName } from "../../core/near-name.ts";
import { convertUnit } from "../../core/units.ts";
import { describeLimit, isWithin, type Limit, type Limits, type Parameters } from "../candidate.ts";
import type { Capability, SetPointDeclaration } from "../instrument.ts";
import { haveSameDimension, unitOfName, unitsOfName } from "./named-unit.ts";

/** A number that is told in another unit than it was asked for. */
export interface Conversion {
  readonly parameter: string;
  readonly value: number;
  readonly unit: string;
  readonly sentValue: number;
  readonly sentUnit: string;
}

export type Fitting =
  | {
      readonly kind: "fits";
      /** In the units that the instrument declares. */
      readonly parameters: Parameters;
      readonly conversions: readonly Conversion[];
    }
  /** One sentence: which set point, its value, the limit, the instrument. */
  | { readonly kind: "refused"; readonly reason: string };

/** Set points on their way to an instrument. */
export interface Order {
  readonly parameters: Parameters;
  /** Units that the recipe states for names that state none themselves. */
  readonly units?: Readonly<Record<string, string>> | undefined;
}

/** A text without a declared length is a word or a file's name, no program. */
const TEXT_CHARACTERS_MAX = 200;
/** Digits that survive a change of unit and back; more are the noise of binary fractions. */
const DIGITS = 12;

type Declared = Readonly<Record<string, SetPointDeclaration>>;

/**
 * Holds set points against what an instrument's birth declares: every name known, every required one there, the type
 * right, the units convertible, the limits and ramps kept. What fits comes back in the declared units. An instrument that
 * reads a command takes the numbers `asDeclared`: they have been converted before they were sent.
 */
export function fitSetPoints(
  order: Order,
  { parameters: declared, others }: Pick<Capability, "parameters" | "others">,
  whose: string,
  units: "converted" | "asDeclared" = "converted",
): Fitting {
  const refused = (text: string): Fitting => ({ kind: "refused", reason: `${whose} ${text}` });
  const names = Object.keys(declared);
  for (const name of names) {
    if (declared[name]?.required === true && !Object.hasOwn(order.parameters, name))
      return refused(`needs ${name}, which the recipe does not give`);
  }
  const parameters: Record<string, number | string> = {};
  const conversions: Conversion[] = [];
  for (const [name, value] of Object.entries(order.parameters)) {
    const declaration = Object.hasOwn(declared, name) ? declared[name] : others;
    if (declaration === undefined)
      return refused(`takes no set point ${name}: ${suggestName(name, names)}`);
    const told = tell(name, value, order.units?.[name], declaration, units);
    if (typeof told === "string") return refused(told);
    parameters[name] = told.value;
    if (told.conversion !== undefined) conversions.push(told.conversion);
  }
  const ramp = findRampViolation(parameters, declared);
  return ramp === undefined ? { kind: "fits", parameters, conversions } : refused(ramp);
}

/** One sentence about a conversion: `temperature_K = 472 K is sent as 198.85 Cel`. */
export function describeConversion(one: Conversion): string {
  return `${one.parameter} = ${one.value} ${one.unit} is sent as ${one.sentValue} ${one.sentUnit}`;
}

/** Rounds away the noise of a change of unit: 472 K is 198.85 Cel, not 198.85000000000002. */
export function convertNeatly(value: number, from: string, to: string): number | undefined {
  const converted = convertUnit(value, from, to);
  return converted === undefined || from === to ? converted : Number(converted.toPrecision(DIGITS));
}

/**
 * Why a limit forbids these set points; `undefined` where it does not. Limits whose unit differs from the set point's are
 * converted; `declared` gives the unit of names that state none.
 */
export function refusalByLimits(
  order: Order,
  limits: Limits,
  whose: string,
  declared: Declared = {},
): string | undefined {
  for (const [name, value] of Object.entries(order.parameters)) {
    if (typeof value === "number" && !Number.isFinite(value)) return `${name} has no value.`;
    const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
    if (limit === undefined) continue;
    const unit = declared[name]?.unit;
    const stated = unitOfName(name, unit ?? limit.unit);
    const own = stated ?? order.units?.[name] ?? unit;
    const theirs = limit.unit ?? stated ?? unit ?? own;
    const inLimit =
      typeof value === "number" && own !== undefined && theirs !== undefined
        ? convertNeatly(value, own, theirs)
        : value;
    if (inLimit === undefined)
      return `${whose} limits ${name} in ${theirs}, but its value is in ${own} (TL-3105).`;
    if (!isWithin(inLimit, limit)) return violationText({ whose, name, value, limit, unit: own });
  }
  return undefined;
}

function violationText(about: {
  readonly whose: string;
  readonly name: string;
  readonly value: number | string;
  readonly limit: Limit;
  readonly unit: string | undefined;
}): string {
  const { whose, name, value, limit } = about;
  const unit = about.unit === undefined || typeof value === "string" ? "" : ` ${about.unit}`;
  return `${whose} refuses ${name} = ${JSON.stringify(value)}${unit}: allowed is ${describeLimit(limit)} (TL-3104).`;
}

type Told =
  | { readonly value: number | string; readonly conversion?: Conversion | undefined }
  | string;

/** The value as the instrument reads it, or what is wrong with it. */
function tell(
  name: string,
  value: number | string,
  stated: string | undefined,
  declaration: SetPointDeclaration,
  units: "converted" | "asDeclared",
): Told {
  if (typeof value === "string") return tellText(name, value, declaration);
  const { type, unit, integer } = declaration;
  if (type === "text" || type === "choice") return `takes a text for ${name}, not ${value}`;
  if (!Number.isFinite(value)) return `needs a number for ${name}`;
  const own = units === "asDeclared" ? unit : (unitOfName(name, unit) ?? stated);
  const mismatch = unit === undefined ? undefined : unitMismatch(name, own, unit);
  if (mismatch !== undefined) return mismatch;
  const inTheirs =
    own === undefined || unit === undefined
      ? value
      : (convertNeatly(value, own, unit) ?? Number.NaN);
  if (integer === true && !Number.isInteger(inTheirs))
    return `takes whole numbers for ${name}, not ${inTheirs}`;
  if (!isWithin(inTheirs, declaration)) {
    const asked = inTheirs === value ? "" : ` (asked for: ${value} ${own})`;
    return `refuses ${name} = ${inTheirs}${unit === undefined ? "" : ` ${unit}`}${asked}: allowed is ${describeLimit(declaration)} (TL-3104)`;
  }
  if (own === undefined || unit === undefined || inTheirs === value) return { value: inTheirs };
  const conversion = { parameter: name, value, unit: own, sentValue: inTheirs, sentUnit: unit };
  return { value: inTheirs, conversion };
}

/** The declared unit is of another kind than the one that the name or the recipe states. */
function unitMismatch(name: string, own: string | undefined, declared: string): string | undefined {
  if (own === undefined || haveSameDimension(own, declared)) return undefined;
  const says = unitsOfName(name).length > 0 ? "the name says" : "the recipe says";
  return `declares ${name} in ${declared}, but ${says} ${own}: correct the one that is wrong (TL-3105)`;
}

function tellText(name: string, value: string, declaration: SetPointDeclaration): Told {
  const { type, choices = [], unit, min, max } = declaration;
  const characters_max = declaration.characters_max ?? TEXT_CHARACTERS_MAX;
  if (type === "choice")
    return choices.includes(value)
      ? { value }
      : `takes one of ${choices.join(", ")} for ${name}, not ${JSON.stringify(value)} (TL-3104)`;
  const isNumber =
    type === "number" ||
    (type === undefined && (min !== undefined || max !== undefined || (unit ?? "1") !== "1"));
  if (isNumber) return `takes a number for ${name}, not ${JSON.stringify(value)} (TL-3104)`;
  return value.length <= characters_max
    ? { value }
    : `takes at most ${characters_max} characters for ${name}, not ${value.length} (TL-3104)`;
}

/** A rate above the ramp that a set point is declared with. Both are in declared units by now. */
function findRampViolation(parameters: Parameters, declared: Declared): string | undefined {
  for (const [name, { ramp, unit }] of Object.entries(declared)) {
    if (ramp === undefined || unit === undefined) continue;
    for (const rate of ratesFor(ramp, parameters, declared)) {
      const value = parameters[rate];
      const rateUnit = declared[rate]?.unit ?? ramp.unit;
      if (typeof value !== "number") continue;
      const inRamp = convertNeatly(Math.abs(value), rateUnit, ramp.unit);
      if (inRamp === undefined || inRamp > ramp.max)
        return `refuses ${rate} = ${value} ${rateUnit}: ${name} may change by ${ramp.max} ${ramp.unit} at most (TL-3104)`;
    }
  }
  return undefined;
}

/** The set points that state how fast: the one named, else all whose unit is the ramp's. */
function ratesFor(
  ramp: NonNullable<SetPointDeclaration["ramp"]>,
  parameters: Parameters,
  declared: Declared,
): string[] {
  if (ramp.by !== undefined) return Object.hasOwn(parameters, ramp.by) ? [ramp.by] : [];
  return Object.keys(parameters).filter((name) =>
    haveSameDimension(declared[name]?.unit ?? "", ramp.unit),
  );
}
