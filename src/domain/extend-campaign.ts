import type { CampaignSpec } from "./campaign.ts";
import type { CampaignChanges } from "./campaign-changes.ts";
import type { Limits } from "./candidate.ts";
import type { OpeningHours } from "./opening-hours.ts";

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

/** What of an edited campaign can be changed while it runs, and the names of what cannot. */
export function changesBetween(
  before: CampaignSpec,
  after: CampaignSpec,
): { readonly changes: CampaignChanges; readonly others: readonly string[] } {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const differing = [...names].filter((name) => {
    const field = name as keyof CampaignSpec;
    return ordered(before[field]) !== ordered(after[field]);
  });
  const isChanged = (name: keyof CampaignSpec): boolean => differing.includes(name);
  const changes: CampaignChanges = {
    ...(isChanged("budget") ? { budget: after.budget } : {}),
    ...(isChanged("inFlight") ? { inFlight: after.inFlight } : {}),
    ...(isChanged("approval") ? { approval: after.approval } : {}),
    ...(isChanged("approvalExpires_s") ? { approvalExpires_s: after.approvalExpires_s ?? 0 } : {}),
    ...(isChanged("limits") ? { limits: editedLimits(before.limits, after.limits) } : {}),
    ...(isChanged("hours") ? { hours: editedHours(before.hours ?? {}, after.hours ?? {}) } : {}),
    ...stopBetween(before, after),
  };
  const others = differing.filter(
    (name) => !(name in changes) && !(name === "model" && changes.stop !== undefined),
  );
  return { changes, others };
}

/** A value as text: the order of its fields does not count, nor does one that is undefined. */
function ordered(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? ""
  );
}

/** A limit that is no longer written is one that is taken away. */
function editedLimits(before: Limits, after: Limits): Limits {
  const gone = Object.keys(before).filter((name) => after[name] === undefined);
  return { ...Object.fromEntries(gone.map((name) => [name, {}])), ...after };
}

function editedHours(before: OpeningHours, after: OpeningHours): OpeningHours {
  const gone = Object.keys(before.starts ?? {}).filter((name) => !after.starts?.[name]);
  return {
    approvals: after.approvals ?? "",
    starts: { ...Object.fromEntries(gone.map((name) => [name, ""])), ...after.starts },
  };
}

/** The stop rule, where it is all that differs of the model. */
function stopBetween(
  before: CampaignSpec,
  after: CampaignSpec,
): { readonly stop?: Readonly<Record<string, number>> } {
  if (before.goal === "effective-model" || after.goal === "effective-model") return {};
  const { stop: was = {}, ...rest } = before.model;
  const { stop: is = {}, ...others } = after.model;
  if (ordered(rest) !== ordered(others) || ordered(was) === ordered(is)) return {};
  const gone = Object.keys(was).map((name) => [name, 0]);
  return { stop: { ...Object.fromEntries(gone), ...is } as Record<string, number> };
}
