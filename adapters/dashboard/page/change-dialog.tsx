import type { CampaignView } from "../../../src/views/campaign-view.ts";
import { changeQuestion, pointQuestion, wideningQuestion } from "./change-questions.ts";
import { OperatorDialog } from "./operator-dialog.tsx";

export type Change = "change" | "point" | "approve" | "reject";

/** Asks how a running campaign is to be changed, or whether a wider limit is approved. */
export function ChangeDialog(props: {
  readonly campaign: CampaignView;
  readonly change: Change;
  readonly close: () => void;
}) {
  const { campaign, change, close } = props;
  const question =
    change === "change"
      ? changeQuestion(campaign)
      : change === "point"
        ? pointQuestion(campaign)
        : wideningQuestion(campaign, change);
  return question === undefined ? null : <OperatorDialog question={question} close={close} />;
}
