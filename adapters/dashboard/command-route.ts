import { randomUUID, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { z } from "zod";
import { LabError } from "../../src/core/errors.ts";
import { IDENTIFIER, isPersonsName, OWN_NAME_PROBLEM } from "../../src/domain/identifiers.ts";
import { PHOTOS_MAX } from "../../src/domain/photo.ts";
import { type Asked, type Right, rightFor } from "../../src/domain/principal.ts";
import type { DashboardPorts, OperatorReply, OperatorRequest } from "./dashboard-ports.ts";
import { errorBody, readJsonBody } from "./request-guards.ts";
import { saidObservation } from "./said-observations.ts";

const REASON_MAX = 500;
const POINTS_MAX = 1000;
/** The agent answers after its log's sync; far longer than that means that it hangs. */
const REPLY_TIMEOUT_ms = 10_000;

/** A command is a few names and a reason; candidate lists are the longest part. */
const COMMAND_BYTES_MAX = 128 * 1024;

const identifier = z
  .string()
  .regex(IDENTIFIER, "letters, digits, dot, hyphen, underscore; at most 64");
const operator = {
  by: identifier.refine(isPersonsName, OWN_NAME_PROBLEM),
  key: z.string().max(200).optional(),
  commandId: identifier.optional(),
};
const finite = z.number();
const text = z.string().max(200);
const changedLimit = z.strictObject({
  min: finite.optional(),
  max: finite.optional(),
  unit: text.optional(),
  oneOf: z.array(text).max(1000).optional(),
});
const changesSchema = z.strictObject({
  budget: z.int().min(1).optional(),
  inFlight: z.int().min(1).optional(),
  approval: z.enum(["automatic", "supervised"]).optional(),
  approvalExpires_s: finite.min(0).optional(),
  limits: z.record(text, changedLimit).optional(),
  hours: z
    .strictObject({ approvals: text.optional(), starts: z.record(text, text).optional() })
    .optional(),
  stop: z.record(text, finite.min(0)).optional(),
});
const pointSchema = z.strictObject({
  candidateId: identifier.optional(),
  parameters: z.record(text, z.union([finite, text])).optional(),
  recipe: text.optional(),
});
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const observations = z.array(saidObservation).max(100);
const reportSchema = z.strictObject({
  outcome: z.enum(["done", "failed"]),
  observations: observations.optional(),
  actual: z.record(text, z.union([finite, text])).optional(),
  again: z.boolean().optional(),
  newPhases: z.boolean().optional(),
});
const commandSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("campaign"),
    ...operator,
    campaignId: identifier,
    action: z.enum([
      ...["start", "pause", "resume", "stop", "abort", "approve", "reject", "withdraw"],
      ...["extend", "propose", "reread", "report", "comment", "tell"],
    ] as const),
    reason: z.string().max(REASON_MAX).optional(),
    batch: z.int().min(1).optional(),
    candidateIds: z.array(identifier).max(POINTS_MAX).optional(),
    jobId: identifier.optional(),
    change: z.int().min(1).optional(),
    changes: changesSchema.optional(),
    patterns: z
      .strictObject({
        names: z.record(text, text).optional(),
        references: z.array(text).max(100).optional(),
        strainLimits: z.record(text, finite.min(0)).optional(),
      })
      .optional(),
    points: z.array(pointSchema).min(1).max(POINTS_MAX).optional(),
    needsApproval: z.boolean().optional(),
    report: reportSchema.optional(),
    sampleId: identifier.optional(),
    observations: observations.optional(),
    newPhases: z.boolean().optional(),
    /** Photographs that were sent before (`POST /api/photo`), by their checksums; of a report, a comment, a told result. */
    photos: z.array(sha256).max(PHOTOS_MAX).optional(),
  }),
  z.strictObject({
    kind: z.literal("emergencyStop"),
    ...operator,
    active: z.boolean(),
    reason: z.string().min(1, "an emergency stop needs a reason").max(REASON_MAX),
  }),
]);

/** Who may use the controls. */
export interface OperatorPolicy {
  readonly readOnly: boolean;
  /** Operator's name -> key; absent: every name is taken at its word, as on MQTT without passwords. */
  readonly operatorKeys?: Readonly<Record<string, string>> | undefined;
  /** Operator's name -> what he may do; absent: everything. */
  readonly operatorRights?: Readonly<Record<string, readonly Right[]>> | undefined;
}

type CommandPorts = Pick<DashboardPorts, "submitOperatorCommand" | "photos">;

/** `POST /api/command`: an operator's word to the agent, and the agent's reply. */
export async function handleCommand(
  context: Context,
  ports: CommandPorts,
  policy: OperatorPolicy,
): Promise<Response> {
  let body: Awaited<ReturnType<typeof readJsonBody>>;
  try {
    body = await readJsonBody(context.req.raw, COMMAND_BYTES_MAX);
  } catch (error) {
    if (error instanceof LabError) return context.json(errorBody(error), 413);
    throw error;
  }
  if ("problem" in body)
    return context.json(errorBody(new LabError("TL-9002", `command: ${body.problem}`)), 400);
  return await answerCommand(context, body.value, ports, policy);
}

/** An operator's word, however it came in over HTTP: checked, admitted, handed to the daemon. */
export async function answerCommand(
  context: Context,
  body: unknown,
  ports: CommandPorts,
  policy: OperatorPolicy,
): Promise<Response> {
  const parsed = commandSchema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.join(".") || "command";
    const hint = where === "by" ? "Say who you are: no control works without a name." : undefined;
    const error = new LabError("TL-9002", `${where}: ${issue?.message ?? "not a command"}`, {
      ...(hint === undefined ? {} : { hint }),
    });
    return context.json(errorBody(error), 400);
  }
  const { key, commandId = randomUUID(), ...said } = parsed.data;
  const command = withPhotos(said, ports);
  if (command instanceof LabError) return context.json(errorBody(command), 400);
  const refused = admit(context, policy, { by: command.by, key, asked: command });
  if (refused !== undefined) return refused;
  try {
    const request: OperatorRequest = { ...command, commandId };
    const reply = await withTimeout(ports.submitOperatorCommand(request));
    return context.json({ commandId, ...reply });
  } catch (error) {
    if (error instanceof LabError) return context.json(errorBody(error), 502);
    throw error;
  }
}

type WithoutId<Request> = Request extends unknown ? Omit<Request, "key" | "commandId"> : never;
type Said = WithoutId<z.output<typeof commandSchema>>;
type Wish = WithoutId<OperatorRequest>;

/** The command with its photographs as references: what a page names are checksums, and no file of the daemon's machine. */
function withPhotos(said: Said, ports: CommandPorts): Wish | LabError {
  if (!("photos" in said) || said.photos === undefined) return said as Wish;
  const { photos, ...command } = said;
  const raw = photos.flatMap((one) => ports.photos.find(one) ?? []);
  if (raw.length < photos.length)
    return new LabError("TL-9008", "photos: the daemon keeps no such photograph", {
      hint: "Send it first: POST /api/photo.",
    });
  if (command.action === "report" && command.report?.outcome === "failed")
    return new LabError("TL-9008", "photos: a failure takes none", {
      hint: "Send them with a comment on its sample.",
    });
  if (command.action === "report")
    return { ...command, report: { outcome: "done", ...command.report, raw } };
  if (command.action === "comment" || command.action === "tell") return { ...command, raw };
  return new LabError("TL-9008", `photos: ${command.action} takes none`);
}

/** The refusal of somebody who may not do what he asks; `undefined` where he may. */
export function admit(
  context: Context,
  policy: OperatorPolicy,
  {
    by,
    key,
    asked,
  }: { readonly by: string; readonly key?: string | undefined; readonly asked: Asked },
): Response | undefined {
  if (policy.readOnly)
    return context.json(errorBody(new LabError("TL-9003", "This page is read-only")), 403);
  if (!isKnown(policy, by, key)) {
    const error = new LabError("TL-9004", `Operator “${by}” isn't known or the key is wrong`);
    return context.json(errorBody(error), 401);
  }
  const missing = missingRight(policy, by, asked);
  if (missing === undefined) return undefined;
  const text = `Operator “${by}” may not do this: it needs the right ${missing}`;
  return context.json(errorBody(new LabError("TL-9004", text)), 403);
}

function isKnown(policy: OperatorPolicy, name: string, key: string | undefined): boolean {
  const { operatorKeys } = policy;
  if (operatorKeys === undefined) return true;
  const expected = Object.hasOwn(operatorKeys, name) ? operatorKeys[name] : undefined;
  if (expected === undefined || key === undefined) return false;
  const [a, b] = [Buffer.from(expected), Buffer.from(key)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function missingRight(
  { operatorRights }: OperatorPolicy,
  by: string,
  asked: Asked,
): Right | undefined {
  const right = rightFor(asked);
  if (operatorRights === undefined || right === undefined) return undefined;
  const may = Object.hasOwn(operatorRights, by) ? operatorRights[by] : [];
  return may?.includes(right) ? undefined : right;
}

async function withTimeout(reply: Promise<OperatorReply>): Promise<OperatorReply> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new LabError("TL-9006", "The agent did not reply within 10 s")),
      REPLY_TIMEOUT_ms,
    );
  });
  try {
    return await Promise.race([reply, late]);
  } finally {
    clearTimeout(timer);
  }
}
