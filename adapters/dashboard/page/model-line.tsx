import type { CampaignView } from "../../../src/views/campaign-view.ts";
import { plural } from "./words.ts";

/** Which model a campaign has, and what it has learnt from. */
export function ModelLine({ campaign }: { readonly campaign: CampaignView }) {
  const { model } = campaign;
  return model === undefined ? null : (
    <p class="quiet">
      {model.method}, model {model.version}, {plural(model.observations, "result")} learnt.
    </p>
  );
}
