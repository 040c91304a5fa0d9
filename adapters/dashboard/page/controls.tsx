import { useState } from "preact/hooks";
import { heardInWords } from "../../../src/views/alarms.ts";
import type { CampaignView } from "../../../src/views/campaign-view.ts";
import { changeInWords } from "../../../src/views/change-in-words.ts";
import type { EmergencyStopView } from "../../../src/views/overview-view.ts";
import type { Change } from "./change-dialog.tsx";
import { Later } from "./later.tsx";
import type { Question } from "./operator-dialog.tsx";
import { READ_ONLY } from "./settings.ts";
import { isOver } from "./words.ts";

type Action = "start" | "pause" | "resume" | "stop" | "abort";

const WORDS: Readonly<Record<Action, { name: string; explanation: string; dangerous?: boolean }>> =
  {
    start: {
      name: "Start",
      explanation: "The agent begins to measure within the campaign's limits.",
    },
    pause: {
      name: "Pause",
      explanation: "Jobs in flight finish; no new job starts until someone resumes.",
    },
    resume: { name: "Resume", explanation: "The agent goes on where it was paused." },
    stop: {
      name: "Stop",
      explanation: "Jobs in flight finish, then the campaign ends. It can't be resumed.",
    },
    abort: {
      name: "Abort",
      explanation: "Jobs in flight are cancelled and the campaign ends. It can't be resumed.",
      dangerous: true,
    },
  };

/** What a person may do with a campaign in this state. */
function actionsFor(state: string): Action[] {
  if (isOver(state)) return [];
  if (/^(draft|validated)/.test(state)) return ["start", "abort"];
  if (/^(paused|pausing|suspended)/.test(state)) return ["resume", "stop", "abort"];
  if (/^(stopping|aborting|emergencyStopped)/.test(state)) return ["abort"];
  return ["pause", "stop", "abort"];
}

export function CampaignControls({ campaign }: { readonly campaign: CampaignView }) {
  const [question, setQuestion] = useState<Question>();
  const [change, setChange] = useState<Change>();
  const actions = actionsFor(campaign.state);
  if (READ_ONLY) return null;
  const mayChange = !/^(stopp|abort|failed)/.test(campaign.state);
  const ask = (action: Action): void => {
    const { name, explanation, dangerous = false } = WORDS[action];
    setQuestion({
      title: `${name} “${campaign.title}”?`,
      explanation,
      confirm: name,
      isDangerous: dangerous,
      needsReason: dangerous,
      wish: (by, reason) => ({
        kind: "campaign",
        campaignId: campaign.campaignId,
        action,
        by,
        ...(reason === "" ? {} : { reason }),
      }),
    });
  };
  return (
    <div class="buttons" role="group" aria-label="Campaign controls">
      {actions.map((action) => (
        <button
          key={action}
          type="button"
          class={WORDS[action].dangerous ? "danger-outline" : ""}
          onClick={() => ask(action)}
        >
          {WORDS[action].name}
        </button>
      ))}
      {mayChange ? (
        <button type="button" onClick={() => setChange("change")}>
          Change …
        </button>
      ) : null}
      {/^(running|paus)/.test(campaign.state) ? (
        <button type="button" onClick={() => setChange("point")}>
          Add a point …
        </button>
      ) : null}
      {question === undefined ? null : (
        <Later part="OperatorDialog" question={question} close={() => setQuestion(undefined)} />
      )}
      {change === undefined ? null : (
        <Later
          part="ChangeDialog"
          campaign={campaign}
          change={change}
          close={() => setChange(undefined)}
        />
      )}
    </div>
  );
}

/** Wider limits that somebody has asked for: another person decides. */

export function WaitingChange({ campaign }: { readonly campaign: CampaignView }) {
  const [decision, setDecision] = useState<"approve" | "reject">();
  const { change } = campaign;
  if (change === undefined) return null;
  return (
    <div class="warning" role="status">
      <p>{changeInWords(change)}</p>
      {READ_ONLY ? null : (
        <div class="buttons">
          {(["approve", "reject"] as const).map((action) => (
            <button key={action} type="button" onClick={() => setDecision(action)}>
              {action === "approve" ? "Approve" : "Reject"} change {change.n}
            </button>
          ))}
        </div>
      )}
      {decision === undefined ? null : (
        <Later
          part="ChangeDialog"
          campaign={campaign}
          change={decision}
          close={() => setDecision(undefined)}
        />
      )}
    </div>
  );
}

/** Always in reach: stops every instrument at once; a person clears it. */
export function EmergencyStop({ stop }: { readonly stop: EmergencyStopView }) {
  const [question, setQuestion] = useState<Question>();
  if (READ_ONLY) return null;
  const ask = (): void =>
    setQuestion(
      stop.active
        ? {
            title: "Clear the emergency stop?",
            explanation:
              "Make sure that the laboratory is safe. Campaigns stay stopped until someone resumes them.",
            confirm: "Clear emergency stop",
            needsReason: true,
            wish: (by, reason) => ({ kind: "emergencyStop", active: false, by, reason }),
          }
        : {
            title: "Emergency stop?",
            explanation:
              "Every instrument that listens stops at once and no job starts until a person clears it. It doesn't replace the red button on the wall.",
            confirm: "Stop everything now",
            isDangerous: true,
            needsReason: true,
            reason: "stopped from the page",
            wish: (by, reason) => ({ kind: "emergencyStop", active: true, by, reason }),
          },
    );
  return (
    <>
      {stop.active ? (
        <span class="heard" role="alert">
          {heardInWords(stop)}
        </span>
      ) : null}
      <button type="button" class={`emergency ${stop.active ? "active" : ""}`} onClick={ask}>
        {stop.active ? "Clear emergency stop" : "Emergency stop"}
      </button>
      {question === undefined ? null : (
        <Later part="OperatorDialog" question={question} close={() => setQuestion(undefined)} />
      )}
    </>
  );
}
