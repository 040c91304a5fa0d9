import { createHash } from "node:crypto";
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

export function tagOf(body: string): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 16);
}
