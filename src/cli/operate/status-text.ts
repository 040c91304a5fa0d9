import type { WaitingChange } from "../../domain/campaign-status.ts";
import { type Reason, reasonInWords } from "../../domain/reason.ts";
import type { Leadership } from "../../events/log-lease.ts";
import { shownState } from "../../views/campaign-view.ts";
import { changeInWords } from "../../views/change-in-words.ts";
import { figureMeaning, figureName, figureValue } from "../../views/figure-words.ts";
import type { CampaignLine } from "../../views/overview-view.ts";
import { findingsIn } from "../../views/planner-views.ts";
import { stateInWords } from "../../views/state-words.ts";
import { drawBar } from "../output/progress.ts";

/** The retained messages of a campaign. */
export interface CampaignStatus {
  readonly state: State;
  readonly batch?: Batch | undefined;
  readonly model?: Model | undefined;
}

interface State {
  readonly state: string;
  readonly budget: { readonly used: number; readonly total: number };
  readonly inFlight: number;
  readonly observations: number;
  readonly reason?: string;
  readonly waits?: number;
  readonly reasons?: readonly { readonly sentence: string }[];
  readonly conversions?: readonly string[];
  readonly loads?: readonly string[];
  readonly change?: WaitingChange;
}
interface Batch {
  readonly n: number;
  readonly approval: string;
  readonly points: readonly {
    readonly candidateId: string;
    readonly parameters: Record<string, unknown>;
    readonly why: string;
  }[];
}
interface Model {
  readonly observations: number;
  readonly summary: Readonly<Record<string, unknown>>;
}

/** What a person reads of a campaign, a line each: state, budget, figures of the model, fields, findings, the batch. */
export function describeStatus(id: string, { state, batch, model }: CampaignStatus): string {
  const { used, total } = state.budget;
  const waits = (state.waits ?? 0) === 0 ? "" : `, ${state.waits} waiting`;
  const bar = drawBar(used / Math.max(1, total), BAR.budget);
  const lines = [
    `${id}: ${stateInWords(shownState({ waits: 0, ...state }))}`,
    `  ${bar} measured ${used} of ${total}, ${state.inFlight} in flight${waits}`,
  ];
  for (const { sentence } of state.reasons ?? []) lines.push(`  ${sentence}`);
  // A daemon of before reasons were told has one at most.
  if (state.reasons === undefined && state.reason !== undefined)
    lines.push(`  because ${state.reason}`);
  lines.push(...(state.conversions ?? []).map((one) => `  ${one}`));
  lines.push(...(state.loads ?? []).map((one) => `  ${one}`));
  if (state.change !== undefined) lines.push(`  ${changeInWords(state.change)}`);
  lines.push(...describeFigures(model?.summary ?? {}));
  lines.push(...describeShares(model?.summary["phaseFractions"]));
  lines.push(...findingsIn(model?.summary).map((finding) => `  found: ${finding}`));
  if (batch !== undefined) {
    lines.push(`  batch ${batch.n} (approval: ${batch.approval})`);
    for (const point of batch.points) {
      const at = Object.entries(point.parameters).map(
        ([name, value]) => `${name}=${String(value)}`,
      );
      lines.push(`    ${point.candidateId.padEnd(7)} ${at.join(" ")}  ${point.why}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** A campaign as the overview has it. */
type Line = Pick<CampaignLine, "campaignId" | "title" | "state" | "budget" | "inFlight"> & {
  readonly waits?: number;
  readonly reasons?: readonly Reason[];
};

/** Every campaign of a laboratory, a line each, and why those stand still that do. */
export function describeCampaigns(site: string, campaigns: readonly Line[]): string {
  if (campaigns.length === 0) return `The daemon of site ${site} has no campaign.\n`;
  const rows = campaigns.map(({ campaignId, title, state, budget, inFlight, waits = 0 }) => [
    campaignId,
    stateInWords(shownState({ state, inFlight, waits })),
    `${budget.used} of ${budget.total}`,
    `${inFlight} in flight${waits === 0 ? "" : `, ${waits} waiting`}`,
    title,
  ]);
  const widths = [0, 1, 2, 3].map((k) => Math.max(...rows.map((row) => row[k]?.length ?? 0)));
  const lines = rows.flatMap((row, n) => [
    row.map((cell, k) => cell.padEnd(widths[k] ?? 0)).join("  "),
    ...(campaigns[n]?.reasons ?? []).map((reason) => `  ${reasonInWords(reason)}`),
  ]);
  return `${lines.join("\n")}\n`;
}

/** Who leads and who stands by, where several daemons share the log. */
export function describeLeadership(leadership: Leadership | undefined): string {
  if (leadership === undefined) return "";
  const { leader, standbys } = leadership;
  const who = leader === undefined ? "nobody leads" : `${leader.node} leads`;
  const others = standbys.map(({ node, behind }) => `${node} stands by, ${behind} events behind`);
  return `${[who, ...others].join("; ")}\n`;
}

/** What somebody who reads a status does next: commands, ready to be copied. */
export function whatNext(
  campaignId: string,
  { state, waiting, change, connection }: NextSteps,
): string {
  const of = (command: string): string =>
    `tieline ${command} --campaign ${campaignId}${connection}`;
  const steps = [
    ...(change === undefined ? [] : [of(`approve --change ${change}`)]),
    ...(waiting ? [`${of("approve")}  (or reject)`] : []),
    ...(state === "validated" ? [of("start-campaign")] : []),
    ...(/^(paused|suspended)/.test(state) ? [of("resume")] : []),
    ...(/^(converged|budgetExhausted|stopped)/.test(state)
      ? [`tieline report --campaign ${campaignId} --out ${campaignId}.html`]
      : []),
    ...(state.startsWith("running") && !waiting ? [`${of("status")} --watch`] : []),
  ];
  return steps.map((step) => `  next: ${step}\n`).join("");
}

export interface NextSteps {
  readonly state: string;
  /** A batch waits for a person. */
  readonly waiting: boolean;
  /** Number of wider limits that wait. */
  readonly change?: number | undefined;
  /** Options of the connection that are not the usual ones, with a blank before each. */
  readonly connection: string;
}

/** Names that a list shows. */
const NAMES_shown = 12;
const FIGURE_width = 22;

/** Numbers of the model's summary, and lists of names; findings are sentences and get a line each. */
function describeFigures({ findings: _, ...summary }: Model["summary"]): string[] {
  return Object.entries(summary).flatMap(([name, value]) => {
    const text = figureValue(name, value, NAMES_shown);
    if (text === undefined) return [];
    const meaning = figureMeaning(name);
    const isList = Array.isArray(value);
    const more = isList || meaning === "" ? "" : `  ${meaning}`;
    return [
      `  ${figureName(name).padEnd(FIGURE_width)} ${isList ? text : text.padEnd(12)}${more}`.trimEnd(),
    ];
  });
}

const BAR = { budget: 24, share: 20 };
/** Fields that are listed with a bar each. */
const SHARES_shown = 8;

/** The largest fields of a map as bars. */
function describeShares(fractions: unknown): string[] {
  if (typeof fractions !== "object" || fractions === null) return [];
  const shares = Object.entries(fractions)
    .filter((entry): entry is [string, number] => typeof entry[1] === "number" && entry[1] > 0)
    .sort(([, a], [, b]) => b - a);
  const most = shares[0]?.[1] ?? 1;
  const bars = shares.slice(0, SHARES_shown).map(([name, share]) => {
    const percent = `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`.padStart(6);
    return `  ${drawBar(share / most, BAR.share)} ${percent} ${name}`;
  });
  const left = shares.length - bars.length;
  return left > 0 ? [...bars, `  and ${left} more`] : bars;
}
