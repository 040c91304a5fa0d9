import type { CampaignChanges } from "../../../src/domain/campaign-changes.ts";
import { readLimit, readPairs, readPlace } from "../../../src/domain/change-text.ts";
import type { CampaignView } from "../../../src/views/campaign-view.ts";
import { changeInWords } from "../../../src/views/change-in-words.ts";
import type { Question } from "./operator-dialog.tsx";

type Values = Readonly<Record<string, string>>;

/** What can be changed of a campaign that runs; only what was edited is sent. */
export function changeQuestion(campaign: CampaignView): Question {
  const { campaignId, title, budget, settings } = campaign;
  const before: Values = {
    budget: String(budget.total),
    inFlight: String(settings?.inFlight ?? ""),
    approval: campaign.approval,
    limits: "",
    approvals: settings?.hours?.approvals ?? "",
    starts: pairsText(settings?.hours?.starts ?? {}),
    expires: "",
    stop: "",
  };
  return {
    title: `Change “${title}”`,
    explanation:
      "Tighter limits and all else hold at once. Wider limits wait until somebody else approves them.",
    confirm: "Change it",
    needsReason: true,
    fields: [
      { name: "budget", label: "Budget, experiments", value: before["budget"] ?? "" },
      { name: "inFlight", label: "In flight at once", value: before["inFlight"] ?? "" },
      {
        name: "approval",
        label: "Approval",
        value: campaign.approval,
        choices: ["automatic", "supervised"],
      },
      { name: "limits", label: `Limits to change, now ${limitsText(campaign)}`, value: "" },
      {
        name: "approvals",
        label: "Approvals are taken, e.g. mon-fri 08-18",
        value: before["approvals"] ?? "",
      },
      { name: "starts", label: "Jobs start, e.g. anneal=06-18", value: before["starts"] ?? "" },
      { name: "expires", label: "An approval expires after, s (0: never)", value: "" },
      { name: "stop", label: "Stop rule, e.g. error_max=0.02 (0 takes it away)", value: "" },
    ],
    wish: (by, reason, values = {}) => ({
      kind: "campaign",
      campaignId,
      action: "extend",
      by,
      reason,
      changes: changesOf(before, values),
    }),
  };
}

/** A point of a person's own. */
export function pointQuestion({ campaignId, title, approval }: CampaignView): Question {
  return {
    title: `A point of your own for “${title}”`,
    explanation:
      approval === "supervised"
        ? "It joins the waiting batch, within all limits, and waits for approval like the others."
        : "It is measured as soon as an instrument is free, within all limits.",
    confirm: "Add the point",
    fields: [{ name: "place", label: "Where, e.g. Al=0.2, Mg=0.3, Zn=0.5", value: "" }],
    wish: (by, reason, values = {}) => {
      const parameters = readPlace(values["place"] ?? "");
      if (parameters === undefined)
        throw new Error("Write every axis with its value: Al=0.2, Mg=0.8.");
      const why = reason === "" ? {} : { reason };
      return {
        kind: "campaign",
        campaignId,
        action: "propose",
        by,
        points: [{ parameters }],
        ...why,
      };
    },
  };
}

/** Wider limits that wait for a second person. */
export function wideningQuestion(
  { campaignId, change }: CampaignView,
  action: "approve" | "reject",
): Question | undefined {
  if (change === undefined) return undefined;
  const word = action === "approve" ? "Approve" : "Reject";
  return {
    title: `${word} wider limits?`,
    explanation: `${changeInWords(change)}.`,
    confirm: `${word} change ${change.n}`,
    isDangerous: action === "approve",
    needsReason: true,
    wish: (by, reason) => ({ kind: "campaign", campaignId, action, by, reason, change: change.n }),
  };
}

function changesOf(before: Values, values: Values): CampaignChanges {
  const edited = (name: string): string | undefined =>
    values[name] === before[name] ? undefined : values[name]?.trim();
  const [budget, inFlight] = [
    whole("budget", edited("budget")),
    whole("in flight", edited("inFlight")),
  ];
  const approval = edited("approval") as CampaignChanges["approval"];
  const limits = limitsOf(edited("limits") ?? "");
  const approvals = edited("approvals");
  const starts = edited("starts");
  const hours = {
    ...(approvals === undefined ? {} : { approvals }),
    ...(starts === undefined ? {} : { starts: startsOf(before["starts"] ?? "", starts) }),
  };
  const expires = seconds(edited("expires"));
  const stop = stopOf(edited("stop") ?? "");
  const changes = {
    ...(budget === undefined ? {} : { budget }),
    ...(inFlight === undefined ? {} : { inFlight }),
    ...(approval === undefined ? {} : { approval }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(Object.keys(hours).length === 0 ? {} : { hours }),
    ...(expires === undefined ? {} : { approvalExpires_s: expires }),
    ...(Object.keys(stop).length === 0 ? {} : { stop }),
  };
  if (Object.keys(changes).length === 0) throw new Error("Nothing has been changed yet.");
  return changes;
}

function limitsOf(text: string): NonNullable<CampaignChanges["limits"]> {
  const pairs = readPairs(text) ?? [["", ""] as const];
  return Object.fromEntries(
    pairs.map(([name, range]) => {
      const limit = readLimit(range);
      if (limit === undefined) throw new Error("Write limits as temperature_K=293..700, or =none.");
      return [name, limit];
    }),
  );
}

function stopOf(text: string): Record<string, number> {
  const pairs = readPairs(text) ?? [["", ""] as const];
  return Object.fromEntries(
    pairs.map(([name, value]) => {
      if (name === "" || value.trim() === "" || !(Number(value) >= 0))
        throw new Error("Write the stop rule as error_max=0.02.");
      return [name, Number(value)];
    }),
  );
}

function seconds(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (!(value >= 0)) throw new Error("Approvals expire after a number of seconds; 0 is never.");
  return value;
}

/** Hours that are no longer written are taken away. */
function startsOf(before: string, after: string): Record<string, string> {
  const kept = readPairs(after);
  if (kept === undefined) throw new Error("Write hours of starts as anneal=06-18.");
  const gone = (readPairs(before) ?? []).map(([name]) => [name, ""] as const);
  return Object.fromEntries([...gone, ...kept]);
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${name} is a whole number of at least 1.`);
  return value;
}

function pairsText(pairs: Values): string {
  return Object.entries(pairs)
    .map(([name, text]) => `${name}=${text}`)
    .join(", ");
}

function limitsText({ settings }: CampaignView): string {
  const limits = Object.entries(settings?.limits ?? {}).map(
    ([name, { min, max }]) => `${name}=${min ?? ""}..${max ?? ""}`,
  );
  return limits.length === 0 ? "none, e.g. temperature_K=293..700" : limits.join(", ");
}
