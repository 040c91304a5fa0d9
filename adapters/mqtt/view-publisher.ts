import type { Clock, Timers } from "../../src/core/clock.ts";
import type { Goal } from "../../src/domain/campaign.ts";
import type { LabEvent } from "../../src/events/lab-event.ts";
import type { OutgoingMessage } from "../../src/events/message-bus.ts";
import type { LabView } from "../../src/views/lab-view.ts";
import {
  campaignBatchPayload,
  campaignModelPayload,
  campaignStatePayload,
} from "../../src/views/wire-payloads.ts";
import type { AgentMessages } from "./agent-messages.ts";

export interface ViewPublisherOptions {
  readonly view: LabView;
  readonly messages: () => AgentMessages;
  /** Hands a message to the broker; failures are the callee's to report. */
  readonly publish: (message: OutgoingMessage) => void;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** The contract allows one message a second for each dashboard view. */
const DASHBOARD_INTERVAL_ms = 1000;

/** Publishes what the agent shows: campaign state, batch and model as they change, dashboard views once a second. */
export interface ViewPublisher {
  /** After a group of events. */
  publishChanges(): void;
  noteEvent(event: LabEvent): void;
  stop(): void;
}

export function createViewPublisher(options: ViewPublisherOptions): ViewPublisher {
  const { view, publish, clock } = options;
  const last = new Map<string, string>();
  const dirty = new Set<string>();
  let cancel: (() => void) | undefined;
  let lastDashboard_ms = Number.NEGATIVE_INFINITY;
  let stopped = false;

  const publishOnce = (key: string, content: unknown, message: () => OutgoingMessage): void => {
    const text = JSON.stringify(content);
    if (last.get(key) === text) return;
    last.set(key, text);
    publish(message());
  };

  const publishCampaign = (campaignId: string): void => {
    const campaign = view.campaign(campaignId);
    if (campaign === undefined) return;
    const now_ms = clock.now_ms();
    const state = campaignStatePayload(campaign);
    publishOnce(`state/${campaignId}`, state, () =>
      options.messages().campaignState({ campaignId, ...state }, now_ms),
    );
    const batch = campaignBatchPayload(campaign);
    if (batch !== undefined) {
      const { model, points, ...rest } = batch;
      const sent = points.map((point) => ({ ...point, jobId: point.jobId ?? "" }));
      publishOnce(
        `batch/${campaignId}`,
        { n: batch.n, points: sent, approval: batch.approval },
        () =>
          options
            .messages()
            .campaignBatch(
              { campaignId, modelVersion: model.version, points: sent, ...rest },
              now_ms,
            ),
      );
    }
    const model = campaignModelPayload(campaign);
    if (model !== undefined) {
      publishOnce(`model/${campaignId}`, model, () =>
        options
          .messages()
          .campaignModel({ campaignId, ...model, goal: model.goal as Goal }, now_ms),
      );
    }
  };

  const publishDashboards = (): void => {
    cancel = undefined;
    lastDashboard_ms = clock.now_ms();
    for (const name of dirty) publishDashboard(name, lastDashboard_ms);
    dirty.clear();
  };

  const publishDashboard = (name: string, now_ms: number): void => {
    const [kind, id] = name.split("/");
    const messages = options.messages();
    if (name === "overview") {
      publish(messages.dashboard("overview", { ...view.overview() }, now_ms));
    } else if (name === "events") {
      publish(messages.dashboard("events", { ...view.events() }, now_ms));
    } else if (kind === "instrument" && id !== undefined) {
      const instrument = view.instrument(id);
      if (instrument !== undefined)
        publish(messages.dashboardInstrument(id, { ...instrument }, now_ms));
    } else if (kind === "campaign" && id !== undefined) {
      const campaign = view.campaign(id);
      if (campaign !== undefined) publish(messages.dashboardCampaign(id, { ...campaign }, now_ms));
    }
  };

  return {
    publishChanges: () => {
      if (stopped) return;
      for (const name of view.takeChanged()) {
        const [kind, id] = name.split("/");
        if (kind === "campaign" && id !== undefined) publishCampaign(id);
        dirty.add(name);
      }
      if (dirty.size === 0 || cancel !== undefined) return;
      const due_ms = lastDashboard_ms + DASHBOARD_INTERVAL_ms;
      cancel = options.timers.schedule(Math.max(clock.now_ms(), due_ms), publishDashboards);
    },
    noteEvent: (event) => {
      if (event.fact.type !== "message.quarantined") return;
      const { topic, payloadBase64, reason } = event.fact;
      const message = { position: event.position, topic, payloadBase64, reason };
      publish(options.messages().quarantined(message, event.time_ms));
    },
    stop: () => {
      stopped = true;
      cancel?.();
      if (dirty.size > 0) publishDashboards();
    },
  };
}
