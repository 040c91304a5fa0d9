import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { phaseSetLabel } from "../../../src/domain/observation.ts";
import type { CampaignView, ObservationView } from "../../../src/views/campaign-view.ts";
import { type PatternLook, strangersInWords } from "../../../src/views/pattern-look.ts";
import { phaseColour } from "../../../src/views/pictures/palette.ts";
import { LinePlot } from "./line-plot.tsx";
import type { Question } from "./operator-dialog.tsx";
import { nameUnknown, readAgain } from "./pattern-questions.ts";
import { getJson, pathOf } from "./requests.ts";
import { READ_ONLY } from "./settings.ts";

import { percent } from "./words.ts";

const LOWERED = 0.15;

/**
 * A pattern as the daemon reads it: the phases fitted to it, what is left, lines of no reference, the sets that it may be
 * instead; unknown phases get a name, and references that were added a look, in place.
 */
export function PatternFit(props: {
  readonly campaign: CampaignView;
  readonly observation: ObservationView;
  /** What is shown until it is read, and where it cannot be. */
  readonly raw: ComponentChildren;
  readonly ask: (question: Question) => void;
}) {
  const { campaign, observation, raw, ask } = props;
  const { campaignId } = campaign;
  const { position, n } = observation;
  const [look, setLook] = useState<PatternLook>();
  const [problem, setProblem] = useState("");
  const unknown = observation.results.flatMap((one) =>
    one.kind === "phases" ? one.phases.filter((name) => name.startsWith("unknown-")) : [],
  );
  // What it is called changes when it is renamed or read again: then it is looked at anew.
  const said = JSON.stringify(observation.results);
  useEffect(() => {
    const stop = new AbortController();
    getJson<PatternLook>(`${pathOf(campaignId)}/result/${position}/pattern`, stop.signal)
      .then(setLook)
      .catch((error: unknown) => {
        if (!stop.signal.aborted) setProblem(error instanceof Error ? error.message : "");
      });
    return () => stop.abort();
  }, [campaignId, position, said]);
  return (
    <section aria-label="The pattern as it is read">
      {look === undefined ? raw : <FitPlot look={look} name={`${campaignId}-pattern-${n}`} />}
      {problem === "" ? null : <p class="problem">{problem}</p>}
      {look === undefined ? null : <Sets look={look} />}
      {READ_ONLY ? null : (
        <div class="buttons">
          {unknown.map((id) => (
            <button type="button" key={id} onClick={() => ask(nameUnknown(campaign, id))}>
              Name {id} …
            </button>
          ))}
          <button type="button" onClick={() => ask(readAgain(campaign))}>
            Read patterns again …
          </button>
        </div>
      )}
    </section>
  );
}

function FitPlot({ look, name }: { readonly look: PatternLook; readonly name: string }) {
  const { twoTheta_deg, measured, sum, residual, phases } = look;
  return (
    <LinePlot
      x={twoTheta_deg}
      xName="twoTheta [°]"
      name={name}
      height={230}
      label={`The pattern with ${phases.length === 0 ? "no phase" : phases.map((one) => one.name).join(", ")} fitted`}
      lines={[
        { name: "measured", colour: "#8a919c", values: measured },
        ...phases.map((one, k) => ({
          name: one.name,
          colour: phaseColour(k),
          values: one.curve,
        })),
        { name: "sum", colour: "#c77700", values: sum },
        // Below the pattern, so that it hides nothing.
        {
          name: `left over (${LOWERED} lower)`,
          colour: "#b3261e",
          values: residual.map((v) => v - LOWERED),
        },
      ]}
    />
  );
}

/** Sets with their probabilities, shares of the weight, lines that nothing explains. */
function Sets({ look }: { readonly look: PatternLook }) {
  const { sets, phases } = look;
  const weights = phases.flatMap(({ name, weight }) =>
    weight === undefined ? [] : [`${name} ${percent(weight.share)} ± ${percent(weight.error)}`],
  );
  return (
    <>
      <table class="sets">
        <caption>What this pattern may be, by itself</caption>
        <thead>
          <tr>
            <th scope="col">Phases</th>
            <th scope="col">Probability</th>
          </tr>
        </thead>
        <tbody>
          {sets.map((set) => (
            <tr key={set.phases.join("+")}>
              <td>{set.phases.length === 0 ? "none" : phaseSetLabel(set.phases)}</td>
              <td>{percent(set.probability)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {weights.length === 0 ? null : <p class="quiet">By weight: {weights.join(", ")}.</p>}
      <p class={look.isUnfamiliar ? "" : "quiet"}>{strangersInWords(look)}</p>
    </>
  );
}
