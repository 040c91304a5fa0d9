import { readFileSync } from "node:fs";
import { type IncomingMessage, type RequestOptions, request } from "node:http";
import { request as requestSafely } from "node:https";
import { userInfo } from "node:os";
import { type BatchSystem, SubmissionRefused } from "./batch-system.ts";
import { decodeJobs, encodeOrder, newestCodec } from "./slurm-codec.ts";

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
}

const ANSWER_ms_max = 60_000;
/** A row is 4 to 8 kB, and every user's jobs are listed. */
const ANSWER_BYTES_max = 1 << 28;
/** Error numbers of the controller itself; those of a lost connection, of permissions and of slurmrestd lie elsewhere. */
const CONTROLLERS = { min: 2000, max: 2999 };

/** Slurm by slurmrestd, with the newest codec that it has (asked once, and again where it knows ours no more). */
export function slurmRest(options: SlurmRestOptions): BatchSystem {
  let codec: number | undefined;
  const ask = async (path: string, body?: object): Promise<unknown> => {
    codec ??= newestCodec((await call(options, "/openapi/v3")).answer);
    if (codec === undefined) throw new Error("slurmrestd has no codec from 0.0.38 on");
    const text = body === undefined ? undefined : JSON.stringify(body);
    const { status, answer } = await call(options, `/slurm/v0.0.${codec}/${path}`, text);
    if (status === 404) codec = undefined;
    const errors = errorsOf(answer);
    if (status === 200 && errors.length === 0) return answer;
    const why = `slurmrestd: ${status} ${errors.map(({ text }) => text).join("; ")}`.slice(0, 300);
    const isRefused = errors.some(({ code }) => code >= CONTROLLERS.min && code <= CONTROLLERS.max);
    throw isRefused ? new SubmissionRefused(why) : new Error(why);
  };
  return {
    submit: async (order) => {
      // Without a codec nothing can be said; asked for first, so that the order is written in its words.
      codec ??= newestCodec((await call(options, "/openapi/v3")).answer);
      const answer = await ask("job/submit", encodeOrder(codec ?? 0, order, options));
      const { job_id } = answer as { readonly job_id?: unknown };
      if (typeof job_id !== "number" || job_id <= 0) throw new Error("slurmrestd gave no job_id");
      return String(job_id);
    },
    list: async () => decodeJobs(await ask("jobs"), options.prefix),
  };
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
