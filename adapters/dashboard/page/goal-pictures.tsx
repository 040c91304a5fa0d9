import { useMemo } from "preact/hooks";
import { effectiveModelPictures } from "../../../src/views/effective-model-pictures.ts";
import { optimisePictures } from "../../../src/views/optimise-pictures.ts";
import { unitsOfResults } from "../../../src/views/result-units.ts";
import { CandidateTable } from "./candidate-table.tsx";
import { PictureGrid } from "./picture.tsx";
import { TimeSlider } from "./time-slider.tsx";
import type { ShownCampaign } from "./use-campaign-data.ts";

/** Pictures of an optimisation or of an effective model, now or as they were after any number of results. */
export function GoalPictures(props: ShownCampaign) {
  const { campaign, observations, past, setPast } = props;
  const { view, failure } = props.known;
  const known = useMemo(
    () => (past === undefined ? observations : observations.slice(0, past)),
    [observations, past],
  );
  const history = useMemo(
    () => campaign.history.filter((sample) => sample.observations <= (past ?? Infinity)),
    [campaign.history, past],
  );
  const units = useMemo(() => unitsOfResults(known), [known]);
  const fields = view?.kind === "optimise" ? view : undefined;
  const pictures = useMemo(
    () =>
      fields === undefined
        ? effectiveModelPictures({ view, history })
        : optimisePictures({ view: fields, history, observations: known }),
    [view, fields, known.length, history.length],
  );
  return (
    <>
      <section class="card" aria-labelledby="pictures">
        <h2 id="pictures">What is known</h2>
        <TimeSlider total={observations.length} past={past} choose={setPast} />
        {pictures.length === 0 && failure === undefined ? (
          <p class="quiet">Pictures come with the first results.</p>
        ) : null}
        <PictureGrid pictures={pictures} of={campaign.campaignId} />
        {failure === undefined ? null : <p class="problem">No pictures: {failure}</p>}
      </section>
      {fields === undefined ? null : <CandidateTable rows={fields.candidates} units={units} />}
    </>
  );
}
