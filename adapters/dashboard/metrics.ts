import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { shownState } from "../../src/views/campaign-view.ts";
import type { OverviewView } from "../../src/views/overview-view.ts";

/** One figure of the laboratory: what `/metrics` says of it, and where it is read. */
export interface Metric {
  /** Without the prefix `tieline_`; counters end in `_total` and begin at 0 with the daemon. */
  readonly name: string;
  readonly kind: "counter" | "gauge";
  readonly labels: readonly string[];
  readonly help: string;
  readonly read: (overview: OverviewView, set: SetValue) => void;
}

type SetValue = (labels: Readonly<Record<string, string>>, value: number) => void;

/** What `/metrics` tells beside the process's own figures; docs/metrics.md is held to this list. */
const METRICS: readonly Metric[] = [
  {
    ...counted("log_events_total", "Events in the log since the daemon started"),
    read: ({ counters }, set) => set({}, counters.events),
  },
  {
    ...counted("results_total", "Results received"),
    read: ({ counters }, set) => set({}, counters.results),
  },
  {
    ...counted("job_failures_total", "Jobs that failed or were rejected"),
    read: ({ counters }, set) => set({}, counters.failures),
  },
  {
    ...counted(
      "duplicate_messages_total",
      "Messages that were sent again and recognised, progress not counted",
    ),
    read: ({ counters }, set) => set({}, counters.duplicates),
  },
  {
    ...counted("quarantined_messages_total", "Messages that were kept out, by reason", "reason"),
    read: ({ counters }, set) => {
      for (const [reason, count] of Object.entries(counters.quarantinedByReason))
        set({ reason }, count);
    },
  },
  {
    ...gauge("alarms", "Alarms that stand, by severity", "severity"),
    read: ({ alarms }, set) => {
      for (const severity of ["critical", "warning"])
        set({ severity }, alarms.filter((alarm) => alarm.severity === severity).length);
    },
  },
  {
    ...gauge("emergency_stop", "1 while the emergency stop is latched"),
    read: ({ emergencyStop }, set) => set({}, emergencyStop.active ? 1 : 0),
  },
  ...campaignMetrics(),
  {
    ...gauge("instrument_online", "1 while the instrument is online", "instrument"),
    read: ({ instruments }, set) => {
      for (const { instrumentId, connection } of instruments)
        set({ instrument: instrumentId }, connection === "online" ? 1 : 0);
    },
  },
  {
    ...gauge("instrument_busy", "1 while the instrument has a job", "instrument"),
    read: ({ instruments }, set) => {
      for (const { instrumentId, jobId } of instruments)
        set({ instrument: instrumentId }, jobId === undefined ? 0 : 1);
    },
  },
  {
    ...gauge("info", "1; which program speaks for which laboratory", "version", "site", "agent"),
    read: ({ agent, site }, set) => set({ version: agent.version, site, agent: agent.agentId }, 1),
  },
];

/** Figures of each campaign. */
function campaignMetrics(): Metric[] {
  type Line = OverviewView["campaigns"][number];
  const of = (name: string, help: string, value: (line: Line) => number): Metric => ({
    ...gauge(name, help, "campaign"),
    read: ({ campaigns }, set) => {
      for (const line of campaigns) set({ campaign: line.campaignId }, value(line));
    },
  });
  return [
    of("campaign_budget", "Experiments that may be spent", ({ budget }) => budget.total),
    of("campaign_budget_used", "Experiments spent", ({ budget }) => budget.used),
    of("campaign_results", "Results that count", ({ observations }) => observations),
    of("campaign_in_flight", "Experiments in flight", ({ inFlight }) => inFlight),
    of("campaign_waits", "Experiments that wait for something out of the ordinary", (c) => c.waits),
    of("campaign_waits_for_approval", "1 while points wait for a person", ({ waiting }) =>
      waiting ? 1 : 0,
    ),
    {
      ...gauge("campaign_state", "1 for the state that the campaign is in", "campaign", "state"),
      read: ({ campaigns }, set) => {
        for (const line of campaigns)
          set({ campaign: line.campaignId, state: shownState(line) }, 1);
      },
    },
  ];
}

function counted(name: string, help: string, ...labels: string[]) {
  return { name, help, labels, kind: "counter" } as const;
}

function gauge(name: string, help: string, ...labels: string[]) {
  return { name, help, labels, kind: "gauge" } as const;
}

/** The laboratory's figures in Prometheus' text format, read from the overview at each scrape. */
export function createMetrics(overview: () => OverviewView, watchers: () => number): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "tieline_process_" });
  const watched: Metric = {
    ...gauge("page_watchers", "Browsers that watch the page"),
    read: (_, set) => set({}, watchers()),
  };
  for (const { name, help, labels, kind, read } of [...METRICS, watched]) {
    const options = {
      ...{ name: `tieline_${name}`, help, labelNames: [...labels], registers: [registry] },
    };
    if (kind === "gauge") {
      const metric: Gauge = new Gauge({
        ...options,
        collect: () => {
          metric.reset();
          read(overview(), (of, value) => metric.set(of, value));
        },
      });
      continue;
    }
    const metric: Counter = new Counter({
      ...options,
      collect: () => {
        metric.reset();
        read(overview(), (of, value) => metric.inc(of, value));
      },
    });
  }
  return registry;
}
