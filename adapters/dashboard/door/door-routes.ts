import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { LabError } from "../../../src/core/errors.ts";
import { shownState } from "../../../src/views/campaign-view.ts";
import { stateInWords } from "../../../src/views/state-words.ts";
import { admit, answerCommand, type OperatorPolicy } from "../command-route.ts";
import type { DashboardPorts } from "../dashboard-ports.ts";
import { errorBody, found, readJsonBody, sameOriginJson } from "../request-guards.ts";
import type { LineFeed } from "./line-feed.ts";
import { openApiDocument } from "./openapi.ts";
import { OPERATIONS, type Operation, type Reported, type Told } from "./operations.ts";

/** A told curve or a list of phases is small; points of one's own may be a thousand. */
const BODY_BYTES_MAX = 256 * 1024;
/** Programs that listen to the log at once. */
const LISTENERS_MAX = 64;

/** The door for programs: ask and tell over HTTP, with the rights and names of the page. */
export function doorRoutes(ports: DashboardPorts, policy: OperatorPolicy, lines: LineFeed): Hono {
  const door = new Hono();
  door.get("/openapi.json", (c) => c.json(openApiDocument()));
  const read: Readonly<Record<string, (c: Context, id: string) => Response | Promise<Response>>> = {
    campaigns: (c) =>
      c.json({
        campaigns: ports.overview().campaigns.map((line) => ({
          ...line,
          stateInWords: stateInWords(shownState(line)),
        })),
      }),
    campaign: (c, id) => found(c, ports.campaign(id)),
    batch: (c, id) => found(c, batchOf(ports, id)),
    results: (c, id) => found(c, ports.campaign(id) && { results: ports.observations(id, 0) }),
    events: (c) => {
      if (lines.watchers >= LISTENERS_MAX) {
        const error = new LabError("TL-9002", `${LISTENERS_MAX} programs listen already`);
        return c.json(errorBody(error), 503);
      }
      return streamSSE(c, (stream) => lines.serve(stream, c.req.header("last-event-id")));
    },
  };
  for (const operation of OPERATIONS as readonly Operation[]) {
    const path = operation.path.replaceAll(/\{(\w+)\}/g, ":$1");
    if (operation.method === "get")
      door.get(path, (c) => {
        const answer = read[operation.name];
        return answer === undefined
          ? found(c, undefined)
          : answer(c, c.req.param("campaignId") ?? "");
      });
    else door.post(path, sameOriginJson, (c) => say(c, operation, ports, policy));
  }
  return door;
}

/** What a program asks for: the points on show, which of them wait for a person, and the jobs that it is to report on. */
function batchOf(ports: DashboardPorts, campaignId: string) {
  const campaign = ports.campaign(campaignId);
  if (campaign === undefined) return undefined;
  const { batch, waiting, state, verdict } = campaign;
  return {
    ...{ campaignId, state, verdict },
    n: batch?.n ?? 0,
    approval: batch?.approval ?? "notNeeded",
    points: batch?.points ?? [],
    waiting: waiting?.candidateIds ?? [],
    asked: ports.asked.open().filter((job) => job.campaignId === campaignId),
  };
}

async function say(
  context: Context,
  operation: Operation,
  ports: DashboardPorts,
  policy: OperatorPolicy,
): Promise<Response> {
  const campaignId = context.req.param("campaignId") ?? "";
  let body: Awaited<ReturnType<typeof readJsonBody>>;
  try {
    body = await readJsonBody(context.req.raw, BODY_BYTES_MAX);
  } catch (error) {
    if (error instanceof LabError) return context.json(errorBody(error), 413);
    throw error;
  }
  if ("problem" in body)
    return context.json(errorBody(new LabError("TL-9002", `body: ${body.problem}`)), 400);
  const parsed = operation.body?.safeParse(body.value);
  if (parsed?.success !== true) {
    const issue = parsed?.error.issues[0];
    const where = issue?.path.join(".") || "body";
    const error = new LabError("TL-9002", `${where}: ${issue?.message ?? "no JSON"}`);
    return context.json(errorBody(error), 400);
  }
  if (ports.campaign(campaignId) === undefined) return found(context, undefined);
  const said = { ...parsed.data, campaignId };
  if (operation.name === "report")
    return await report(context, said as Reported & Saying, ports, policy);
  const wish =
    operation.name === "tell"
      ? wishOfTold(said as Told & Saying)
      : { ...said, action: operation.name };
  return await answerCommand(context, { kind: "campaign", ...wish }, ports, policy);
}

type Saying = { readonly campaignId: string };

/** A result that was not asked for, as the operator's command it is. */
function wishOfTold({ point, ...said }: Told & Saying) {
  return { ...said, action: "tell", points: [point] };
}

/**
 * What came of a job: of a program's own it goes to the desk that asked, of a person's step to the daemon. Both keep who said it;
 * who may report is who may operate.
 */
async function report(
  context: Context,
  said: Reported & Saying,
  ports: DashboardPorts,
  policy: OperatorPolicy,
): Promise<Response> {
  const { campaignId, by, key, commandId = randomUUID(), reason, jobId, ...brought } = said;
  const { observations, failed, actual } = brought;
  if ((observations === undefined) === (failed === undefined)) {
    const error = new LabError("TL-9002", "Report either observations or why it failed");
    return context.json(errorBody(error), 400);
  }
  const refused = admit(context, policy, { by, key, asked: { action: "report" } });
  if (refused !== undefined) return refused;
  const job = ports.asked.open().find((one) => one.jobId === jobId);
  if (job !== undefined && job.campaignId !== campaignId)
    return context.json({ accepted: false, reason: `${jobId} is not of ${campaignId}` });
  const reached = actual === undefined ? {} : { actual };
  const accepted = await ports.asked.report(
    jobId,
    failed === undefined
      ? { observations: observations ?? [], ...reached }
      : { failed, retryable: false },
    {
      ...{ by, commandId },
      ...(policy.operatorKeys === undefined ? {} : { identity: "verified" as const }),
      ...(reason === undefined ? {} : { note: reason }),
    },
  );
  if (accepted) return context.json({ commandId, accepted });
  const ofPerson = {
    ...{ kind: "campaign", action: "report", campaignId, by, key, commandId, jobId },
    reason: failed ?? reason,
    report: { outcome: failed === undefined ? "done" : "failed", observations, ...reached },
  };
  return await answerCommand(context, ofPerson, ports, policy);
}
