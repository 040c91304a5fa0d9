import { useMemo, useState } from "preact/hooks";
import { foundInWords } from "../../../src/domain/found-labels.ts";
import type { PlannerView } from "../../../src/domain/planner-view.ts";
import type { CampaignView } from "../../../src/views/campaign-view.ts";
import { glanceOf, phasesFound } from "../../../src/views/glance.ts";
import { GOAL_VIEWS } from "../../../src/views/goal-views.ts";
import { discoveryOrder } from "../../../src/views/map-data.ts";
import { phaseColour, phaseTexture } from "../../../src/views/pictures/palette.ts";
import { readPhaseDiagramView } from "../../../src/views/planner-views.ts";
import { unitsOfResults } from "../../../src/views/result-units.ts";
import type { Results } from "../../../src/views/results.ts";
import { READ_ONLY } from "./settings.ts";
import { Swatch } from "./swatch.tsx";
import type { Candidates } from "./use-campaign-data.ts";
import { isOver, plural } from "./words.ts";

/** More phases than these are shown on demand: the key of the map has all. */
const CHIPS_MAX = 24;

function PhaseChips({ phases }: { readonly phases: ReturnType<typeof phasesFound> }) {
  const [isWhole, setWhole] = useState(false);
  const rest = isWhole ? 0 : Math.max(0, phases.length - CHIPS_MAX);
  return (
    <ul class="chips" aria-label="Phases found">
      {phases.slice(0, phases.length - rest).map(({ phase, place }) => (
        <li key={phase}>
          <Swatch colours={[phaseColour(place)]} textures={[phaseTexture(place)]} />
          {phase}
        </li>
      ))}
      {rest === 0 ? null : (
        <li>
          <button type="button" onClick={() => setWhole(true)}>
            {rest} more
          </button>
        </li>
      )}
    </ul>
  );
}

/** The four questions of someone who has never seen the page: what was found, where is doubt, what now and why, how to stop. */
export function Glance(props: {
  readonly campaign: CampaignView;
  readonly view: PlannerView | undefined;
  readonly candidates: Candidates | undefined;
  readonly observations: Results;
}) {
  const { campaign, view, candidates, observations } = props;
  const isMap = GOAL_VIEWS[campaign.goal].hasMap;
  const units = useMemo(() => (isMap ? {} : unitsOfResults(observations)), [observations, isMap]);
  const lines = glanceOf(campaign, view, candidates?.columns, units);
  const phases = isMap ? phasesFound(view, discoveryOrder(observations)) : [];
  const found = isMap ? readPhaseDiagramView(view)?.found : undefined;
  return (
    <dl class="glance" aria-label="At a glance">
      {isMap ? (
        <div>
          <dt>Found</dt>
          <dd>
            <strong>{plural(phases.length, "phase")}</strong>
            <PhaseChips phases={phases} />
            {found === undefined ? null : (
              <p class="quiet">Sets of phases: {foundInWords(found)}</p>
            )}
          </dd>
        </div>
      ) : null}
      {lines.map(({ question, answer, more }) => (
        <div key={question}>
          <dt>{question}</dt>
          <dd>
            <strong>{answer}</strong>
            {more === undefined ? null : <p class="quiet">{more}</p>}
          </dd>
        </div>
      ))}
      {READ_ONLY ? null : (
        <div>
          <dt>How to stop</dt>
          <dd class="quiet">
            {isOver(campaign.state)
              ? "This campaign is over; nothing of it runs."
              : "Pause or Stop: jobs in flight finish. Abort: they are cancelled."}{" "}
            Emergency stop, top right: every instrument, at once.
          </dd>
        </div>
      )}
    </dl>
  );
}
