import type { PatternSettings } from "../domain/goal-settings.ts";
import type { Observation } from "../domain/observation.ts";
import type { CampaignResult } from "../domain/proposal.ts";
import {
  describeReread,
  findRereadProblem,
  isOnlyNames,
  patternsOf,
  type RereadRequest,
  withMeanings,
  withPatterns,
  withRereading,
} from "../domain/reread.ts";
import { NO_STRANGERS, nameStrangers, renameStrangers } from "../domain/strangers.ts";
import type { InternalFact } from "../events/lab-fact.ts";
import type { Lab } from "./lab.ts";

type RereadFact = Extract<InternalFact, { readonly type: "patterns.reread" }>;

/** From this behaviour on phases without a reference are told apart; before, all were `unknown`. */
const TELLS_APART = 7;

/** What a result brought, its unknown phases named as those of the samples before it. */
export function withNamedStrangers(
  lab: Lab,
  campaignId: string,
  observations: readonly Observation[],
): readonly Observation[] {
  if (lab.behaviour < TELLS_APART) return observations;
  const before = lab.strangers.get(campaignId) ?? NO_STRANGERS;
  const { observations: named, book } = nameStrangers(observations, before);
  if (book !== before) lab.strangers.set(campaignId, book);
  return named;
}

/** A person renames unknown phases, or wants the patterns read again: what of it holds at once, or why it cannot be. */
export function routeReread(
  lab: Lab,
  about: { readonly campaignId: string; readonly commandId: string },
  request: RereadRequest,
): { readonly refusal: string } | { readonly inWords: string; readonly isReading: boolean } {
  const { campaignId, commandId } = about;
  const spec = lab.specs.get(campaignId);
  const book = lab.strangers.get(campaignId) ?? NO_STRANGERS;
  const problem = spec === undefined ? "" : findRereadProblem(spec, book, request);
  const patterns = spec === undefined ? undefined : patternsOf(spec);
  if (problem !== undefined || spec === undefined || patterns === undefined)
    return { refusal: problem ?? "" };
  const renamed = { ...book, names: { ...book.names, ...request.names } };
  lab.strangers.set(campaignId, renamed);
  changeResults(lab, campaignId, (result) => renameStrangers(result.observations, book, renamed));
  const isReading = !isOnlyNames(request);
  lab.specs.set(
    campaignId,
    isReading ? withRereading(spec, request) : withPatterns(spec, patterns),
  );
  if (isReading) {
    const before = lab.rereads.get(campaignId)?.before ?? patterns;
    lab.rereads.set(campaignId, { commandId, before });
  }
  return { inWords: describeReread(request), isReading };
}

/** The patterns have been read: what they mean now takes the place of what they meant. */
export function noteReread(lab: Lab, { campaignId, commandId, ...fact }: RereadFact): void {
  const pending = lab.rereads.get(campaignId);
  const spec = lab.specs.get(campaignId);
  if (pending?.commandId !== commandId || spec === undefined) return;
  lab.rereads.delete(campaignId);
  const id = `reread/${campaignId}`;
  if (fact.problem !== undefined) {
    const text = `The patterns of ${campaignId} were not read again, and its references are those before: ${fact.problem}`;
    lab.alarms.set(id, { id, severity: "warning", text, since_ms: lab.time_ms });
    lab.specs.set(campaignId, withPatterns(spec, backTo(pending.before, patternsOf(spec))));
    return;
  }
  lab.alarms.delete(id);
  const readings = new Map(fact.readings.map((one) => [one.position, one.meanings]));
  changeResults(lab, campaignId, ({ position, observations }) => {
    const read = readings.get(position);
    return read === undefined
      ? observations
      : withNamedStrangers(lab, campaignId, withMeanings(observations, read));
  });
  lab.specs.set(campaignId, withPatterns(spec, { ...pending.before, ...patternsOf(spec) }));
}

/** The number of the reading stays: references that could not be read are not taken for those that were. */
function backTo(before: PatternSettings, now: PatternSettings | undefined): PatternSettings {
  return { ...before, reading: now?.reading };
}

function changeResults(
  lab: Lab,
  campaignId: string,
  change: (result: CampaignResult) => readonly Observation[],
): void {
  const results = lab.results.get(campaignId) ?? [];
  lab.results.set(
    campaignId,
    results.map((one) => {
      const observations = change(one);
      return observations === one.observations ? one : { ...one, observations };
    }),
  );
}
