import type { Observation } from "../domain/observation.ts";
import { broughtOf, type Reading } from "../domain/reread.ts";
import type { InternalFact } from "../events/lab-fact.ts";
import type { Lab } from "./lab.ts";
import type { RuntimePorts } from "./ports.ts";
import { bringBack } from "./shelf.ts";

/**
 * Reads every pattern of a campaign again, one after the other, those that come meanwhile too. `undefined` where a later
 * command has asked for the same: its own reading follows.
 */
export async function rereadResults(
  lab: Lab,
  { reread }: Pick<RuntimePorts, "reread">,
  { campaignId, commandId }: { readonly campaignId: string; readonly commandId: string },
): Promise<Extract<InternalFact, { readonly type: "patterns.reread" }> | undefined> {
  const about = { type: "patterns.reread" as const, campaignId, commandId };
  const readings: Reading[] = [];
  const problems: string[] = [];
  let last = 0;
  let patterns = 0;
  for (;;) {
    bringBack(lab, campaignId);
    const spec = lab.specs.get(campaignId);
    if (lab.rereads.get(campaignId)?.commandId !== commandId || spec === undefined)
      return undefined;
    const next = lab.results.get(campaignId)?.find(({ position }) => position > last);
    if (next === undefined) break;
    last = next.position;
    const read = await reread?.(next.observations, spec);
    if (read === undefined) continue;
    patterns++;
    if (read.problem !== undefined) problems.push(read.problem);
    else if (!isSame(read.meanings, next.observations))
      readings.push({ position: last, meanings: read.meanings });
  }
  // One unreadable pattern keeps its meaning; where none can be read, the references are at fault.
  return patterns > 0 && problems.length === patterns
    ? { ...about, patterns, readings: [], problem: problems[0] }
    : { ...about, patterns, readings };
}

/** The name that the campaign gave to an unknown phase is not part of what the pattern says. */
function isSame(meanings: readonly Observation[], known: readonly Observation[]): boolean {
  const brought = broughtOf(known);
  const before = known.filter((one) => !brought.includes(one));
  return JSON.stringify(meanings.map(withoutName)) === JSON.stringify(before.map(withoutName));
}

function withoutName(one: Observation): unknown {
  if (one.kind !== "phases" || one.unfamiliar === undefined) return one;
  const { id: _, ...unfamiliar } = one.unfamiliar;
  const known = (phases: readonly string[]) => phases.slice(0, -1);
  const alternatives = one.alternatives?.map((other) => [known(other.phases), other.probability]);
  return { ...one, phases: known(one.phases), alternatives, unfamiliar };
}
