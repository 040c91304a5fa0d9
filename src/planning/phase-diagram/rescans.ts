import type { CampaignSpec } from "../../domain/campaign.ts";
import type { RescanSettings } from "../../domain/goal-settings.ts";
import { type PhasesObservation, presencesOf } from "../../domain/observation.ts";
import type { CampaignResult, ProposalRequest, ProposedPoint } from "../../domain/proposal.ts";
import { patternsOf } from "../../domain/reread.ts";

/** Which samples should be scanned again, for longer, because their first scan leaves doubt. Pure; no clock, no chance. */
export interface Rescans {
  /** It is of a sample that has been measured before. */
  isAgain(result: CampaignResult): boolean;
  /** A result joins. Returns the results of the same sample that it takes the place of. */
  learn(result: CampaignResult): readonly CampaignResult[];
  /** A result is taken back. Returns those that count again. */
  forget(position: number): readonly CampaignResult[];
  /** Samples in doubt that nobody scans yet, the oldest first. */
  propose(request: ProposalRequest, presencesIn: PresencesIn): readonly ProposedPoint[];
}

/** What the map believes of a result's phases, by its position; undefined where the result speaks for itself. */
export type PresencesIn = (position: number) => ReadonlyMap<string, number> | undefined;

/** A proposal is logged whole: what does not fit now is told again. */
const PROPOSED_MAX = 8;

const NONE: Rescans = {
  isAgain: () => false,
  learn: () => [],
  forget: () => [],
  propose: () => [],
};

/** `NONE` where the campaign scans nothing twice. */
export function createRescans(campaign: CampaignSpec): Rescans {
  const rescan = patternsOf(campaign)?.rescan;
  if (rescan === undefined) return NONE;
  /** By sample, every result that counts, in the order of the log. */
  const samples = new Map<string, CampaignResult[]>();
  const isAgain = (result: CampaignResult): boolean => result.recipe === rescan.recipe;
  return {
    isAgain,
    learn: (result) => {
      const { sample } = result;
      if (sample === undefined) return [];
      const before = samples.get(sample) ?? [];
      samples.set(sample, [...before, result]);
      return isAgain(result) && phasesOf(result) !== undefined ? before : [];
    },
    forget: (position) => {
      for (const [sample, results] of samples) {
        const taken = results.find((one) => one.position === position);
        if (taken === undefined) continue;
        const left = results.filter((one) => one !== taken);
        samples.set(sample, left);
        return isAgain(taken) && !left.some(isAgain) ? left : [];
      }
      return [];
    },
    propose: ({ pending, excluded }, presencesIn) => {
      const busy = new Set(pending.map(({ sample }) => sample));
      const points: ProposedPoint[] = [];
      for (const [sample, results] of samples) {
        const [first] = results;
        if (first === undefined || results.some(isAgain) || busy.has(sample)) continue;
        if (excluded.includes(first.candidateId)) continue;
        const doubt = doubtOf(first, rescan, presencesIn(first.position));
        if (doubt === undefined) continue;
        points.push({
          candidateId: first.candidateId,
          parameters: first.parameters,
          score: doubt.score,
          why: `scan again${howLong(campaign, rescan)}: ${doubt.why}`,
          recipe: rescan.recipe,
          sample,
        });
        if (points.length === PROPOSED_MAX) break;
      }
      return points;
    },
  };
}

/** What is doubtful in a result, and how much (1: as much as can be); `undefined` where nothing is. */
function doubtOf(
  result: CampaignResult,
  { presence_min, presence_max }: RescanSettings,
  believed: ReadonlyMap<string, number> | undefined,
): { readonly why: string; readonly score: number } | undefined {
  const found = phasesOf(result);
  if (found === undefined) return undefined;
  if (found.unfamiliar !== undefined) {
    const share = Number((100 * found.unfamiliar.share).toPrecision(2));
    return { why: `no reference explains ${share} % of its intensity`, score: 1 };
  }
  let worst: { readonly why: string; readonly score: number } | undefined;
  const isOpen = (presence: number): boolean => presence > presence_min && presence < presence_max;
  for (const [phase, own] of presencesOf(found)) {
    // A longer scan settles what its own lines leave open; many of these doubts the samples around have settled already.
    const presence = believed?.get(phase) ?? own;
    if (!isOpen(own) || !isOpen(presence)) continue;
    const score = Number((1 - Math.abs(2 * presence - 1)).toFixed(4));
    if (score <= (worst?.score ?? 0)) continue;
    worst = { why: `${phase} is there with a probability of ${presence.toFixed(2)}`, score };
  }
  return worst;
}

function phasesOf({ observations }: CampaignResult): PhasesObservation | undefined {
  return observations.find((one): one is PhasesObservation => one.kind === "phases");
}

/** What distinguishes the longer scan, in the words of its recipe. */
function howLong(campaign: CampaignSpec, { recipe }: RescanSettings): string {
  const step = campaign.alternatives?.[recipe]?.steps.at(-1);
  const usual = campaign.recipe.steps.at(-1)?.parameters ?? {};
  const other = Object.entries(step?.parameters ?? {}).filter(
    ([name, value]) => JSON.stringify(usual[name]) !== JSON.stringify(value),
  );
  const words = other.flatMap(([name, value]) =>
    typeof value === "object" ? [] : [`${name} ${value}`],
  );
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
}
