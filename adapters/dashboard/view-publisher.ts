import { type Clock, type Timers, toRfc3339 } from "../../src/core/clock.ts";
import type { OutgoingMessage } from "../../src/events/message-bus.ts";
import type { LabView } from "../../src/views/lab-view.ts";

/** A view is sent at most this often: the contract's promise to every MQTT client. */
export const VIEW_PERIOD_ms = 1000;

export interface ViewPublisherOptions {
  readonly labView: LabView;
  readonly site: string;
  readonly agentId: string;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Receives each dashboard message: the daemon hands it to the broker and to the page's feed. */
  readonly send: (message: OutgoingMessage) => void;
}

/** Sends the views that changed on the dashboard topics. */
export interface ViewPublisher {
  /** Call it after folding events: a view at rest leaves at once, a busy one once a second. */
  flush(): void;
  stop(): void;
}

/**
 * The first change of a quiet view leaves at once (a result is on the page as soon as it is in the log); further
 * changes within {@link VIEW_PERIOD_ms} are gathered into one message at the end of the period.
 */
export function createViewPublisher(options: ViewPublisherOptions): ViewPublisher {
  const { labView, clock, timers } = options;
  const sent_ms = new Map<string, number>();
  const waiting = new Map<string, () => void>();
  const boot = clock.now_ms().toString(36);
  let sequence = 0;

  const sendView = (name: string): void => {
    const view = viewNamed(labView, name);
    if (view === undefined) return;
    const now_ms = clock.now_ms();
    sent_ms.set(name, now_ms);
    const payload = JSON.stringify({
      specversion: "1.0",
      id: `view-${boot}-${++sequence}`,
      source: `agent/${options.agentId}`,
      type: "tieline.dashboard.view",
      time: toRfc3339(now_ms),
      data: view,
    });
    const topic = `tieline/v1/${options.site}/dashboard/${name}`;
    options.send({ topic, payload, qos: 0, retain: true });
  };

  return {
    flush: () => {
      const now_ms = clock.now_ms();
      for (const name of labView.takeChanged()) {
        if (waiting.has(name)) continue;
        const due_ms = (sent_ms.get(name) ?? Number.NEGATIVE_INFINITY) + VIEW_PERIOD_ms;
        if (due_ms <= now_ms) {
          sendView(name);
          continue;
        }
        const cancel = timers.schedule(due_ms, () => {
          waiting.delete(name);
          sendView(name);
        });
        waiting.set(name, cancel);
      }
    },
    stop: () => {
      for (const cancel of waiting.values()) cancel();
      waiting.clear();
    },
  };
}

/** The view behind `dashboard/{name}`; `undefined` for a name that has none. */
export function viewNamed(labView: LabView, name: string): unknown {
  const [kind, ...rest] = name.split("/");
  const id = rest.join("/");
  if (kind === "overview") return labView.overview();
  if (kind === "events") return labView.events();
  if (kind === "campaign") return labView.campaign(id);
  if (kind === "instrument") return labView.instrument(id);
  return undefined;
}
