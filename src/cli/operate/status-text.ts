import type { WaitingChange } from "../../domain/campaign-status.ts";
import { changeInWords } from "../../views/change-in-words.ts";
import { figureMeaning, figureName, figureValue } from "../../views/figure-words.ts";
import { findingsIn } from "../../views/planner-views.ts";
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
    `${id}: ${state.state}`,
    `  ${bar} measured ${used} of ${total}, ${state.inFlight} in flight${waits}`,
  ];
  for (const { sentence } of state.reasons ?? []) lines.push(`  ${sentence}`);
  // A daemon of before reasons were told has one at most.
  if (state.reasons === undefined && state.reason !== undefined)
    lines.push(`  because ${state.reason}`);
  lines.push(...(state.conversions ?? []).map((one) => `  ${one}`));
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
