import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { OverviewView } from "../../src/views/overview-view.ts";

/** Figures of the laboratory in Prometheus' text format, read from the overview at each scrape. */
export function createMetrics(overview: () => OverviewView, watchers: () => number): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "tieline_process_" });
  const gauge = (
    name: string,
    help: string,
    labelNames: string[],
    read: (set: (labels: Record<string, string>, value: number) => void) => void,
  ): void => {
    const metric: Gauge = new Gauge({
      name: `tieline_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect: () => {
        metric.reset();
        read((labels, value) => metric.set(labels, value));
      },
    });
  };
  gauge("log_events", "Events in the log since the daemon started", [], (set) =>
    set({}, overview().counters.events),
  );
  gauge("results", "Results received", [], (set) => set({}, overview().counters.results));
  gauge("failures", "Jobs that failed or were rejected", [], (set) =>
    set({}, overview().counters.failures),
  );
  gauge(
    "duplicates",
    "Messages that were sent again and recognised, progress not counted",
    [],
    (set) => set({}, overview().counters.duplicates),
  );
  gauge("quarantined", "Messages in quarantine by reason", ["reason"], (set) => {
    for (const [reason, count] of Object.entries(overview().counters.quarantinedByReason)) {
      set({ reason }, count);
    }
  });
  gauge("alarms", "Alarms by severity", ["severity"], (set) => {
    for (const severity of ["critical", "warning"]) {
      set({ severity }, overview().alarms.filter((a) => a.severity === severity).length);
    }
  });
  gauge("emergency_stop", "1 while the emergency stop is latched", [], (set) =>
    set({}, overview().emergencyStop.active ? 1 : 0),
  );
  gauge("campaign_budget_used", "Experiments spent", ["campaign"], (set) => {
    for (const { campaignId, budget } of overview().campaigns) {
      set({ campaign: campaignId }, budget.used);
    }
  });
  gauge("campaign_in_flight", "Experiments in flight", ["campaign"], (set) => {
    for (const { campaignId, inFlight } of overview().campaigns) {
      set({ campaign: campaignId }, inFlight);
    }
  });
  gauge("instrument_online", "1 while the instrument is online", ["instrument"], (set) => {
    for (const { instrumentId, connection } of overview().instruments) {
      set({ instrument: instrumentId }, connection === "online" ? 1 : 0);
    }
  });
  gauge("page_watchers", "Browsers that watch the dashboard", [], (set) => set({}, watchers()));
  return registry;
}
