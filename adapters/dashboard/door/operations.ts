import { z } from "zod";
import { IDENTIFIER, isPersonsName, OWN_NAME_PROBLEM } from "../../../src/domain/identifiers.ts";
import { saidObservation } from "../said-observations.ts";

const identifier = z
  .string()
  .regex(IDENTIFIER)
  .describe("letters, digits, dot, hyphen, underscore; at most 64");
const text = z.string().max(200);
const reason = z.string().max(500).describe("why; kept in the log");

/** Who speaks: every operation that changes something needs a name, and the key where the configuration lists operators. */
const who = {
  by: identifier.refine(isPersonsName, OWN_NAME_PROBLEM).describe("who says so"),
  key: z.string().max(200).optional().describe("the operator's key, where operators are listed"),
  commandId: identifier
    .optional()
    .describe("the same id acts once: send it again after a lost answer"),
  reason: reason.optional(),
};

const point = z.strictObject({
  candidateId: identifier.optional(),
  parameters: z.record(text, z.union([z.number(), text])).optional(),
  recipe: text.optional(),
});

const observations = z.array(saidObservation).min(1).max(100);

const report = z.strictObject({
  ...who,
  jobId: identifier.describe("of a job that `batch` lists under `asked`, or of a person's step"),
  observations: observations.optional(),
  failed: z.string().min(1).max(500).optional().describe("why there is no result"),
  actual: z
    .record(text, z.union([z.number(), text]))
    .optional()
    .describe("set points as they came out"),
});
export type Reported = z.infer<typeof report>;

const tell = z.strictObject({
  ...who,
  point: point.describe("where it lies: a candidate's id, or its parameters"),
  observations,
  newPhases: z.boolean().optional().describe("phases that the campaign has not seen are meant"),
});
export type Told = z.infer<typeof tell>;

const decision = {
  ...who,
  batch: z
    .int()
    .min(1)
    .optional()
    .describe("the batch that was shown; absent: the one that waits now"),
  candidateIds: z.array(identifier).max(1000).optional().describe("only these points of it"),
};

/** One thing that a program can ask or say. */
export interface Operation {
  readonly name: string;
  readonly method: "get" | "post";
  /** Below /api/v1, as OpenAPI writes it. */
  readonly path: string;
  readonly summary: string;
  readonly body?: z.ZodObject | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** What comes back, in words. */
  readonly answer: string;
  readonly isStream?: boolean;
}

const reply = "accepted, and the daemon's reason where it is refused";

/** Every operation: routes, the OpenAPI document and the Python client are made of this list. */
export const OPERATIONS = [
  {
    ...{ name: "campaigns", method: "get", path: "/campaigns" },
    summary: "All campaigns: state, budget, what is in flight, and why those stand still that do",
    answer: "campaigns",
  },
  {
    ...{ name: "campaign", method: "get", path: "/campaigns/{campaignId}" },
    summary: "One campaign: the same, with what the model knows and what people decided",
    answer: "the campaign's view",
  },
  {
    ...{ name: "batch", method: "get", path: "/campaigns/{campaignId}/batch" },
    summary:
      "Ask: the points of the latest batch with their reasons, which wait for approval, and the jobs to report on",
    answer: "n, approval, points, waiting, asked",
  },
  {
    ...{ name: "results", method: "get", path: "/campaigns/{campaignId}/results" },
    summary: "Every result that counts, numbered from 1",
    answer: "results",
  },
  {
    ...{ name: "report", method: "post", path: "/campaigns/{campaignId}/report", body: report },
    summary: "Report what came of a job that was asked, or of a person's step",
    answer: "accepted; false where no such job waits",
  },
  {
    ...{ name: "tell", method: "post", path: "/campaigns/{campaignId}/tell", body: tell },
    summary:
      "Tell a result that was not asked for: of an earlier experiment, or of a point of one's own",
    answer: reply,
  },
  {
    ...{ name: "withdraw", method: "post", path: "/campaigns/{campaignId}/withdraw" },
    body: z.strictObject({
      ...who,
      jobId: identifier.describe("of the result, as `results` says"),
    }),
    summary: "Takes a result back: it was wrong, and the model forgets it",
    answer: reply,
  },
  {
    ...{ name: "comment", method: "post", path: "/campaigns/{campaignId}/comment" },
    body: z.strictObject({
      ...who,
      reason: z.string().min(1).max(500).describe("the words"),
      sampleId: identifier.optional().describe("absent: a note for the next shift"),
    }),
    summary: "A word on a sample or on the campaign",
    answer: reply,
  },
  {
    ...{ name: "approve", method: "post", path: "/campaigns/{campaignId}/approve" },
    body: z.strictObject(decision),
    summary: "Lets the waiting batch, or some of its points, be measured",
    answer: reply,
  },
  {
    ...{ name: "reject", method: "post", path: "/campaigns/{campaignId}/reject" },
    body: z.strictObject(decision),
    summary: "Drops the waiting batch, or some of its points",
    answer: reply,
  },
  {
    ...{ name: "propose", method: "post", path: "/campaigns/{campaignId}/propose" },
    body: z.strictObject({
      ...who,
      points: z.array(point).min(1).max(1000),
      needsApproval: z
        .boolean()
        .optional()
        .describe("true: refused unless the points wait for a person"),
    }),
    summary:
      "Puts points of one's own into the batch; in a supervised campaign they wait for approval",
    answer: reply,
  },
  ...(["start", "pause", "resume", "stop"] as const).map((name) => ({
    ...{ name, method: "post" as const, path: `/campaigns/{campaignId}/${name}` },
    body: z.strictObject(who),
    summary: `${name.charAt(0).toUpperCase()}${name.slice(1)}s the campaign`,
    answer: reply,
  })),
  {
    ...{ name: "events", method: "get", path: "/events", isStream: true },
    summary: "The log as it grows, one event a line of the stream; Last-Event-ID goes on after it",
    answer: "server-sent events: position, time, type, subject, text",
  },
] as const satisfies readonly Operation[];
