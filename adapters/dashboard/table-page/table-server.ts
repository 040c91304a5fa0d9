import type { AddressInfo } from "node:net";
import type { ServerType } from "@hono/node-server";
import { Hono } from "hono";
import { z } from "zod";
import { LabError } from "../../../src/core/errors.ts";
import { TABLE_SCRIPT } from "../page-bundle.ts";
import { tableHtml } from "../page-html.ts";
import {
  errorBody,
  hostGuard,
  readJsonBody,
  sameOriginJson,
  securityHeaders,
} from "../request-guards.ts";
import { asset, listen } from "../serve-page.ts";
import type { TableAnswer, TableWish } from "./table-ports.ts";

/** Half a million candidates have some 20 MB. */
const TABLE_BYTES_MAX = 64 * 1024 * 1024;

const wishSchema = z.strictObject({
  name: z.string().max(200),
  csv: z.string(),
  goal: z.enum(["phase-diagram", "optimise"]),
  objectives: z.string().max(2000).optional(),
  label: z.string().max(200).optional(),
  axes: z.string().max(2000).optional(),
  batch: z.int().min(1).max(1000),
});

/** A page for one table, without a daemon: on this machine only. */
export interface TableServer {
  start(): Promise<{ readonly url: string }>;
  stop(): Promise<void>;
}

/** `first`: the table that the page opens with. TL-9001 at the start where the port is taken. */
export function createTableServer(options: {
  readonly port: number;
  readonly first?: { readonly name: string; readonly csv: string } | undefined;
  readonly answer: (wish: TableWish) => Promise<TableAnswer>;
}): TableServer {
  const { port, first, answer } = options;
  const host = "127.0.0.1";
  const app = new Hono();
  app.use(securityHeaders);
  app.use(hostGuard([host]));
  app.get("/", (c) => asset(c, tableHtml(), "text/html"));
  app.get("/assets/table.js", (c) => asset(c, TABLE_SCRIPT, "text/javascript"));
  app.get("/table", (c) => c.json(first ?? null));
  app.post("/suggest", sameOriginJson, async (c) => {
    try {
      const body = await readJsonBody(c.req.raw, TABLE_BYTES_MAX);
      const parsed = wishSchema.safeParse("problem" in body ? undefined : body.value);
      if (!parsed.success) throw new LabError("TL-9002", "The page sent what is no table");
      return c.json(await answer(parsed.data));
    } catch (error) {
      if (error instanceof LabError) return c.json(errorBody(error), 400);
      throw error;
    }
  });
  let server: ServerType | undefined;
  return {
    start: async () => {
      server = await listen(app, { host, port });
      return { url: `http://${host}:${(server.address() as AddressInfo).port}/` };
    },
    stop: async () => {
      const closing = server;
      if (closing === undefined) return;
      await new Promise<void>((resolve) => {
        closing.close(() => resolve());
        if ("closeAllConnections" in closing) closing.closeAllConnections();
      });
    },
  };
}
