import { type CampaignConfiguration, campaignSchema } from "./schema.ts";

/** Without these a campaign is another one, and what is said of the rest would be wrong. */
const ESSENTIAL: readonly PropertyKey[] = ["id", "goal", "space", "recipe", "budget", "model"];

/**
 * A campaign without the optional parts that are wrong, so that what else is wrong is found in the same go; `undefined`
 * where an essential part is. Never run: only looked at.
 */
export function lenientCampaign(campaign: unknown): CampaignConfiguration | undefined {
  const read = campaignSchema.safeParse(campaign);
  if (read.success) return read.data;
  if (typeof campaign !== "object" || campaign === null) return undefined;
  const wrong = new Set(
    read.error.issues.flatMap((issue) =>
      issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys : [issue.path[0]],
    ),
  );
  if ([...wrong].some((key) => key === undefined || ESSENTIAL.includes(key))) return undefined;
  const kept = Object.entries(campaign).filter(([key]) => !wrong.has(key));
  return campaignSchema.safeParse(Object.fromEntries(kept)).data;
}
