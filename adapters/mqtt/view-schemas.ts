import { z } from "zod";

const ms = z.number().describe("milliseconds since 1970, UTC");
const id = z.string();
const reason = z.looseObject({
  kind: z.string().describe("waitingFor, suspendedBecause, notUsableBecause, endedBecause"),
  cause: z.string().describe("what stands in the way, for programs"),
  text: z.string().describe("what follows the words of its kind, for people"),
});
const budget = z.looseObject({ used: z.int(), total: z.int() });
const parameters = z.record(z.string(), z.union([z.number(), z.string()]));

const campaignLine = z.looseObject({
  ...{ campaignId: id, title: z.string(), goal: z.string() },
  state: z.string().describe("of its machine: running.measuring, paused, converged ..."),
  budget,
  inFlight: z.int().describe("experiments that go on"),
  waits: z.int().describe("experiments that wait for something out of the ordinary"),
  reasons: z.array(reason).describe("why it stands still; empty where it does not"),
  observations: z.int().describe("results that count"),
  waiting: z.boolean().describe("points wait for a person"),
  remaining_s: z.number().optional().describe("at the present pace"),
});

const instrument = z.looseObject({
  ...{ instrumentId: id, kind: z.string(), simulated: z.boolean() },
  connection: z.string().describe("online, offline, stale"),
  operation: z.string(),
  control: z.string(),
  safety: z.string(),
  jobId: id.optional(),
  fraction: z.number().optional().describe("of its job, 0..1"),
  seen_ms: ms,
  counts: z.looseObject({ results: z.int(), failures: z.int() }),
  readings: z.array(
    z.looseObject({ channel: z.string(), unit: z.string(), value: z.number(), time_ms: ms }),
  ),
});

const observation = z.looseObject({
  n: z.int().describe("what people call it, from 1"),
  position: z.int().describe("its line in the log"),
  time_ms: ms,
  ...{ candidateId: id, jobId: id, instrumentId: id, parameters },
  results: z.array(z.looseObject({ kind: z.string() })),
});

/** What programs may rely on in the `data` of the dashboard's topics; further fields may come and go. */
const VIEW_SCHEMAS = {
  overview: z.looseObject({
    site: z.string(),
    agent: z.looseObject({ agentId: id, version: z.string(), epoch: z.int() }),
    emergencyStop: z.looseObject({
      active: z.boolean(),
      by: z.string().optional(),
      reason: z.string().optional(),
    }),
    campaigns: z.array(campaignLine),
    instruments: z.array(instrument),
    alarms: z.array(
      z.looseObject({
        alarmId: id.describe("the same for as long as the reason lasts"),
        severity: z.enum(["critical", "warning"]),
        subject: z.string(),
        text: z.string().describe("what is wrong, and what to do"),
      }),
    ),
    counters: z.looseObject({
      ...{ events: z.int(), results: z.int(), failures: z.int(), duplicates: z.int() },
      quarantined: z.int(),
      quarantinedByReason: z.record(z.string(), z.int()),
    }),
  }),
  campaign: z.looseObject({
    ...{ campaignId: id, title: z.string(), goal: z.string(), state: z.string() },
    approval: z.enum(["automatic", "supervised"]),
    ...{ budget, inFlight: z.int(), waits: z.int(), reasons: z.array(reason) },
    observations: z.looseObject({
      total: z.int(),
      recent: z.array(observation).describe("the last 100, oldest first"),
      withdrawn: z.array(z.int()).describe("positions of results that were taken back"),
    }),
    warnings: z.array(z.string()),
    decisions: z.array(z.looseObject({ time_ms: ms, by: z.string(), action: z.string() })),
  }),
  instrument: instrument.extend({
    traces: z.array(
      z.looseObject({
        ...{ channel: z.string(), unit: z.string() },
        ...{ time_ms: z.array(ms), values: z.array(z.number()) },
      }),
    ),
  }),
} as const;

/** The views as documents of the contract: `view-overview.schema.json` ... */
export function viewDocuments(): {
  readonly file: string;
  readonly content: Readonly<Record<string, unknown>>;
}[] {
  return Object.entries(VIEW_SCHEMAS).map(([name, schema]) => ({
    file: `view-${name}.schema.json`,
    content: {
      $id: `urn:tieline:contract:v1:view-${name}`,
      title: `view-${name}`,
      description: "What programs may rely on in `data`; further fields may come and go.",
      ...z.toJSONSchema(schema, { target: "draft-2020-12", io: "input" }),
    },
  }));
}
