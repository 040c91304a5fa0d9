import { useEffect, useMemo, useState } from "preact/hooks";
import { reasonInWords } from "../../../src/domain/reason.ts";
import { campaignThen } from "../../../src/views/campaign-then.ts";
import {
  type CampaignView,
  type ObservationView,
  shownState,
} from "../../../src/views/campaign-view.ts";
import { figureName } from "../../../src/views/figure-words.ts";
import { GOAL_VIEWS } from "../../../src/views/goal-views.ts";
import { likeliestAt } from "../../../src/views/label-source.ts";
import { namedCampaign, namedResult, namedView, namerFor } from "../../../src/views/named.ts";
import { phaseColour } from "../../../src/views/pictures/palette.ts";
import { whoSaid } from "../../../src/views/who-said.ts";
import { BatchTable } from "./batch-table.tsx";
import { CampaignControls, WaitingChange } from "./controls.tsx";
import { Glance } from "./glance.tsx";
import { GoalPictures } from "./goal-pictures.tsx";
import { LinePlot } from "./line-plot.tsx";
import { ObservationsTable } from "./observations-table.tsx";
import { PhaseMap } from "./phase-map.tsx";
import { ResultDialog } from "./result-dialog.tsx";
import { READ_ONLY } from "./settings.ts";
import { showPast } from "./store.ts";
import { StructurePictures } from "./structure-pictures.tsx";
import {
  type Candidates,
  type PlannerMap,
  pathOf,
  useCandidates,
  useObservations,
  usePlannerView,
} from "./use-campaign-data.ts";
import { clockTime, durationInWords, isOver, plural, stateInWords, toneOf } from "./words.ts";

/** One campaign: what it knows, what it does next and why, and how to stop it. */
export function CampaignPanel(props: { readonly campaign: CampaignView }) {
  const candidates = useCandidates(props.campaign.campaignId);
  const logged = useObservations(props.campaign);
  const [marked, mark] = useState<string>();
  const [past, setPast] = useState<number>();
  const [opened, setOpened] = useState<ObservationView>();
  const plain = usePlannerView(props.campaign, past);
  const { campaign, observations, known, namer } = useNames(
    props.campaign,
    logged,
    plain,
    candidates,
  );
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
  const shown = { campaign, observations, known, past, setPast, plain: plain.view };
  const likeliest = useMemo(
    () => likeliestAt(known.view, candidates?.ids),
    [known.view, candidates],
  );
  const hasMap = GOAL_VIEWS[campaign.goal].hasMap;
  return (
    <div class="campaign">
      {isPast ? <PastBanner past={past} observations={observations} live={setPast} /> : null}
      <Headline campaign={then} live={campaign}>
        <Glance view={known.view} campaign={then} candidates={candidates} observations={seen} />
      </Headline>
      <div class="columns">
        <div class="main-column">
          {hasMap && candidates !== undefined && candidates.count > 0 ? (
            <PhaseMap {...shown} candidates={candidates} marked={marked} />
          ) : null}
          {GOAL_VIEWS[campaign.goal].hasSimulations ? <StructurePictures {...shown} /> : null}
          {hasMap ? <Learning campaign={then} /> : <GoalPictures {...shown} />}
          {hasMap ? null : <ModelLine campaign={then} />}
        </div>
        <div class="side-column">
          <section class="card second" aria-labelledby="next-batch">
            <h2 id="next-batch">
              {then.waiting === undefined
                ? isPast
                  ? "On its way then"
                  : "Now, and why"
                : `Batch ${then.waiting.batch} waits for you`}
            </h2>
            {isPast ? (
              <p class="quiet">What was on its way then is in the events.</p>
            ) : (
              <BatchTable campaign={campaign} mark={mark} likeliest={likeliest} />
            )}
          </section>
          <Decisions campaign={then} />
          <section class="card" aria-labelledby="results">
            <h2 id="results">Results</h2>
            <ObservationsTable observations={seen} plain={logged} mark={mark} open={setOpened} />
            <p class="downloads">
              All data:{" "}
              {["csv", "parquet", "json", "jsonl"].map((format) => (
                <a key={format} href={`${pathOf(campaign.campaignId)}/export/${format}`} download>
                  {format === "parquet" ? "Parquet" : format.toUpperCase()}
                </a>
              ))}
            </p>
          </section>
        </div>
      </div>
      {opened === undefined ? null : (
        <ResultDialog
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

/** Everything with the names that people have for phases; what is sent and saved keeps the ids. */
function useNames(
  campaign: CampaignView,
  logged: readonly ObservationView[],
  plain: PlannerMap,
  candidates: Candidates | undefined,
) {
  const labels = plain.view?.kind === "phase-diagram" ? plain.view.labels : [];
  const axes = Object.keys(candidates?.columns ?? {});
  const namer = useMemo(
    () => namerFor({ names: campaign.names, axes }, labels),
    [JSON.stringify(campaign.names), axes.join(), labels.join()],
  );
  const made = useMemo(() => new WeakMap<ObservationView, ObservationView>(), [namer]);
  const observations = useMemo(
    () =>
      logged.map((one) => {
        const named = made.get(one) ?? namedResult(one, namer);
        made.set(one, named);
        return named;
      }),
    [logged, namer],
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
  readonly observations: readonly ObservationView[];
  readonly live: (past: undefined) => void;
}) {
  const { past, observations, live } = props;
  const last = observations[past - 1];
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

/** Figures of the model that lie between 0 and 1 share one plot; the first others get one each. */
function Learning({ campaign }: { readonly campaign: CampaignView }) {
  const { history, model } = campaign;
  if (history.length < 2 || model === undefined) return null;
  const names = Object.keys(history.at(-1)?.figures ?? {});
  const values = (name: string): (number | null)[] =>
    history.map((sample) => sample.figures[name] ?? null);
  const isShare = (name: string): boolean =>
    values(name).every((value) => value === null || (value >= 0 && value <= 1));
  const shares = names.filter(isShare).slice(0, 4);
  const others = names.filter((name) => !isShare(name)).slice(0, 2);
  const x = history.map((sample) => sample.observations);
  const groups = [shares, ...others.map((name) => [name])].filter((group) => group.length > 0);
  return (
    <section class="card" aria-labelledby="learning">
      <h2 id="learning">What it has learnt</h2>
      {groups.map((group) => (
        <LinePlot
          key={group.join()}
          x={x}
          xName="results"
          name={`${campaign.campaignId}-${group.join("-")}`}
          height={150}
          label={`Figures of the model: ${group.map(figureName).join(", ")}`}
          lines={group.map((name, k) => ({
            name: figureName(name),
            colour: phaseColour(k === 0 ? 5 : k),
            values: values(name),
          }))}
        />
      ))}
      <ModelLine campaign={campaign} />
    </section>
  );
}

function ModelLine({ campaign }: { readonly campaign: CampaignView }) {
  const { model } = campaign;
  return model === undefined ? null : (
    <p class="quiet">
      {model.method}, model {model.version}, {plural(model.observations, "result")} learnt.
    </p>
  );
}

function Decisions({ campaign }: { readonly campaign: CampaignView }) {
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
