import type { LabEvent } from "../events/lab-event.ts";
import type { OperatorFact } from "../events/lab-fact.ts";
import type { DecisionView } from "./campaign-view.ts";
import { whatIn } from "./event-stream-view.ts";
import { identityOf } from "./who-said.ts";

/** A decision is shown in a line. */
const ABOUT_CHARACTERS_MAX = 200;

/** What a person decided, for the list of decisions. */
export function decisionOf({
  fact,
  position,
  time_ms,
}: LabEvent<Extract<OperatorFact, { readonly type: "operator.command" }>>): DecisionView {
  const { by, action, changes, points, change, reason, batch, candidateIds } = fact;
  const isPlain = changes === undefined && points === undefined && change === undefined;
  return {
    ...{ position, time_ms, by, ...identityOf(fact), action },
    ...(isPlain ? {} : { about: whatIn(fact).trim().slice(0, ABOUT_CHARACTERS_MAX) }),
    ...(reason === undefined ? {} : { reason }),
    ...(batch === undefined ? {} : { batch }),
    ...(candidateIds === undefined ? {} : { candidateIds }),
  };
}
