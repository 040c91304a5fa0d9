import { Fragment } from "preact";
import { useState } from "preact/hooks";
import type { CampaignView } from "../../../src/views/campaign-view.ts";
import type { likeliestAt } from "../../../src/views/label-source.ts";
import { describeParameters, formatNumber } from "../../../src/views/observation-summary.ts";
import { Later } from "./later.tsx";
import type { Question } from "./operator-dialog.tsx";
import { Scroll } from "./scroll.tsx";
import { READ_ONLY } from "./settings.ts";
import { percent, plural, stateInWords, toneOf } from "./words.ts";

type Order = "proposed" | "score";

/** The next batch: each point with its reason, score and state; boxes to approve or reject where a person must. */
export function BatchTable(props: {
  readonly campaign: CampaignView;
  readonly mark: (candidateId: string | undefined) => void;
  /** What the map holds likeliest at a candidate. */
  readonly likeliest: ReturnType<typeof likeliestAt>;
}) {
  const { campaign, mark, likeliest } = props;
  const { batch, waiting } = campaign;
  const [order, setOrder] = useState<Order>("proposed");
  const [unticked, setUnticked] = useState<ReadonlySet<string>>(new Set());
  const [question, setQuestion] = useState<Question>();
  const rows = openPoints(campaign);
  if (rows.length === 0) return <p class="quiet">No point is proposed or in flight.</p>;
  const points =
    order === "score" ? [...rows].sort((a, b) => (b.score ?? 0) - (a.score ?? 0)) : rows;
  const open = new Set(READ_ONLY ? [] : waiting?.candidateIds);
  const ticked = [...open].filter((id) => !unticked.has(id));

  const number = waiting?.batch ?? batch?.n ?? 1;

  const decide = (action: "approve" | "reject"): void => {
    const word = action === "approve" ? "Approve" : "Reject";
    setQuestion({
      title: `${word} ${plural(ticked.length, "point")} of batch ${number}?`,
      explanation:
        action === "approve"
          ? "The agent sends the jobs of these points to the instruments, within all limits."
          : "The agent won't measure these points in this campaign and proposes others.",
      confirm: `${word} ${plural(ticked.length, "point")}`,
      needsReason: action === "reject",
      wish: (by, reason) => ({
        kind: "campaign",
        campaignId: campaign.campaignId,
        action,
        by,
        batch: number,
        candidateIds: ticked,
        ...(reason === "" ? {} : { reason }),
      }),
    });
  };
  const tick = (id: string): void => {
    const next = new Set(unticked);
    if (!next.delete(id)) next.add(id);
    setUnticked(next);
  };

  return (
    <>
      <Scroll label="Points">
        <table class="batch">
          <thead>
            <tr>
              {open.size > 0 ? <th scope="col">Take</th> : null}
              <th scope="col">Point</th>
              <th scope="col">Why now</th>
              <th scope="col" aria-sort={order === "score" ? "descending" : "none"}>
                <button
                  type="button"
                  class="sort"
                  onClick={() => setOrder(order === "score" ? "proposed" : "score")}
                >
                  Score {order === "score" ? "▾" : "↕"}
                </button>
              </th>
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <tr
                key={point.candidateId}
                onMouseEnter={() => mark(point.candidateId)}
                onMouseLeave={() => mark(undefined)}
              >
                {open.size > 0 ? (
                  <td>
                    {open.has(point.candidateId) ? (
                      <input
                        type="checkbox"
                        aria-label={`Take ${describeParameters(point.parameters)}`}
                        checked={!unticked.has(point.candidateId)}
                        onChange={() => tick(point.candidateId)}
                      />
                    ) : null}
                  </td>
                ) : null}
                <td class="parameters">
                  <Parameters parameters={point.parameters} />
                  <PointState point={point} />
                  <Likeliest found={likeliest(point.candidateId)} />
                </td>
                <td>{point.why}</td>
                <td class="number">{point.score === undefined ? "" : formatNumber(point.score)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {open.size > 0 ? (
        <div class="buttons">
          <button
            type="button"
            class="primary"
            disabled={ticked.length === 0}
            onClick={() => decide("approve")}
          >
            Approve {plural(ticked.length, "point")}
          </button>
          <button
            type="button"
            class="danger-outline"
            disabled={ticked.length === 0}
            onClick={() => decide("reject")}
          >
            Reject {plural(ticked.length, "point")}
          </button>
        </div>
      ) : null}
      {question === undefined ? null : (
        <Later part="OperatorDialog" question={question} close={() => setQuestion(undefined)} />
      )}
    </>
  );
}

/** A point that has no result yet: proposed, waiting, queued or in flight. */
interface OpenPoint {
  readonly candidateId: string;
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly why: string;
  readonly score?: number | undefined;
  readonly state: string;
  readonly fraction?: number | undefined;
  /** What is done with it now, where that is one of several steps. */
  readonly activity?: string | undefined;
}

/** Everything asked for and not over, whichever batch it came in, then the points of the latest batch without a job. */
function openPoints(campaign: CampaignView): OpenPoint[] {
  const waiting = new Set(campaign.waiting?.candidateIds);
  const jobs = campaign.jobs.map((job) => ({
    ...job,
    why: job.why ?? "",
    state: waiting.has(job.candidateId) ? "awaitingApproval" : job.state,
    ...(job.steps > 1 ? { activity: `${job.capability} (${job.step + 1} of ${job.steps})` } : {}),
  }));
  const known = new Set(jobs.map((job) => job.candidateId));
  const others = campaign.batch?.points.filter((point) => !known.has(point.candidateId)) ?? [];
  return [...jobs, ...others.filter((point) => point.state !== "measured")];
}

function Likeliest({ found }: { readonly found: ReturnType<ReturnType<typeof likeliestAt>> }) {
  return found === undefined ? null : (
    <div class="quiet">
      likely {found.label}, {percent(found.certainty)}
    </div>
  );
}

/** Name and value stay together on one line. */
function Parameters(props: { readonly parameters: OpenPoint["parameters"] }) {
  return (
    <>
      {describeParameters(props.parameters)
        .split(", ")
        .map((part) => (
          <Fragment key={part}>
            <span class="parameter">{part}</span>{" "}
          </Fragment>
        ))}
      <br />
    </>
  );
}

function PointState({ point }: { readonly point: OpenPoint }) {
  const { state, fraction, activity } = point;
  const done = fraction === undefined || fraction === 0 ? "" : ` ${percent(fraction)}`;
  return (
    <>
      <span class={`state ${toneOf(state)}`}>{stateInWords(state) + done}</span>
      {activity === undefined ? null : <div class="quiet">{activity}</div>}
    </>
  );
}
