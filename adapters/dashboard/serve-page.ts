import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip, gzipSync } from "node:zlib";
import { type ServerType, serve } from "@hono/node-server";
import type { Context, Hono } from "hono";
import { LabError } from "../../src/core/errors.ts";

/** Resolves when the server listens. TL-9001 where the port is taken or not allowed. */
export function listen(
  app: Hono,
  options: { readonly host: string; readonly port: number },
): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const { host, port } = options;
    const server = serve({ fetch: app.fetch, hostname: host, port, overrideGlobalObjects: false });
    server.once("listening", () => resolve(server));
    server.once("error", (cause: NodeJS.ErrnoException) => reject(cannotListen(host, port, cause)));
  });
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): LabError {
  const what =
    cause.code === "EADDRINUSE"
      ? `Port ${port} on ${host} is taken, so the page can't be served there`
      : `The page can't be served on ${host} port ${port} (${cause.code ?? cause.message})`;
  return new LabError("TL-9001", what, { cause, context: { host, port } });
}

/** The browser may keep an asset but asks each time whether it is still the same: an update shows at once. */
export function asset(context: Context, body: string, type: string): Response {
  const tag = `"${tagOf(body)}"`;
  context.header("ETag", tag);
  context.header("Cache-Control", "no-cache");
  if (context.req.header("if-none-match")?.includes(tag)) return context.body(null, 304);
  context.header("Content-Type", `${type}; charset=utf-8`);
  return context.body(body);
}

const packed = new Map<string, Uint8Array<ArrayBuffer>>();

/** The same for what never changes while the program runs: compressed once, at its best, not at each request. */
export function packedAsset(context: Context, body: string, type: string): Response {
  context.header("Vary", "Accept-Encoding");
  const response = asset(context, body, type);
  if (!takesGzip(context) || response.status === 304) return response;
  const bytes = packed.get(body) ?? new Uint8Array(gzipSync(body, { level: 9 }));
  packed.set(body, bytes);
  context.header("Content-Encoding", "gzip");
  return context.body(bytes);
}

const GZIP = promisify(gzip);
/** Of 480 kB: 6 ms at this level, 25 ms at the usual one for two per cent of the bytes. */
const LEVEL = 4;

/** Answers of which the compressed form is kept: while nothing happens, each opened page asks for the same. */
const ANSWERS_KEPT = 6;
const answers = new Map<string, Uint8Array<ArrayBuffer>>();

/** JSON that is compressed beside the event loop. */
export async function packedJson(context: Context, text: string): Promise<Response> {
  context.header("Content-Type", "application/json");
  context.header("Vary", "Accept-Encoding");
  if (!takesGzip(context)) return context.body(text);
  const bytes = answers.get(text) ?? new Uint8Array(await GZIP(text, { level: LEVEL }));
  answers.delete(text);
  answers.set(text, bytes);
  const oldest = answers.keys().next().value;
  if (answers.size > ANSWERS_KEPT && oldest !== undefined) answers.delete(oldest);
  context.header("Content-Encoding", "gzip");
  return context.body(bytes);
}

function takesGzip(context: Context): boolean {
  return /\bgzip\b/.test(context.req.header("accept-encoding") ?? "");
}

export function tagOf(body: string): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 16);
}
