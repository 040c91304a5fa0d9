import type { CampaignView } from "../../../src/views/campaign-view.ts";
import type { Question } from "./operator-dialog.tsx";

/** Gives an unknown phase its name in every sample, those to come too. */
export function nameUnknown({ campaignId }: CampaignView, id: string): Question {
  const field = "name";
  return {
    title: `What is ${id}?`,
    explanation: `Every sample that shows its lines is called so, those to come too. Without a reference its share stays unknown.`,
    confirm: `Name ${id}`,
    fields: [{ name: field, label: "Name of the phase", value: "" }],
    wish: (by, reason, values = {}) => {
      const name = (values[field] ?? "").trim();
      if (name === "") throw new Error("A phase needs a name.");
      return {
        ...{ kind: "campaign", campaignId, action: "reread", by },
        ...(reason === "" ? {} : { reason }),
        patterns: { names: { [id]: name } },
      };
    },
  };
}

/** Has every pattern of the campaign read again, with references as they are on disk and further ones. */
export function readAgain({ campaignId }: CampaignView): Question {
  const field = "references";
  return {
    title: `Read the patterns of ${campaignId} again?`,
    explanation:
      "With the campaign's references as they are on disk now. The map, the report and the export follow what has come out differently.",
    confirm: "Read them again",
    fields: [
      {
        name: field,
        label: "Further references: file or folder on the daemon's machine (optional)",
        value: "",
      },
    ],
    wish: (by, reason, values = {}) => {
      const path = (values[field] ?? "").trim();
      return {
        ...{ kind: "campaign", campaignId, action: "reread", by },
        ...(reason === "" ? {} : { reason }),
        patterns: path === "" ? {} : { references: [path] },
      };
    },
  };
}
