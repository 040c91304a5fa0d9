import { useEffect, useMemo, useState } from "preact/hooks";
import { discoveryOrder } from "../../../src/views/map-data.ts";
import { describeParameters } from "../../../src/views/observation-summary.ts";
import {
  classColours,
  describeRun,
  type StructureLook,
  structurePictures,
} from "../../../src/views/structure-look.ts";
import { PictureGrid } from "./picture.tsx";
import { getJson, pathOf } from "./requests.ts";
import type { ShownCampaign } from "./use-campaign-data.ts";

/** Kinds of atoms: the model's space with its classes, and any simulation in it over time; the newest unless chosen. */
export function StructurePictures({ campaign, observations }: ShownCampaign) {
  const { campaignId } = campaign;
  const runs = [...observations].filter(({ results }) =>
    results.some((result) => result.kind === "trajectory"),
  );
  const [chosen, choose] = useState<number>();
  const position = chosen ?? runs.at(-1)?.position;
  const [look, setLook] = useState<StructureLook>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    const stop = new AbortController();
    const query = position === undefined ? "" : `?position=${position}`;
    getJson<StructureLook>(`${pathOf(campaignId)}/structure${query}`, stop.signal)
      .then((found) => {
        setLook(found);
        setFailure(undefined);
      })
      .catch((error: unknown) => {
        if (!stop.signal.aborted)
          setFailure(error instanceof Error ? error.message : String(error));
      });
    return () => stop.abort();
  }, [campaignId, position]);
  const order = discoveryOrder(observations).join();
  const pictures = useMemo(
    () =>
      look === undefined
        ? []
        : structurePictures(
            look,
            classColours(
              look.classes,
              order.split(",").filter((name) => name !== ""),
            ),
          ),
    [look, order],
  );
  return (
    <section class="card" aria-labelledby="structures">
      <h2 id="structures">Kinds of atoms</h2>
      {runs.length === 0 ? null : (
        <label>
          Simulation{" "}
          <select
            value={String(position)}
            onChange={(event) => choose(Number(event.currentTarget.value))}
          >
            {[...runs].reverse().map((run) => (
              <option key={run.position} value={String(run.position)}>
                {describeParameters(run.parameters)}
              </option>
            ))}
          </select>
        </label>
      )}
      {look === undefined ? null : <p aria-live="polite">{describeRun(look)}</p>}
      {failure === undefined ? null : <p class="problem">{failure}</p>}
      {look === undefined && failure === undefined ? (
        <p class="quiet">The atoms are being looked at …</p>
      ) : null}
      <PictureGrid pictures={pictures} of={campaignId} />
    </section>
  );
}
