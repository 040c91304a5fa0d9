import { type Context, Hono } from "hono";
import { LabError } from "../../src/core/errors.ts";
import { PHOTO_BYTES_MAX } from "../../src/domain/photo.ts";
import { admit, type OperatorPolicy } from "./command-route.ts";
import type { DashboardPorts } from "./dashboard-ports.ts";
import { errorBody, found, readBytes, sameOrigin } from "./request-guards.ts";

/** Uploads at once: each holds its bytes in memory. */
const UPLOADS_MAX = 4;

/**
 * `POST /api/photo?by=NAME`, the picture as its body (a key in `X-Operator-Key`): kept in the data folder, its reference is the answer.
 * `GET /api/photo/SHA256`: the picture.
 */
export function photoRoutes(ports: Pick<DashboardPorts, "photos">, policy: OperatorPolicy): Hono {
  const api = new Hono();
  let uploads = 0;
  api.post("/photo", sameOrigin(/^(image\/[a-z0-9.+-]+|application\/octet-stream)$/), async (c) => {
    const by = c.req.query("by") ?? "";
    const key = c.req.header("x-operator-key");
    const refused = admit(c, policy, { by, key, asked: { action: "comment" } });
    if (refused !== undefined) return refused;
    if (uploads >= UPLOADS_MAX)
      return c.json(errorBody(new LabError("TL-9002", "Other photographs are under way")), 503);
    uploads += 1;
    try {
      return c.json(ports.photos.keep(await readBytes(c.req.raw, PHOTO_BYTES_MAX)), 201);
    } catch (error) {
      if (error instanceof LabError) return c.json(errorBody(error), statusOf(error));
      throw error;
    } finally {
      uploads -= 1;
    }
  });
  api.get("/photo/:sha256", (c) => show(c, ports));
  return api;
}

function show(context: Context, ports: Pick<DashboardPorts, "photos">): Response {
  const photo = ports.photos.read(context.req.param("sha256") ?? "");
  if (photo === undefined) return found(context, undefined);
  context.header("Content-Type", photo.mediaType);
  // By its contents: what it was once it is for ever.
  context.header("Cache-Control", "private, max-age=31536000, immutable");
  return context.body(new Uint8Array(photo.bytes));
}

function statusOf({ code }: LabError): 413 | 415 | 507 {
  return code === "TL-9008" ? 415 : code === "TL-9002" ? 413 : 507;
}
