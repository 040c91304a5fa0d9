import { columnHead, unitInWords } from "../core/unit-words.ts";
import { nameAndUnit } from "./pictures/axis-title.ts";
import type { Results } from "./results.ts";

/** Units of what was measured (UCUM), by name. */
export type QuantityUnits = Readonly<Record<string, string>>;

/** The units that results state: a campaign's results have one for each quantity, and its configuration need not say it. */
export function unitsOfResults(results: Results): QuantityUnits {
  const units: Record<string, string> = {};
  for (const { results: said } of results)
    for (const one of said) if (one.kind === "objective") units[one.name] ??= one.unit;
  return units;
}

/** The title of a quantity's axis, `strength (MPa)`, in the unit that its name or a result states. */
export function quantityTitle(name: string, units: QuantityUnits): string {
  const unit = unitOf(name, units);
  return unit === "" ? name : `${name} (${unit})`;
}

/** `strength [MPa]`: the head of a quantity's column. */
export function quantityHead(name: string, units: QuantityUnits): string {
  return nameAndUnit(name).unit === undefined ? columnHead(name, units[name]) : name;
}

/** `temperature [K]`: the head of an axis' column, by the unit that its name states. */
export function axisHead(name: string): string {
  const { bare, unit } = nameAndUnit(name);
  return unit === undefined ? name : `${bare} [${unit}]`;
}

/** What stands behind a quantity's number: ` MPa`; nothing where the name states it, or nobody. */
export function unitBehind(name: string, units: QuantityUnits): string {
  const unit = unitOf(name, units);
  return unit === "" ? "" : ` ${unit}`;
}

function unitOf(name: string, units: QuantityUnits): string {
  const stated = Object.hasOwn(units, name) ? units[name] : undefined;
  return nameAndUnit(name).unit !== undefined || stated === undefined ? "" : unitInWords(stated);
}
