import type { CampaignView } from "../../../src/views/campaign-view.ts";
import { whoSaid } from "../../../src/views/who-said.ts";
import { clockTime, plural } from "./words.ts";

/** The last decisions of people, newest first. */
export function Decisions({ campaign }: { readonly campaign: CampaignView }) {
  const { decisions } = campaign;
  if (decisions.length === 0) return null;
  return (
    <section class="card" aria-labelledby="decisions">
      <h2 id="decisions">Who decided what</h2>
      <ul class="decisions">
        {decisions
          .slice(-8)
          .reverse()
          .map((decision) => (
            <li key={decision.position}>
              <time>{clockTime(decision.time_ms)}</time> <strong>{whoSaid(decision)}</strong>:{" "}
              {decision.action}
              {decision.about === undefined ? "" : ` ${decision.about}`}
              {decision.candidateIds === undefined
                ? ""
                : ` ${plural(decision.candidateIds.length, "point")}`}
              {decision.reason === undefined ? "" : ` (${decision.reason})`}
            </li>
          ))}
      </ul>
    </section>
  );
}
