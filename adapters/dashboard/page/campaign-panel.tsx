import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { reasonInWords } from "../../../src/domain/reason.ts";
import { campaignThen } from "../../../src/views/campaign-then.ts";
import {
  type CampaignView,
  type ObservationView,
  shownState,
} from "../../../src/views/campaign-view.ts";
import { GOAL_VIEWS } from "../../../src/views/goal-views.ts";
import { likeliestAt } from "../../../src/views/label-source.ts";
import {
  namedCampaign,
  namedColumns,
  namedResult,
  namedView,
  namerFor,
} from "../../../src/views/named.ts";
import { joinedResults } from "../../../src/views/result-columns.ts";
import type { Results } from "../../../src/views/results.ts";
import { BatchTable } from "./batch-table.tsx";
import { CampaignControls, WaitingChange } from "./controls.tsx";
import { Glance } from "./glance.tsx";
import { Later, useParts } from "./later.tsx";
import { ModelLine } from "./model-line.tsx";
import { PhaseMap } from "./phase-map.tsx";
import { pathOf } from "./requests.ts";
import { READ_ONLY } from "./settings.ts";
import { showPast } from "./store.ts";
import {
  type Candidates,
  type LoadedResults,
  type PlannerMap,
  useLoaded,
  usePlannerView,
} from "./use-campaign-data.ts";
import { clockTime, durationInWords, isOver, plural, stateInWords, toneOf } from "./words.ts";

/** The first picture has so long before the rest is drawn without it. */
const SECOND_ms = 1500;

/** One campaign: what it knows, what it does next and why, and how to stop it. */
export function CampaignPanel(props: { readonly campaign: CampaignView }) {
  const { candidates, results } = useLoaded(props.campaign);
  const [marked, mark] = useState<string>();
  const [past, setPast] = useState<number>();
  const [opened, setOpened] = useState<ObservationView>();
  const plain = usePlannerView(props.campaign, past);
  const { campaign, observations, known, namer } = useNames(
    props.campaign,
    results,
    plain,
    candidates,
  );
  const logged = useMemo(() => joinedResults(results.columns, results.since), [results]);
  const isPast = past !== undefined && past < observations.length;
  const seen = useMemo(
    () => (isPast ? observations.slice(0, past) : observations),
    [observations, isPast, past],
  );
  const total = observations.length;
  useEffect(() => {
    showPast(isPast ? `result ${past} of ${total}` : undefined);
    return () => showPast(undefined);
  }, [isPast, past, total]);
  const then = isPast ? campaignThen(campaign, observations, past) : campaign;
  const shown = { campaign, observations, known, namer, past, setPast, plain: plain.view };
  const likeliest = useMemo(
    () => likeliestAt(known.view, candidates?.ids),
    [known.view, candidates],
  );
  const hasMap = GOAL_VIEWS[campaign.goal].hasMap;
  const isMapped = hasMap && candidates !== undefined && candidates.count > 0;
  const [isDrawn, setDrawn] = useSecond(isMapped);
  const parts = useParts(isDrawn);
  return (
    <div class="campaign">
      {isPast ? <PastBanner past={past} observations={observations} live={setPast} /> : null}
      <Headline campaign={then} live={campaign}>
        <Glance view={known.view} campaign={then} candidates={candidates} observations={seen} />
      </Headline>
      <div class="columns">
        <div class="main-column">
          {isMapped ? (
            <PhaseMap
              {...shown}
              candidates={candidates}
              marked={marked}
              drawn={setDrawn}
              isDrawn={isDrawn}
            />
          ) : null}
          {parts === undefined ? null : (
            <>
              {GOAL_VIEWS[campaign.goal].hasSimulations ? (
                <parts.StructurePictures {...shown} />
              ) : null}
              {hasMap ? <parts.Learning campaign={then} /> : <parts.GoalPictures {...shown} />}
              {hasMap ? null : <ModelLine campaign={then} />}
            </>
          )}
        </div>
        <div class="side-column" aria-busy={!isDrawn}>
          <section class="card second" aria-labelledby="next-batch">
            <h2 id="next-batch">
              {then.waiting === undefined
                ? isPast
                  ? "On its way then"
                  : "Now, and why"
                : `Batch ${then.waiting.batch} waits for you`}
            </h2>
            {!isDrawn ? null : isPast ? (
              <p class="quiet">What was on its way then is in the events.</p>
            ) : (
              <BatchTable campaign={campaign} mark={mark} likeliest={likeliest} />
            )}
          </section>
          {parts === undefined ? null : (
            <>
              <parts.Decisions campaign={then} />
              <section class="card" aria-labelledby="results">
                <h2 id="results">Results</h2>
                <parts.ObservationsTable
                  observations={seen}
                  plain={logged}
                  mark={mark}
                  open={setOpened}
                />
                <p class="downloads">
                  All data:{" "}
                  {["csv", "parquet", "json", "jsonl"].map((format) => (
                    <a
                      key={format}
                      href={`${pathOf(campaign.campaignId)}/export/${format}`}
                      download
                    >
                      {format === "parquet" ? "Parquet" : format.toUpperCase()}
                    </a>
                  ))}
                </p>
              </section>
            </>
          )}
        </div>
      </div>
      {opened === undefined ? null : (
        <Later
          part="ResultDialog"
          campaign={campaign}
          observation={opened}
          view={known.view}
          namer={namer}
          close={() => setOpened(undefined)}
        />
      )}
    </div>
  );
}

/** What comes second waits for the first picture, where there will be one; but not for long. */
function useSecond(isMapped: boolean): [isDrawn: boolean, setDrawn: () => void] {
  const [isDrawn, set] = useState(false);
  const setDrawn = useCallback(() => {
    requestAnimationFrame(() => setTimeout(() => set(true)));
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => set(true), isMapped ? SECOND_ms : 0);
    return () => clearTimeout(timer);
  }, [isMapped]);
  return [isDrawn, setDrawn];
}

/** Everything with the names that people have for phases; what is sent and saved keeps the ids. */
function useNames(
  campaign: CampaignView,
  loaded: LoadedResults,
  plain: PlannerMap,
  candidates: Candidates | undefined,
) {
  const labels = plain.view?.kind === "phase-diagram" ? plain.view.labels : [];
  const axes = Object.keys(candidates?.columns ?? {});
  const namer = useMemo(
    () => namerFor({ names: campaign.names, axes }, labels),
    [JSON.stringify(campaign.names), axes.join(), labels.join()],
  );
  const columns = useMemo(() => namedColumns(loaded.columns, namer), [loaded.columns, namer]);
  const observations = useMemo(
    () =>
      joinedResults(
        columns,
        loaded.since.map((one) => namedResult(one, namer)),
      ),
    [columns, loaded.since, namer],
  );
  const view = useMemo(() => namedView(plain.view, namer), [plain.view, namer]);
  const known = useMemo(() => ({ ...plain, view }), [plain, view]);
  return {
    campaign: useMemo(() => namedCampaign(campaign, namer), [campaign, namer]),
    observations,
    known,
    namer,
  };
}

/** Says that the page shows the past, and how to come back. */
function PastBanner(props: {
  readonly past: number;
  readonly observations: Results;
  readonly live: (past: undefined) => void;
}) {
  const { past, observations, live } = props;
  const last = past > 0 ? observations.at(past - 1) : undefined;
  return (
    <p class="past" role="status">
      Not live: what was known after {past} of {plural(observations.length, "result")}
      {last === undefined ? "" : `, ${clockTime(last.time_ms)}`}.{" "}
      <button type="button" onClick={() => live(undefined)}>
        Back to now
      </button>
    </p>
  );
}

function Headline(props: {
  readonly campaign: CampaignView;
  /** As it stands now: what the controls act on. */
  readonly live: CampaignView;
  readonly children: preact.ComponentChildren;
}) {
  const { campaign, children } = props;
  const { budget, state, warnings } = campaign;
  const waits = campaign.waiting?.candidateIds.length ?? 0;
  return (
    <section class="card headline" aria-label="State of the campaign">
      <div class="title-row">
        <h1>{campaign.title}</h1>
        <span class={`state ${toneOf(shownState(campaign))}`}>
          {stateInWords(shownState(campaign))}
        </span>
        <span class="figures">
          <Figure name="measured" value={String(campaign.observations.total)} />
          <Figure name="in flight" value={String(campaign.inFlight)} />
          {waits === 0 ? null : <Figure name="waiting for you" value={String(waits)} />}
          {campaign.waits <= waits ? null : (
            <Figure name="waiting" value={String(campaign.waits - waits)} />
          )}
          {campaign.remaining_s === undefined || isOver(state) ? null : (
            <Figure name="left" value={`≈ ${durationInWords(campaign.remaining_s)}`} />
          )}
        </span>
        <CampaignControls campaign={props.live} />
      </div>
      <div class="budget">
        <progress max={budget.total} value={budget.used} aria-label="Budget spent" />
        <span>
          <strong>{budget.used}</strong> of {plural(budget.total, "experiment")} spent
        </span>
      </div>
      {children}
      <Reasons campaign={campaign} />
      <WaitingChange campaign={campaign} />
      {warnings.map((warning) => (
        <p key={warning} class="warning">
          {warning}
        </p>
      ))}
      {READ_ONLY ? <p class="quiet">This page is read-only.</p> : null}
    </section>
  );
}

/** Why it stands still, in the words of `status`, log and webhook; else the model's verdict. */
function Reasons({ campaign }: { readonly campaign: CampaignView }) {
  const { reasons, verdict } = campaign;
  const said =
    verdict === undefined || verdict.kind === "continue" || reasons.length > 0
      ? []
      : [verdict.reason];
  return (
    <>
      {reasons.map((reason) => (
        <p key={reason.text} class={`reason ${reason.alarm ?? ""}`}>
          {capitalised(reasonInWords(reason))}
        </p>
      ))}
      {said.map((text) => (
        <p key={text}>{text}</p>
      ))}
    </>
  );
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function Figure(props: { readonly name: string; readonly value: string }) {
  return (
    <span class="figure">
      <strong>{props.value}</strong> {props.name}
    </span>
  );
}
