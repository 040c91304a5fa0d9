import type { CampaignView, ObservationView } from "../../../src/views/campaign-view.ts";

/** Pictures of the goals that are no phase map. */
export function GoalPictures(props: {
  readonly campaign: CampaignView;
  readonly observations: readonly ObservationView[];
}) {
  return <p class="quiet">{props.campaign.goal}</p>;
}
