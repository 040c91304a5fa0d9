import { useEffect, useRef, useState } from "preact/hooks";
import { columnHead } from "../../../src/core/unit-words.ts";
import type { Namer } from "../../../src/domain/display-name.ts";
import { experimentOfJob } from "../../../src/domain/job.ts";
import { type Observation, phaseSetLabel } from "../../../src/domain/observation.ts";
import type { PlannerView } from "../../../src/domain/planner-view.ts";
import type { CampaignView, ObservationView } from "../../../src/views/campaign-view.ts";
import type { ExportedObservation } from "../../../src/views/export-document.ts";
import { labelsFrom } from "../../../src/views/label-source.ts";
import { namedObservation } from "../../../src/views/named.ts";
import {
  describeObservation,
  describeParameters,
  formatNumber,
} from "../../../src/views/observation-summary.ts";
import { phaseColour } from "../../../src/views/pictures/palette.ts";
import { whoSaid } from "../../../src/views/who-said.ts";
import { LinePlot } from "./line-plot.tsx";
import { OperatorDialog, type Question } from "./operator-dialog.tsx";
import { PatternFit } from "./pattern-fit.tsx";
import { Photos } from "./photos.tsx";
import { getJson, pathOf } from "./requests.ts";
import { resultComment, withdrawal } from "./result-questions.ts";
import { READ_ONLY } from "./settings.ts";
import { clockTime, percent } from "./words.ts";

/** One result with all that is known of it, and what can be done about it: withdrawn, commented. */
export function ResultDialog(props: {
  readonly campaign: CampaignView;
  readonly observation: ObservationView;
  readonly view: PlannerView | undefined;
  /** What people call phases. */
  readonly namer: Namer;
  readonly close: () => void;
}) {
  const { campaign, observation, view, namer, close } = props;
  const { campaignId } = campaign;
  const dialog = useRef<HTMLDialogElement>(null);
  const [whole, setWhole] = useState<ExportedObservation>();
  const [problem, setProblem] = useState("");
  const [question, setQuestion] = useState<Question>();
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    const stop = new AbortController();
    getJson<ExportedObservation>(
      `${pathOf(campaignId)}/result/${observation.position}`,
      stop.signal,
    )
      .then(setWhole)
      .catch((error: unknown) => {
        if (!stop.signal.aborted) setProblem(error instanceof Error ? error.message : "");
      });
    return () => stop.abort();
  }, [campaignId, observation.position]);
  const { n, jobId, instrumentId, time_ms, parameters, actual, reportedBy, simulated } =
    observation;
  const sample = experimentOfJob(jobId);
  // The daemon read this pattern: it can show how.
  const readsPatterns =
    whole?.result.some((one) => one.kind === "phases" && one.readFrom === "pattern") ?? false;
  const comments = campaign.comments.filter(({ sampleId }) => sampleId === sample);
  const by =
    reportedBy === undefined
      ? ""
      : `, reported by ${whoSaid({ by: reportedBy, identity: observation.identity })}`;
  return (
    <dialog ref={dialog} class="result" onClose={close} aria-labelledby="result-title">
      <h2 id="result-title">Result {n}</h2>
      <p>
        {describeParameters(parameters)}
        {actual === undefined ? "" : `; measured: ${describeParameters(actual)}`}
      </p>
      <p class="quiet">
        {clockTime(time_ms)}, {instrumentId}
        {simulated ? " (simulated)" : ""}
        {by}
        {sample === "" ? "" : `, sample ${sample}`}
      </p>
      {problem === "" ? null : <p class="problem">{problem}</p>}
      {whole === undefined
        ? observation.results.map((one) => <p key={one.kind}>{describeObservation(one)}</p>)
        : whole.result
            .map((item) => namedObservation(item, namer))
            .map((one, k) =>
              one.kind === "pattern" && readsPatterns ? (
                <PatternFit
                  key={k}
                  campaign={campaign}
                  observation={observation}
                  raw={<Part part={one} name={`${campaignId}-result-${n}-${k}`} />}
                  ask={setQuestion}
                />
              ) : (
                <Part key={k} part={one} name={`${campaignId}-result-${n}-${k}`} />
              ),
            )}
      <Derived labels={labelsFrom(view, observation.position)} />
      <Photos photos={whole?.photos} of={`Photograph of result ${n}`} />
      {comments.map(({ position, by: who, text, time_ms: at, photos }) => (
        <div key={position}>
          <p>
            <strong>{who}</strong>, {clockTime(at)}: {text}
          </p>
          <Photos photos={photos} of={`Photograph by ${who}`} />
        </div>
      ))}
      <div class="buttons">
        {READ_ONLY ? null : (
          <>
            <button type="button" onClick={() => setQuestion(resultComment(campaign, observation))}>
              Comment …
            </button>
            <button
              type="button"
              class="danger-outline"
              onClick={() => setQuestion(withdrawal(campaign, observation))}
            >
              Withdraw …
            </button>
          </>
        )}
        <button type="button" class="primary" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
      {question === undefined ? null : (
        <OperatorDialog question={question} close={() => setQuestion(undefined)} />
      )}
    </dialog>
  );
}

/** One part of a result in full: a curve or pattern as a plot, phases with shares, compositions and what else it may be. */
function Part({ part, name }: { readonly part: Observation; readonly name: string }) {
  if (part.kind === "curve" || part.kind === "pattern") {
    const { axis, values, unit } = part;
    const what = part.kind === "curve" ? part.name : "intensity";
    if (values.length < 2) return <p>{describeObservation(part)}</p>;
    return (
      <LinePlot
        x={axis.values}
        xName={columnHead(axis.name, axis.unit)}
        name={name}
        height={170}
        label={`${what} over ${axis.name}, ${values.length} points`}
        lines={[{ name: columnHead(what, unit), colour: phaseColour(5), values }]}
      />
    );
  }
  if (part.kind !== "phases") return <p>{describeObservation(part)}</p>;
  const { fractions = {}, compositions = {}, confidence, alternatives = [] } = part;
  const sure = confidence === undefined ? "" : `, probability ${percent(confidence)}`;
  return (
    <>
      <p>
        <strong>{phaseSetLabel(part.phases)}</strong>
        {sure}
      </p>
      {Object.keys({ ...fractions, ...compositions }).length === 0 ? null : (
        <ul>
          {part.phases.map((phase) => (
            <li key={phase}>
              {phase}
              {fractions[phase] === undefined ? "" : `: ${percent(fractions[phase])} of the atoms`}
              {compositions[phase] === undefined
                ? ""
                : `, ${Object.entries(compositions[phase])
                    .map(([component, x]) => `${component} ${formatNumber(x)}`)
                    .join(", ")}`}
            </li>
          ))}
        </ul>
      )}
      {alternatives.length === 0 ? null : (
        <p>
          Or:{" "}
          {alternatives
            .map(({ phases, probability }) => `${phaseSetLabel(phases)} ${percent(probability)}`)
            .join(", ")}
        </p>
      )}
    </>
  );
}

function Derived({ labels }: { readonly labels: readonly (readonly [string, number])[] }) {
  if (labels.length === 0) return null;
  return (
    <p class="quiet">
      From it follow, without being measured:{" "}
      {labels.map(([label, points]) => `${label} at ${points} points`).join(", ")}.
    </p>
  );
}
