import { unseenByDoubt } from "../evidence/map-figures.ts";
import { phasesOf } from "../evidence/phase-names.ts";
import type { Unseen, UnseenSource } from "../map-reader.ts";

/** Gaps beyond this are as good as everything. */
const GAP_MAX_steps = 100;

/** Labels of three phases that are predicted but not measured are as likely to be something else, with fields around them. */
export function sectionUnseen(source: UnseenSource): Unseen {
  return unseenByDoubt(source, (label) => phasesOf(label).length === 3);
}

/**
 * The same where the compositions are exact, with the chance that there is a label which is neither measured nor on the map:
 * logit = -8.3 + 4.5 sqrt(u) + 1.07 ln(gap + 0.1) + 2.4 ln(1 + f1) with u the expected number of labels that turn out as something
 * else, f1 the labels measured once. Fitted on 768 states of 32 sections (four computed, 28 of random energies, 231 to 861
 * candidates); with noise the expected number of labels says enough.
 */
export function exactUnseen(source: UnseenSource, gap_steps: number): Unseen {
  const unseen = sectionUnseen(source);
  const once = [...source.seen.values()].filter((results) => results === 1).length;
  const gap = 1.07 * Math.log(Math.min(gap_steps, GAP_MAX_steps) + 0.1);
  const logit = -8.3 + 4.5 * Math.sqrt(unseen.unseenLabels) + gap + 2.4 * Math.log1p(once);
  return { ...unseen, unseenChance: 1 / (1 + Math.exp(-logit)) };
}
