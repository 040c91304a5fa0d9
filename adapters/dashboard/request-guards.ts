import { hostname } from "node:os";
import type { Context, MiddlewareHandler } from "hono";
import { LabError } from "../../src/core/errors.ts";
import { parseJson } from "../../src/core/strict-json.ts";
import { STYLE_HASH } from "./page-html.ts";

/** No script, style, picture or connection from anywhere but the daemon itself, and no frame around the page. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src '${STYLE_HASH}'`,
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export const securityHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  context.header("Content-Security-Policy", CONTENT_SECURITY_POLICY);
  context.header("X-Content-Type-Options", "nosniff");
  context.header("Referrer-Policy", "no-referrer");
  context.header("Cross-Origin-Opener-Policy", "same-origin");
  context.header("Cross-Origin-Resource-Policy", "same-origin");
};

/**
 * Refuses names that are not this machine's: a foreign web page can point its own name at 127.0.0.1 (DNS rebinding)
 * and would then be "same origin". Addresses can't be rebound.
 */
export function hostGuard(allowedHosts: readonly string[]): MiddlewareHandler {
  const allowed = new Set(["localhost", hostname().toLowerCase(), ...allowedHosts]);
  return async (context, next) => {
    const name = hostName(context.req.header("host") ?? "");
    const isAddress = /^[\d.]+$/.test(name) || name.startsWith("[");
    if (!isAddress && !allowed.has(name)) {
      const error = new LabError("TL-9002", `The page isn't served under the name “${name}”`, {
        hint: "Open it by address, or add the name to page.allowedHosts in the configuration.",
      });
      return context.json(errorBody(error), 421);
    }
    return next();
  };
}

/** Lets through only JSON from our own page or from a program that is no browser. */
export const sameOriginJson = sameOrigin(/^application\/json$/);

/** Lets through only bodies of this type, from our own page or from a program that is no browser. */
export function sameOrigin(types: RegExp): MiddlewareHandler {
  return async (context, next) => {
    const refused = foreignWord(context, types);
    return refused ?? (await next());
  };
}

function foreignWord(context: Context, types: RegExp): Response | undefined {
  const origin = context.req.header("origin");
  const site = context.req.header("sec-fetch-site");
  const host = context.req.header("host") ?? "";
  const foreign =
    (origin !== undefined && originHost(origin) !== host.toLowerCase()) ||
    (site !== undefined && site !== "same-origin" && site !== "none");
  if (foreign) {
    const error = new LabError("TL-9002", "Commands from another web site are refused");
    return context.json(errorBody(error), 403);
  }
  const type = (context.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (types.test(type ?? "")) return undefined;
  const words = types.test("application/json")
    ? "A command must be JSON (Content-Type: application/json)"
    : "A photograph must be sent as a picture (Content-Type: image/jpeg)";
  return context.json(errorBody(new LabError("TL-9002", words)), 415);
}

/**
 * The body of a request as JSON, read as messages of the contract are: a key that stands twice is refused. Read by hand, so
 * that a body sent in chunks (without a length) is taken on every Node: Hono's own limit makes a new Request of it, which
 * fails on Node 20.
 *
 * @throws TL-9002 where it has more than `bytes_max` bytes.
 */
export async function readJsonBody(
  request: Request,
  bytes_max: number,
): Promise<ReturnType<typeof parseJson>> {
  return parseJson(await readBytes(request, bytes_max));
}

/** The body of a request. TL-9002 where it has more than `bytes_max` bytes. */
export async function readBytes(request: Request, bytes_max: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = request.body?.getReader();
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    bytes += part.value.byteLength;
    if (bytes > bytes_max) {
      await reader?.cancel();
      throw new LabError("TL-9002", `It has more than the ${bytes_max} bytes that are taken`);
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks);
}

/** The form in which every failure reaches the page. */
export function errorBody(error: LabError): { code: string; message: string; hint: string } {
  return { code: error.code, message: error.message, hint: error.hint };
}

function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "");
}

function originHost(origin: string): string {
  try {
    return new URL(origin).host.toLowerCase();
  } catch {
    return ""; // `null` of a sandboxed frame: no host of ours
  }
}

/** The value, or 404 where there is none. */
export function found(context: Context, value: unknown): Response {
  if (value !== undefined) return context.json(value as object);
  const error = new LabError("TL-9005", `There is nothing at ${context.req.path}`);
  return context.json(errorBody(error), 404);
}
