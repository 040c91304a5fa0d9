import type { CampaignSpec } from "../domain/campaign.ts";
import { judgeResult } from "../domain/limits/judge-result.ts";
import { judgeWord } from "../domain/limits/judge-words.ts";
import { findPoint } from "../domain/point-by-hand.ts";
import { noteTold } from "./judgements.ts";
import type { Lab } from "./lab.ts";
import type { CommandFact } from "./report-desk.ts";

/**
 * A result that the campaign did not ask for: learnt like one of its own where it lies on a candidate and can be true. Returns
 * why it is not taken.
 */
export function takeTold(
  lab: Lab,
  spec: CampaignSpec,
  fact: CommandFact,
  position: number,
): { readonly refusal?: string } {
  const { campaignId, by, reason, points: [wanted = {}] = [], observations = [] } = fact;
  const found = findPoint(wanted, spec, { by, reason, position });
  if ("problem" in found) return { refusal: found.problem };
  const results = lab.results.get(campaignId) ?? [];
  const knownUnits = lab.units.get(campaignId) ?? {};
  const newPhases = fact.newPhases === true;
  const word = { spec, observations, asks: [], isLast: true, knownUnits, results, newPhases };
  const judged = judgeWord(word);
  if ("problem" in judged) return { refusal: `${judged.problem.replace(/\.$/, "")}.` };
  const { candidateId, parameters, recipe } = found;
  const judgement = judgeResult(spec, judged.observations, knownUnits);
  noteTold(lab, campaignId, position, judgement);
  lab.told.set(position, { candidateId, parameters });
  lab.results.set(campaignId, [
    ...results,
    {
      ...{ position, candidateId, parameters, observations: judgement.observations },
      ...(recipe === undefined ? {} : { recipe }),
    },
  ]);
  return {};
}
