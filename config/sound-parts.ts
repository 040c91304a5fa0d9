import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import type { CampaignSpec } from "../src/domain/campaign.ts";
import type { InstrumentPolicy } from "../src/domain/limits/known-laboratory.ts";
import { campaignSpec } from "./campaign-spec.ts";
import { laboratorySchema } from "./laboratory-schema.ts";
import { lenientCampaign } from "./lenient-campaign.ts";
import { instrumentSchema } from "./limits-schema.ts";
import type { Configuration } from "./schema.ts";

/** What of a configuration can be read, whatever else is wrong with it. */
export interface SoundParts {
  readonly site: string;
  readonly brokerUrl: string | undefined;
  readonly laboratory: Configuration["laboratory"];
  readonly policies: Readonly<Record<string, InstrumentPolicy>>;
  readonly campaigns: readonly CampaignSpec[];
  /** Interpreters of its own: what they give is known only where they run. */
  readonly hasInterpreters: boolean;
  /** Where a campaign stands in the file's list, by its id. */
  readonly places: ReadonlyMap<string, number>;
}

/** Reads each part of a configuration by itself and leaves out what is unsound; `undefined` where it is no YAML at all. */
export function readSoundParts(file: string): SoundParts | undefined {
  let document: Fields;
  try {
    document = fieldsOf(parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
  const policies = Object.entries(fieldsOf(document["instruments"])).flatMap(([id, one]) => {
    const { data } = instrumentSchema.safeParse(one ?? {});
    return data === undefined ? [] : [[id, data] as const];
  });
  const list = Array.isArray(document["campaigns"]) ? document["campaigns"] : [];
  const places = new Map<string, number>();
  const campaigns = list.flatMap((one, k) => {
    const data = lenientCampaign(one);
    if (data === undefined) return [];
    places.set(data.id, k);
    return specOf(() => campaignSpec(data, dirname(resolve(file)), "1"));
  });
  const site = document["site"];
  const own = document["interpreters"];
  const brokerUrl = fieldsOf(document["broker"])["url"];
  return {
    site: typeof site === "string" ? site : "default",
    brokerUrl: typeof brokerUrl === "string" ? brokerUrl : undefined,
    laboratory: laboratorySchema.safeParse(document["laboratory"]).data,
    policies: Object.fromEntries(policies),
    campaigns,
    hasInterpreters: Array.isArray(own) && own.length > 0,
    places,
  };
}

/** A table that cannot be read is told by the whole configuration's own check. */
function specOf(make: () => CampaignSpec): CampaignSpec[] {
  try {
    return [make()];
  } catch {
    return [];
  }
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}
