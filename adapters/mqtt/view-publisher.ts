import type { Clock, Timers } from "../../src/core/clock.ts";
import { isSameData } from "../../src/core/plain.ts";
import type { Goal } from "../../src/domain/campaign.ts";
import type { LabEvent } from "../../src/events/lab-event.ts";
import type { OutgoingMessage } from "../../src/events/message-bus.ts";
import type { LabView } from "../../src/views/lab-view.ts";
import type { OverviewView } from "../../src/views/overview-view.ts";
import {
  type CampaignStatePayload,
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
  /** Default: a second. */
  readonly dashboardEvery_ms?: number | undefined;
  /** Called with the overview whenever it is shown: once a second at most. */
  readonly onOverview?: ((overview: OverviewView) => void) | undefined;
}

/** The contract allows one message a second for each dashboard view. */
const DASHBOARD_INTERVAL_ms = 1000;

/** Publishes what the agent shows: campaign state, batch and model as they change, dashboard views once a second. */
export interface ViewPublisher {
  /** After a group of events. */
  publishChanges(): void;
  /** After what is shown and not logged (readings, progress): it changes dashboard views alone. */
  publishReadings(): void;
  /** Publishes everything again: a broker that came back may have forgotten what it retained. */
  publishAll(): void;
  noteEvent(event: LabEvent): void;
  stop(): void;
}

export function createViewPublisher(options: ViewPublisherOptions): ViewPublisher {
  const publisher = new Publisher(options);
  return {
    publishChanges: () => publisher.publishChanges(),
    publishReadings: () => publisher.publishReadings(),
    publishAll: () => publisher.publishAll(),
    noteEvent: (event) => publisher.noteEvent(event),
    stop: () => publisher.stop(),
  };
}

class Publisher {
  private readonly options: ViewPublisherOptions;
  /** What was published last under each key: the same again is not sent. */
  private readonly last = new Map<string, { readonly content: unknown; readonly text: string }>();
  private readonly dirty = new Set<string>();
  private cancel: (() => void) | undefined;
  private lastDashboard_ms = Number.NEGATIVE_INFINITY;
  private stopped = false;

  constructor(options: ViewPublisherOptions) {
    this.options = options;
  }

  publishChanges(): void {
    if (this.stopped) return;
    const { view } = this.options;
    for (const name of view.takeChanged()) {
      const [kind, id] = name.split("/");
      if (kind === "campaign" && id !== undefined) this.publishCampaign(id);
      this.dirty.add(name);
    }
    this.scheduleDashboards();
  }

  publishReadings(): void {
    if (this.stopped) return;
    for (const name of this.options.view.takeChanged()) this.dirty.add(name);
    this.scheduleDashboards();
  }

  private scheduleDashboards(): void {
    const { clock, timers, dashboardEvery_ms = DASHBOARD_INTERVAL_ms } = this.options;
    if (this.dirty.size === 0 || this.cancel !== undefined) return;
    const due_ms = Math.max(clock.now_ms(), this.lastDashboard_ms + dashboardEvery_ms);
    this.cancel = timers.schedule(due_ms, () => this.publishDashboards());
  }

  publishAll(): void {
    const { view } = this.options;
    this.last.clear();
    // What is over for a while is told by its state; the rest of it is there when the page asks.
    const atHand = new Set(view.campaignIdsAtHand);
    for (const id of view.campaignIds) {
      if (atHand.has(id)) view.touch(`campaign/${id}`);
      else this.publishState(id, view.campaignState(id));
    }
    for (const id of view.instrumentIds) view.touch(`instrument/${id}`);
    view.touch("events");
    view.touch("overview");
    view.touch("todo");
    this.publishChanges();
  }

  noteEvent(event: LabEvent): void {
    if (event.fact.type !== "message.quarantined") return;
    const { topic, payloadBase64, reason } = event.fact;
    const message = { position: event.position, topic, payloadBase64, reason };
    this.options.publish(this.options.messages().quarantined(message, event.time_ms));
  }

  stop(): void {
    this.stopped = true;
    this.cancel?.();
    if (this.dirty.size > 0) this.publishDashboards();
  }

  private publishCampaign(campaignId: string): void {
    const { view, clock, messages } = this.options;
    const campaign = view.brief(campaignId);
    if (campaign === undefined) return;
    const now_ms = clock.now_ms();
    this.publishState(campaignId, campaignStatePayload(campaign));
    const batch = campaignBatchPayload(campaign);
    if (batch !== undefined) {
      const { model, points, ...rest } = batch;
      const sent = points.map((point) => ({ ...point, jobId: point.jobId ?? "" }));
      const shown = { campaignId, modelVersion: model.version, points: sent, ...rest };
      const content = { n: batch.n, points: sent, approval: batch.approval };
      this.publishOnce(`batch/${campaignId}`, content, () =>
        messages().campaignBatch(shown, now_ms),
      );
    }
    const model = campaignModelPayload(campaign);
    if (model === undefined) return;
    const learnt = { campaignId, ...model, goal: model.goal as Goal };
    // The version names the model: its summary, which may be large, need not be compared.
    const named = [model.version, model.observations];
    this.publishOnce(`model/${campaignId}`, named, () => messages().campaignModel(learnt, now_ms));
  }

  private publishState(campaignId: string, state: CampaignStatePayload | undefined): void {
    const { clock, messages } = this.options;
    if (state === undefined) return;
    this.publishOnce(`state/${campaignId}`, state, () =>
      messages().campaignState({ campaignId, ...state }, clock.now_ms()),
    );
  }

  private publishOnce(key: string, content: unknown, message: () => OutgoingMessage): void {
    const last = this.last.get(key);
    if (last !== undefined && isSameData(content, last.content)) return;
    const text = JSON.stringify(content);
    if (last?.text === text) return;
    this.last.set(key, { content, text });
    this.options.publish(message());
  }

  private publishDashboards(): void {
    this.cancel = undefined;
    const now_ms = this.options.clock.now_ms();
    this.lastDashboard_ms = now_ms;
    for (const name of this.dirty) this.publishDashboard(name, now_ms);
    this.dirty.clear();
  }

  /** Where nothing was ever asked of people, nothing is shown. */
  private publishTodo(now_ms: number): void {
    const todo = this.options.view.todo();
    if (todo.todos.length === 0 && !this.last.has("todo")) return;
    this.publishOnce("todo", todo, () =>
      this.options.messages().dashboard("todo", { ...todo }, now_ms),
    );
  }

  private publishDashboard(name: string, now_ms: number): void {
    const { view, messages, publish } = this.options;
    const [kind, id] = name.split("/");
    if (name === "overview") {
      const overview = view.overview();
      publish(messages().dashboard("overview", { ...overview }, now_ms));
      this.options.onOverview?.(overview);
    } else if (name === "todo") {
      this.publishTodo(now_ms);
    } else if (name === "events") {
      publish(messages().dashboard("events", { ...view.events() }, now_ms));
    } else if (kind === "instrument" && id !== undefined) {
      const instrument = view.instrument(id);
      if (instrument !== undefined)
        publish(messages().dashboardInstrument(id, { ...instrument }, now_ms));
    } else if (kind === "campaign" && id !== undefined) {
      const campaign = view.campaign(id);
      if (campaign !== undefined)
        publish(messages().dashboardCampaign(id, { ...campaign }, now_ms));
    }
  }
}
