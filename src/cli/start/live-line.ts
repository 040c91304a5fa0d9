import { reasonInWords } from "../../domain/reason.ts";
import { shownState } from "../../views/campaign-view.ts";
import type { LabView } from "../../views/lab-view.ts";
import { formatDuration } from "../output/progress.ts";

/** One line that tells how the campaigns stand: `al-mg-zn  running.measuring  23/60  phases 9  in flight 6  4 min left`. */
export function liveLine(view: LabView): string {
  return view.campaignIdsAtHand
    .map((id) => {
      const campaign = view.campaign(id);
      if (campaign === undefined) return "";
      const { used, total } = campaign.budget;
      const phases = campaign.model?.summary["phasesFound"];
      const found = Array.isArray(phases) ? `  phases ${phases.length}` : "";
      const left =
        campaign.remaining_s === undefined ? "" : `  ${formatDuration(campaign.remaining_s)} left`;
      const waits = campaign.waits === 0 ? "" : `  waiting ${campaign.waits}`;
      const [reason] = campaign.reasons;
      const why = reason === undefined ? "" : `  ${reasonInWords(reason)}`;
      const state = shownState(campaign).split(".").at(-1);
      return `${id}  ${state}  measured ${used}/${total}${found}  in flight ${campaign.inFlight}${waits}${left}${why}`;
    })
    .join(" | ");
}
