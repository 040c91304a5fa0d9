import { useState } from "preact/hooks";
import type { BatchPointView, CampaignView } from "../../../src/views/campaign-view.ts";
import { describeParameters, formatNumber } from "../../../src/views/observation-summary.ts";
import { OperatorDialog, type Question } from "./operator-dialog.tsx";
import { READ_ONLY } from "./settings.ts";
import { percent, plural, stateInWords, toneOf } from "./words.ts";

type Order = "proposed" | "score";

/** The next batch: each point with its reason, score and state; boxes to approve or reject where a person must. */
export function BatchTable(props: {
  readonly campaign: CampaignView;
  readonly mark: (candidateId: string | undefined) => void;
}) {
  const { campaign, mark } = props;
  const { batch, waiting } = campaign;
  const [order, setOrder] = useState<Order>("proposed");
  const [unticked, setUnticked] = useState<ReadonlySet<string>>(new Set());
  const [question, setQuestion] = useState<Question>();
  if (batch === undefined) return <p class="quiet">No batch has been proposed yet.</p>;
  const points =
    order === "score" ? [...batch.points].sort((a, b) => b.score - a.score) : batch.points;
  const open = new Set(READ_ONLY ? [] : waiting?.candidateIds);
  const ticked = [...open].filter((id) => !unticked.has(id));
  const fractions = new Map(campaign.jobs.map((job) => [job.jobId, job.fraction]));

  const decide = (action: "approve" | "reject"): void => {
    const word = action === "approve" ? "Approve" : "Reject";
    setQuestion({
      title: `${word} ${plural(ticked.length, "point")} of batch ${batch.n}?`,
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
        batch: waiting?.batch ?? batch.n,
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
      <div class="scroll">
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
                  {describeParameters(point.parameters)}
                  <br />
                  <PointState point={point} fraction={fractions.get(point.jobId ?? "")} />
                </td>
                <td>{point.why}</td>
                <td class="number">{formatNumber(point.score)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
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
        <OperatorDialog question={question} close={() => setQuestion(undefined)} />
      )}
    </>
  );
}

function PointState(props: {
  readonly point: BatchPointView;
  readonly fraction: number | undefined;
}) {
  const { point, fraction } = props;
  const done = fraction === undefined ? "" : ` ${percent(fraction)}`;
  return <span class={`state ${toneOf(point.state)}`}>{stateInWords(point.state) + done}</span>;
}
