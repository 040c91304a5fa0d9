import { readFileSync } from "node:fs";
import { type IncomingMessage, type RequestOptions, request } from "node:http";
import { request as requestSafely } from "node:https";
import { userInfo } from "node:os";
import type { Logger } from "../../../src/core/logger.ts";
import { type BatchSystem, notAllowed, SubmissionRefused } from "./batch-system.ts";
import { acceptedJob, decodeJobs, encodeOrder, newestCodec, releaseOf } from "./slurm-codec.ts";

export interface SlurmRestOptions {
  /** `unix:/run/slurmrestd.sock`, `http://head:6820`, `https://...`. */
  readonly address: string;
  /** A file with a token that somebody renews; absent: SLURM_JWT of the environment, and without one no token is sent. */
  readonly tokenFile?: string | undefined;
  /** Properties of each pilot's job, in the words of slurmrestd: partition, time_limit, ... */
  readonly properties: Readonly<Record<string, unknown>>;
  /** The pilot's script on shared disk. */
  readonly script: string;
  /** What names of pilots begin with. */
  readonly prefix: string;
  readonly logger: Logger;
}

const ANSWER_ms_max = 60_000;
/** A row is 4 to 8 kB, and every user's jobs are listed. */
const ANSWER_BYTES_max = 1 << 28;
/** Error numbers of the controller itself; those of a lost connection, of permissions and of slurmrestd lie elsewhere. */
const CONTROLLERS = { min: 2000, max: 2999 };

/** Statuses by which slurmrestd says that it does not have what was asked for: another release may speak other codecs. */
const NO_SUCH_DOOR = [404, 405, 410, 501];
const UNAUTHORISED = [401, 403];
/** SLURM_PROTOCOL_AUTHENTICATION_ERROR: slurmrestd took the token, and the controller did not. */
const AUTHENTICATION_ERROR = 1007;

/**
 * Slurm by slurmrestd, in the newest codec that it has. The codec is asked for once, and again where slurmrestd knows the one in use no more
 * or says that it is of another release by now; what is asked is always written in the codec of its own path.
 */
export function slurmRest(options: SlurmRestOptions): BatchSystem {
  let known: { readonly codec: number; release?: string | undefined } | undefined;
  const currentCodec = async (): Promise<number> => {
    if (known !== undefined) return known.codec;
    const said = await call(options, "/openapi/v3");
    throwIfNotAllowed(said, options);
    const codec = newestCodec(said.answer);
    if (codec === undefined) throw new Error("slurmrestd has no codec from 0.0.38 on");
    known = { codec };
    return codec;
  };
  const noteRelease = (codec: number, answer: unknown): void => {
    const release = releaseOf(answer);
    if (known?.codec !== codec || release === undefined) return;
    if (known.release !== undefined && known.release !== release) known = undefined;
    else known.release = release;
  };
  const ask = async (
    path: string,
    bodyIn: (codec: number) => object | undefined,
    isAgain = false,
  ): Promise<Answer> => {
    const codec = await currentCodec();
    const body = bodyIn(codec);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const said = await call(options, `/slurm/v0.0.${codec}/${path}`, text);
    noteRelease(codec, said.answer);
    if (!NO_SUCH_DOOR.includes(said.status) || acceptedJob(said.answer) !== undefined) return said;
    if (known?.codec === codec) known = undefined;
    // Where there is no such path nothing was done: it is asked again, once, in the words that are spoken there now.
    if (isAgain || (await currentCodec()) === codec) return said;
    return await ask(path, bodyIn, true);
  };
  return {
    submit: async (order) => {
      const said = await ask("job/submit", (codec) => encodeOrder(codec, order, options));
      // A number of a job is an acceptance, whatever is said beside it: warnings, and errors of what came after.
      const jobId = acceptedJob(said.answer);
      if (jobId === undefined)
        throw failureOf(said, options) ?? new Error("slurmrestd gave no job_id");
      const besides = errorsOf(said.answer).map(({ text }) => text);
      if (besides.length > 0) options.logger.warn({ jobId, besides }, "cluster.acceptedWithErrors");
      return jobId;
    },
    list: async () => {
      const said = await ask("jobs", () => undefined);
      const failure = failureOf(said, options);
      if (failure !== undefined) throw failure;
      return decodeJobs(said.answer, options.prefix);
    },
  };
}

/** Why an answer is none; a refusal only where the controller itself has said so. */
function failureOf(said: Answer, options: SlurmRestOptions): Error | undefined {
  throwIfNotAllowed(said, options);
  const errors = errorsOf(said.answer);
  if (said.status === 200 && errors.length === 0) return undefined;
  const why = whyOf(said);
  const isRefused = errors.some(({ code }) => code >= CONTROLLERS.min && code <= CONTROLLERS.max);
  return isRefused ? new SubmissionRefused(why) : new Error(why);
}

function throwIfNotAllowed(said: Answer, { tokenFile }: SlurmRestOptions): void {
  const isUnknown = errorsOf(said.answer).some(({ code }) => code === AUTHENTICATION_ERROR);
  if (!UNAUTHORISED.includes(said.status) && !isUnknown) return;
  const renewed =
    tokenFile === undefined
      ? "start the runner again with SLURM_JWT, or with --rest-token FILE, which is read at each request"
      : `write it into ${tokenFile}, which is read at each request`;
  throw notAllowed(
    whyOf(said),
    `Its token has run out or is refused: get a new one (scontrol token lifespan=SECONDS) and ${renewed}. Pilots that run go on.`,
  );
}

function whyOf({ status, answer }: Answer): string {
  const texts = errorsOf(answer).map(({ text }) => text);
  return `slurmrestd: ${[status, ...texts].join("; ")}`.slice(0, 300);
}

interface Answer {
  readonly status: number;
  readonly answer: unknown;
}

function call(options: SlurmRestOptions, path: string, body?: string): Promise<Answer> {
  const { address } = options;
  const socketPath = /^unix:(.+)$/.exec(address)?.[1];
  const url = new URL(path, socketPath === undefined ? address : "http://localhost");
  const how: RequestOptions = {
    ...(socketPath === undefined ? {} : { socketPath }),
    method: body === undefined ? "GET" : "POST",
    // A connection for each request. Asked to close it, slurmrestd 22.05 writes a header behind the body, which is no HTTP.
    agent: false,
    headers: { ...identity(options), ...bodyHeaders(body), Connection: "keep-alive" },
    signal: AbortSignal.timeout(ANSWER_ms_max),
  };
  return new Promise((resolve, reject) => {
    const asked = (url.protocol === "https:" ? requestSafely : request)(url, how, (response) => {
      read(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, answer: parse(text) }),
        reject,
      );
    });
    asked.once("error", reject).end(body);
  });
}

function bodyHeaders(body: string | undefined): Record<string, string | number> {
  if (body === undefined) return {};
  return { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
}

function identity({ tokenFile }: SlurmRestOptions): Record<string, string> {
  const token =
    tokenFile === undefined ? process.env["SLURM_JWT"] : readFileSync(tokenFile, "utf8");
  // `scontrol token` writes SLURM_JWT=...
  const bare = token?.trim().replace(/^SLURM_JWT=/, "");
  if (!bare) return {};
  return { "X-SLURM-USER-NAME": userInfo().username, "X-SLURM-USER-TOKEN": bare };
}

async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_max) throw new Error("slurmrestd's answer is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** What is no JSON (a proxy's page, half an answer) says nothing. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorsOf(answer: unknown): readonly { readonly code: number; readonly text: string }[] {
  const { errors } = (answer ?? { errors: [{ error: "no JSON" }] }) as { errors?: unknown };
  if (!Array.isArray(errors)) return [];
  return errors.map((one: Record<string, unknown>) => ({
    code: Number(one["error_number"] ?? one["error_code"] ?? 0),
    text: String(one["error"] ?? one["description"] ?? "unknown"),
  }));
}
