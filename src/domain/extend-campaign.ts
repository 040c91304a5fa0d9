import type { CampaignSpec } from "./campaign.ts";

/**
 * True where `next` is `known` with candidates added at the end of its table and nothing else changed: then what was
 * learnt stays true, the names of the candidates too, and the campaign goes on among more of them.
 */
export function addsCandidates(known: CampaignSpec, next: CampaignSpec): boolean {
  if (known.space.kind !== "table" || next.space.kind !== "table") return false;
  const before = known.space.rows;
  const after = next.space.rows;
  if (after.length <= before.length || withoutRows(known) !== withoutRows(next)) return false;
  return before.every((row, k) => JSON.stringify(row) === JSON.stringify(after[k]));
}

/** The rest of a campaign as text; absent and undefined fields are the same, as in the log. */
function withoutRows(spec: CampaignSpec): string {
  return JSON.stringify({ ...spec, space: { ...spec.space, rows: [], source: undefined } });
}
