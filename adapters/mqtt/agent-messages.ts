import type { Goal } from "../../src/domain/campaign.ts";
import type { Parameters } from "../../src/domain/candidate.ts";
import type { AgentIdentity } from "../../src/events/codec.ts";
import type { QuarantineReason } from "../../src/events/lab-fact.ts";
import type { OutgoingMessage } from "../../src/events/message-bus.ts";
import type { CampaignStatePayload } from "../../src/views/wire-payloads.ts";
import type { MessageData } from "./contract.ts";
import { writeMessage } from "./envelope.ts";

/** What is packed says no approval. */
export interface CampaignStateView extends Omit<CampaignStatePayload, "approval"> {
  readonly campaignId: string;
  readonly approval?: string;
}

export interface CampaignBatchView {
  readonly campaignId: string;
  readonly n: number;
  readonly points: readonly {
    readonly candidateId: string;
    readonly parameters: Parameters;
    readonly score: number;
    readonly why: string;
    readonly jobId: string;
  }[];
  /** Candidates in flight when the batch was chosen. */
  readonly pending: readonly string[];
  readonly modelVersion: number;
  readonly seed: string;
  readonly approval: string;
}

export interface CampaignModelView {
  readonly campaignId: string;
  readonly version: number;
  readonly goal: Goal;
  readonly observations: number;
  readonly summary: Readonly<Record<string, unknown>>;
}

/** What the agent says about itself and its campaigns, besides commands. */
export interface AgentMessages {
  /** Retained; `online: false` is also the will of an external broker's connection. */
  online(online: boolean, version: string, time_ms: number): OutgoingMessage;
  campaignState(view: CampaignStateView, time_ms: number): OutgoingMessage;
  campaignBatch(view: CampaignBatchView, time_ms: number): OutgoingMessage;
  campaignModel(view: CampaignModelView, time_ms: number): OutgoingMessage;
  /** The topic `dashboard/{view}`: `overview`, `events` or `todo`. */
  dashboard(
    view: string,
    content: Readonly<Record<string, unknown>>,
    time_ms: number,
  ): OutgoingMessage;
  /** The topic `dashboard/campaign/{id}`. */
  dashboardCampaign(
    campaignId: string,
    content: Readonly<Record<string, unknown>>,
    time_ms: number,
  ): OutgoingMessage;
  /** The topic `dashboard/instrument/{id}`. */
  dashboardInstrument(
    instrumentId: string,
    content: Readonly<Record<string, unknown>>,
    time_ms: number,
  ): OutgoingMessage;
  quarantined(message: QuarantinedMessage, time_ms: number): OutgoingMessage;
}

export interface QuarantinedMessage {
  /** Position of its event in the log: its name. */
  readonly position: number;
  readonly topic: string;
  readonly payloadBase64: string;
  readonly reason: QuarantineReason;
}

/** Encoders of the agent's own messages. Pure; the caller states the time. */
export function createAgentMessages(agent: AgentIdentity): AgentMessages {
  const from = { site: agent.site, source: `agent/${agent.agentId}` };
  const unique = uniqueIds(agent);
  return {
    online: (online, version, time_ms) =>
      writeMessage({
        ...from,
        name: "agentOnline",
        ids: { agentId: agent.agentId },
        id: unique(`online.${online}`, time_ms),
        time_ms,
        data: { online, epoch: agent.epoch, version },
      }),
    campaignState: ({ campaignId, ...data }, time_ms) =>
      writeMessage({
        ...from,
        name: "campaignState",
        ids: { campaignId },
        id: `state.${campaignId}.${agent.epoch}.${data.revision}`,
        time_ms,
        data: data as MessageData<"campaignState">,
      }),
    campaignBatch: ({ campaignId, modelVersion, points, pending, ...data }, time_ms) =>
      writeMessage({
        ...from,
        name: "campaignBatch",
        ids: { campaignId },
        id: unique(`batch.${campaignId}.${data.n}`, time_ms),
        time_ms,
        data: {
          ...data,
          points: points.map((point) => ({ ...point, parameters: { ...point.parameters } })),
          pending: [...pending],
          model: { version: modelVersion },
        },
      }),
    campaignModel: ({ campaignId, ...data }, time_ms) =>
      writeMessage({
        ...from,
        name: "campaignModel",
        ids: { campaignId },
        id: unique(`model.${campaignId}.${data.version}`, time_ms),
        time_ms,
        data,
      }),
    ...viewMessages(agent),
    quarantined: ({ position, ...data }, time_ms) =>
      writeMessage({
        ...from,
        name: "quarantine",
        ids: { reason: data.reason },
        id: `quarantine.${position}`,
        time_ms,
        data,
      }),
  };
}

/** Ids of what changes with time carry the epoch, so that a restarted agent never repeats one. */
function uniqueIds(agent: AgentIdentity) {
  return (what: string, time_ms: number): string => `${what}.${agent.epoch}.${time_ms}`;
}

function viewMessages(
  agent: AgentIdentity,
): Pick<AgentMessages, "dashboard" | "dashboardCampaign" | "dashboardInstrument"> {
  const from = { site: agent.site, source: `agent/${agent.agentId}` };
  const unique = uniqueIds(agent);
  return {
    dashboard: (view, content, time_ms) =>
      writeMessage({
        ...from,
        name: "dashboardView",
        ids: { view },
        id: unique(`view.${view}`, time_ms),
        time_ms,
        data: content,
      }),
    dashboardCampaign: (campaignId, content, time_ms) =>
      writeMessage({
        ...from,
        name: "dashboardCampaign",
        ids: { campaignId },
        id: unique(`view.campaign.${campaignId}`, time_ms),
        time_ms,
        data: content,
      }),
    dashboardInstrument: (instrumentId, content, time_ms) =>
      writeMessage({
        ...from,
        name: "dashboardInstrument",
        ids: { instrumentId },
        id: unique(`view.instrument.${instrumentId}`, time_ms),
        time_ms,
        data: content,
      }),
  };
}
