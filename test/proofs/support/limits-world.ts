import type { Prng } from "../../../src/core/prng.ts";
import { convertUnit } from "../../../src/core/units.ts";
import type { CampaignSpec } from "../../../src/domain/campaign.ts";
import type { Limit } from "../../../src/domain/candidate.ts";
import { asId } from "../../../src/domain/identifiers.ts";
import type { SetPointDeclaration } from "../../../src/domain/instrument.ts";
import type { InstrumentPolicy } from "../../../src/domain/limits/known-laboratory.ts";
import type { ParameterSource } from "../../../src/domain/recipe.ts";

/** What the author of a configuration meant, in kelvins and hours, however it was written. */
export interface Meant {
  readonly campaign_max_K: number;
  readonly instrument_max_K: number;
  /** Largest temperature times duration, K h. */
  readonly dose_max: number;
}

/** One laboratory with its slips: what was meant beside what was written. */
export interface World {
  readonly meant: Meant;
  readonly spec: CampaignSpec;
  readonly policies: Readonly<Record<string, InstrumentPolicy>>;
  /** Name of the temperature's set point in the recipe. */
  readonly setPoint: string;
  /** Unit of the numbers that the axis counts in; absent: the instrument's own. */
  readonly axisUnit: string | undefined;
  birth(): Declared;
}

export type Declared = Readonly<Record<string, SetPointDeclaration>>;

const ID = "furnace-1";
const TEMPERATURES = ["temperature_K", "temperature_Cel", "temperature_degC", "temperature"];
const UNITS = ["K", "Cel", "[degF]", "mK"];
/** Units of another kind: nothing may be sent in them. */
const WRONG_UNITS = ["mV", "h", "1", "Pa"];
const ROUND = 1000;

/** Share of the names that are slips: about half of all laboratories have one. */
const SLIPS = 0.1;

/** Draws a laboratory with its slips. */
export function drawWorld(prng: Prng): World {
  const pick = <T>(all: readonly T[]): T => all[prng.integer(all.length)] as T;
  const often = (share: number): boolean => prng.next() < share;
  const meant = {
    campaign_max_K: 500 + prng.integer(600),
    instrument_max_K: 500 + prng.integer(600),
    dose_max: 500 + prng.integer(5000),
  };
  const setPoint = pick(TEMPERATURES);
  const named = unitOf(setPoint);
  const axisUnit = named ?? (often(0.5) ? pick(UNITS) : undefined);
  const slip = (name: string): string => (often(SLIPS) ? misspell(name, prng) : name);
  const limitIn = (max_K: number): Limit => {
    const unit = named === undefined || often(0.5) ? pick(UNITS) : named;
    return { max: fromKelvin(max_K, unit), unit };
  };
  const source: ParameterSource = {
    axis: "T_axis",
    ...(axisUnit === undefined ? {} : { unit: axisUnit }),
  };
  // A dose in the recipe's own numbers: only told where those are kelvins.
  const conditions =
    named === "K"
      ? [{ always: `${slip(setPoint)} * ${slip("duration_h")} <= ${meant.dose_max}` }]
      : undefined;
  return {
    meant: {
      ...meant,
      dose_max: conditions === undefined ? Number.POSITIVE_INFINITY : meant.dose_max,
    },
    setPoint,
    axisUnit,
    policies: {
      [slip(ID)]: { limits: { [slip(setPoint)]: limitIn(meant.instrument_max_K) } },
    },
    spec: specOf({ [slip(setPoint)]: limitIn(meant.campaign_max_K) }, conditions, {
      [slip(setPoint)]: source,
      duration_h: often(0.97) ? { axis: "t_axis", unit: "h" } : "long",
      ...(often(0.03) ? { colour: "red" } : {}),
    }),
    birth: () => {
      const unit = often(0.95) ? pick(UNITS) : pick(WRONG_UNITS);
      const max_K = 400 + prng.integer(1000);
      const max = convertUnit(max_K, "K", unit);
      const type = often(0.5) ? { type: "number" as const } : {};
      return {
        [slip(setPoint)]: {
          unit,
          ...type,
          ...(max === undefined ? {} : { max: round(max) }),
          required: often(0.5),
        },
        duration_h: { unit: often(0.8) ? "h" : "s" },
      };
    },
  };
}

/** The unit that the name states, by the proof's own table. */
export function unitOf(name: string): string | undefined {
  if (name.endsWith("_K")) return "K";
  return name.endsWith("_Cel") || name.endsWith("_degC") ? "Cel" : undefined;
}

function fromKelvin(value_K: number, unit: string): number {
  return round(convertUnit(value_K, "K", unit) ?? Number.NaN);
}

function round(value: number): number {
  return Math.round(value * ROUND) / ROUND;
}

/** A slip of the finger: a letter lost, doubled, swapped or changed, another case, another separator, a leading zero. */
function misspell(name: string, prng: Prng): string {
  const at = 1 + prng.integer(name.length - 2);
  const slips = [
    name.slice(0, at) + name.slice(at + 1),
    name.slice(0, at) + name[at] + name.slice(at),
    name.slice(0, at) + (name[at + 1] ?? "") + (name[at] ?? "") + name.slice(at + 2),
    `${name.slice(0, at)}q${name.slice(at + 1)}`,
    name.toUpperCase(),
    name.replace(/[-_]/, ""),
    name.replace(/-(\d)/, "-0$1"),
    `${name}elvin`,
  ].filter((one) => one !== name);
  return slips[prng.integer(slips.length)] ?? `${name}x`;
}

function specOf(
  limits: CampaignSpec["limits"],
  conditions: CampaignSpec["conditions"],
  parameters: Record<string, ParameterSource>,
): CampaignSpec {
  return {
    campaignId: asId("c1"),
    title: "proof",
    seed: "1",
    budget: 1_000_000,
    inFlight: 1000,
    waitForWholeBatch: false,
    approval: "automatic",
    space: {
      kind: "box",
      axes: [
        { name: "T_axis", min: 0, max: 1e6 },
        { name: "t_axis", min: 0, max: 100 },
      ],
    },
    recipe: {
      steps: [{ capability: "bake", parameters, timeLimit_s: 60, repeatable: true, retries: 0 }],
    },
    limits,
    ...(conditions === undefined ? {} : { conditions }),
    failuresInARow_max: 1_000_000,
    goal: "optimise",
    model: { objectives: [{ name: "y", direction: "max" }] },
  };
}
