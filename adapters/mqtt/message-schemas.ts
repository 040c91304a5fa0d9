import { z } from "zod";
import { GOALS } from "../../src/domain/campaign.ts";
import { isPersonsName, OWN_NAME_PROBLEM } from "../../src/domain/identifiers.ts";
import { observation } from "./observation-schemas.ts";
import {
  count,
  dataReference,
  finite,
  fraction,
  identifier,
  name,
  nonNegative,
  ordinal,
  parameters,
  phaseName,
  text,
  unit,
  utcTime,
} from "./primitive-schemas.ts";

/** The `data` of every message of the contract, once; types, checks and the published schemas come from here. */

/** A laboratory's largest furnace load, batch or history is far below this; it bounds every list. */
const LIST_MAX = 10_000;

/** Crucibles of the largest furnace load. */
const LOAD_MAX = 1000;

export const online = z.object({ online: z.boolean(), bootId: identifier });

/** How a set point is declared. All but `unit`, `min` and `max` are additions: births without them stay valid. */
const setPoint = z.object({
  unit: unit.optional(),
  min: finite.optional(),
  max: finite.optional(),
  type: z.enum(["number", "text", "choice"]).optional(),
  integer: z.boolean().optional(),
  choices: z.array(text).min(1).max(1000).optional(),
  characters_max: ordinal.optional(),
  required: z.boolean().optional(),
  ramp: z.object({ max: nonNegative, unit, by: name.optional() }).optional(),
});

export const birth = z.object({
  bootId: identifier,
  kind: name,
  capabilities: z
    .array(
      z.object({
        name: identifier,
        parameters: z.record(name, setPoint),
        /** What set points of any other name may be; absent: there are no others. */
        others: setPoint.optional(),
        results: z.array(name).max(64),
        repeatable: z.boolean(),
        expectedDuration_s: nonNegative,
        /** Samples that one job may have at once; absent: one. */
        capacity: z.int().min(1).max(LOAD_MAX).optional(),
        /** Set points that are one for all samples of a job; absent: all are. */
        shares: z.array(name).max(64).optional(),
        /** What each sample uses up of the stock: `amount`, times the set point `by`. */
        consumes: z
          .array(z.object({ stock: name, amount: nonNegative, by: name.optional() }))
          .max(64)
          .optional(),
      }),
    )
    .max(64),
  simulated: z.boolean(),
  /** Channels of its telemetry, with the unit of each. */
  channels: z.record(identifier, z.object({ unit })).optional(),
  /** The instrument keeps its jobs over a restart of its own, so that "no record of it" means "never began". */
  journal: z.boolean().optional(),
  calibration: z.object({ id: name, validUntil: utcTime.optional() }).optional(),
  /** Windows in which nothing may be running on it. */
  maintenance: z
    .array(z.object({ from: utcTime, until: utcTime, what: text.optional() }))
    .max(64)
    .optional(),
  /** What jobs use up, as it is when this is said. */
  stock: z.record(name, z.object({ amount: finite, unit, low: nonNegative.optional() })).optional(),
  /** The last `ack` that it has had: a log that has not that report, at that position, has lost it. */
  acknowledged: z.object({ jobId: identifier, attempt: ordinal, position: count }).optional(),
});

export const instrumentState = z.object({
  bootId: identifier,
  seq: count,
  operation: z.enum(["idle", "busy", "held", "fault"]),
  control: z.enum(["automatic", "local", "maintenance"]),
  safety: z.enum(["ok", "interlocked", "emergencyStopped"]),
  jobId: identifier.optional(),
});

export const telemetry = z.object({ value: finite, unit });

export const jobStart = z.object({
  commandId: name,
  jobId: identifier,
  attempt: ordinal,
  campaignId: identifier,
  epoch: count,
  notAfter: utcTime,
  validFor_s: nonNegative.optional(),
  capability: identifier,
  parameters,
  sampleIds: z.array(identifier).max(LIST_MAX).optional(),
  /** Of a load: set points that its samples do not share. */
  parametersBySample: z.record(identifier, parameters).optional(),
  /** What the steps before found of its samples. */
  earlier: z
    .array(
      z.object({
        sampleId: identifier,
        step: count,
        capability: identifier,
        instrumentId: identifier,
        observations: z.array(observation).max(LIST_MAX).optional(),
        actual: parameters.optional(),
      }),
    )
    .max(LIST_MAX)
    .optional(),
});
/** Of every command but the first ones of this contract, which had neither. */
const validity = { notAfter: utcTime.optional(), validFor_s: nonNegative.optional() };
export const jobControl = z.object({
  commandId: name,
  jobId: identifier,
  epoch: count,
  ...validity,
});
export const jobReconcile = z.object({
  commandId: name,
  jobIds: z.array(identifier).max(LIST_MAX),
  epoch: count,
  ...validity,
});

const attempt = { jobId: identifier, attempt: ordinal };
export const jobAccepted = z.object(attempt);
export const jobEnded = z.object({ ...attempt, reason: text, retryable: z.boolean() });
export const jobProgress = z.object({ ...attempt, fraction, message: text.optional() });
export const jobResult = z.object({
  ...attempt,
  observations: z.array(observation).max(LIST_MAX),
  actual: parameters.optional(),
  /** Of a load: what came out otherwise for single samples. */
  actualBySample: z.record(identifier, parameters).optional(),
  raw: z.array(dataReference).max(LIST_MAX).optional(),
  simulated: z.boolean(),
});
export const jobUnknown = z.object({ jobId: identifier });
export const jobAck = z.object({ ...attempt, position: count });

export const operatorCommand = z.object({
  commandId: name,
  by: name.refine(isPersonsName, OWN_NAME_PROBLEM),
  reason: text.optional(),
});
export const operatorDecision = operatorCommand.extend({
  batch: ordinal.optional(),
  candidateIds: z.array(identifier).min(1).max(LIST_MAX).optional(),
  change: ordinal.optional(),
});
const changedLimit = z.object({
  min: finite.optional(),
  max: finite.optional(),
  unit: unit.optional(),
  oneOf: z.array(text).max(1000).optional(),
});
const hoursText = z.string().regex(/^[A-Za-z0-9 :;,-]{0,200}$/);
export const operatorExtension = operatorCommand.extend({
  changes: z.object({
    budget: ordinal.optional(),
    inFlight: ordinal.optional(),
    approval: z.enum(["automatic", "supervised"]).optional(),
    approvalExpires_s: nonNegative.optional(),
    limits: z.record(name, changedLimit).optional(),
    hours: z
      .object({
        approvals: hoursText.optional(),
        starts: z.record(identifier, hoursText).optional(),
      })
      .optional(),
    stop: z.record(name, nonNegative).optional(),
  }),
});
const place = z.object({
  candidateId: identifier.optional(),
  parameters: parameters.optional(),
  recipe: name.optional(),
});
export const operatorProposal = operatorCommand.extend({
  points: z.array(place).min(1).max(100),
  needsApproval: z.boolean().optional(),
});
export const operatorReread = operatorCommand.extend({
  patterns: z.object({
    names: z.record(name, phaseName).optional(),
    references: z.array(text).max(100).optional(),
    strainLimits: z.record(phaseName, nonNegative).optional(),
  }),
});
export const operatorWithdrawal = operatorCommand.extend({ jobId: identifier });
export const operatorReport = operatorCommand.extend({
  jobId: identifier,
  report: z.object({
    outcome: z.enum(["done", "failed"]),
    observations: z.array(observation).max(LIST_MAX).optional(),
    actual: parameters.optional(),
    raw: z.array(dataReference).max(LIST_MAX).optional(),
    again: z.boolean().optional(),
    newPhases: z.boolean().optional(),
  }),
});
export const operatorComment = operatorCommand.extend({
  reason: text,
  sampleId: identifier.optional(),
  raw: z.array(dataReference).max(LIST_MAX).optional(),
});
export const operatorTold = operatorCommand.extend({
  points: z.array(place).length(1),
  observations: z.array(observation).min(1).max(LIST_MAX),
  raw: z.array(dataReference).max(LIST_MAX).optional(),
  newPhases: z.boolean().optional(),
});

const figures = z.record(z.string(), z.unknown());

export const campaignState = z.object({
  state: name,
  revision: count,
  budget: z.object({ used: count, total: count }),
  inFlight: count,
  observations: count,
  reason: text.optional(),
  waits: count.optional(),
  reasons: z
    .array(
      z.object({
        kind: name,
        cause: name,
        sentence: text,
        instrumentId: identifier.optional(),
        jobIds: z.array(identifier).max(64).optional(),
      }),
    )
    .max(64)
    .optional(),
  approval: name.optional(),
  /** Set points on their way that were sent in other units than they were asked for. */
  conversions: z.array(text).max(64).optional(),
  /** Samples that are on instruments together, a sentence a load. */
  loads: z.array(text).max(64).optional(),
  change: z
    .object({
      n: ordinal,
      limits: z.record(name, changedLimit),
      from: z.record(name, changedLimit),
      by: name,
      reason: text.optional(),
    })
    .optional(),
});
export const campaignBatch = z.object({
  n: ordinal,
  points: z
    .array(
      z.object({
        candidateId: identifier,
        parameters,
        score: finite,
        why: text,
        jobId: identifier,
      }),
    )
    .max(LIST_MAX),
  pending: z.array(identifier).max(LIST_MAX),
  model: z.object({ version: count }),
  seed: text,
  approval: name,
});
export const campaignModel = z.object({
  version: count,
  goal: z.enum(GOALS),
  observations: count,
  summary: figures,
});
export const campaignReply = z.object({
  commandId: name,
  accepted: z.boolean(),
  reason: text.optional(),
  candidateIds: z.array(identifier).max(LIST_MAX).optional(),
});

export const dashboardView = figures;
export const agentOnline = z.object({ online: z.boolean(), epoch: count, version: name });
export const emergencyStop = z.object({ active: z.boolean(), by: name, reason: text });
export const quarantined = z.object({
  topic: z.string(),
  payloadBase64: z.string(),
  reason: name,
});
