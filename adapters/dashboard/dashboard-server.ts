import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import type { ServerType } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { compress } from "hono/compress";
import { streamSSE } from "hono/streaming";
import { LabError } from "../../src/core/errors.ts";
import { type Logger, silentLogger } from "../../src/core/logger.ts";
import type { OutgoingMessage } from "../../src/events/message-bus.ts";
import { firstShown } from "../../src/views/opening-view.ts";
import { apiRoutes } from "./api-routes.ts";
import { handleCommand, type OperatorPolicy } from "./command-route.ts";
import type { DashboardPorts } from "./dashboard-ports.ts";
import { doorRoutes } from "./door/door-routes.ts";
import { createLineFeed, type LineFeed } from "./door/line-feed.ts";
import { DOOR } from "./door/openapi.ts";
import {
  createEventFeed,
  type EventFeed,
  WATCHERS_MAX,
  WATCHERS_OF_ADDRESS_MAX,
} from "./event-feed.ts";
import { createMetrics } from "./metrics.ts";
import { PAGE_MODULES, PAGE_MODULES_FIRST, PAGE_SCRIPT } from "./page-bundle.ts";
import { pageHtml } from "./page-html.ts";
import { photoRoutes } from "./photo-routes.ts";
import { errorBody, hostGuard, sameOriginJson, securityHeaders } from "./request-guards.ts";
import { asset, listen, packedAsset, tagOf } from "./serve-page.ts";

export interface DashboardOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly ports: DashboardPorts;
  readonly policy: OperatorPolicy;
  /** Names, besides localhost and this machine's, under which the page may be opened. */
  readonly allowedHosts?: readonly string[] | undefined;
  readonly logger?: Logger | undefined;
}

/** The page, its live feed, its API and the metrics on one port. */
export interface DashboardServer {
  /** Resolves with the page's address. TL-9001 where the port is taken or not allowed. */
  start(): Promise<{ readonly url: string; readonly port: number }>;
  /** Hands one message of a dashboard topic to every browser. */
  publish(message: OutgoingMessage): void;
  stop(): Promise<void>;
}

export function createDashboardServer(options: DashboardOptions): DashboardServer {
  const feed = createEventFeed(randomBytes(4).toString("hex"));
  const lines = createLineFeed((position) => options.ports.linesAfter(position));
  const app = createDashboardApp(options, feed, lines);
  let server: ServerType | undefined;
  return {
    start: async () => {
      server = await listen(app, options);
      const { port } = server.address() as AddressInfo;
      const wildcard = options.host === "0.0.0.0" || options.host === "::";
      const name = wildcard ? "localhost" : options.host;
      return { url: `http://${name.includes(":") ? `[${name}]` : name}:${port}/`, port };
    },
    publish: (message) => {
      feed.publish(message);
      lines.publish(message);
    },
    stop: async () => {
      feed.stop();
      lines.stop();
      const closing = server;
      server = undefined;
      if (closing === undefined) return;
      await new Promise<void>((resolve) => {
        closing.close(() => resolve());
        if ("closeAllConnections" in closing) closing.closeAllConnections();
      });
    },
  };
}

/** The routes, without a port: what tests call directly. */
function createDashboardApp(options: DashboardOptions, feed: EventFeed, lines: LineFeed): Hono {
  const { ports, policy, logger = silentLogger } = options;
  const metrics = createMetrics(ports.overview, () => feed.watchers);
  const app = new Hono();
  app.use(securityHeaders);
  app.use(hostGuard([options.host, ...(options.allowedHosts ?? [])]));
  app.use("/api/*", compress());

  const settings = {
    readOnly: policy.readOnly,
    needsKey: policy.operatorKeys !== undefined,
    scriptTag: tagOf(PAGE_SCRIPT),
    modules: PAGE_MODULES_FIRST,
  };
  app.get("/", (c) => {
    const campaignId = firstShown(ports.overview().campaigns)?.campaignId;
    return asset(c, pageHtml({ ...settings, campaignId }), "text/html");
  });
  app.get("/assets/page.js", (c) => packedAsset(c, PAGE_SCRIPT, "text/javascript"));
  for (const [name, body] of Object.entries(PAGE_MODULES))
    app.get(`/assets/${name}`, (c) => packedAsset(c, body, "text/javascript"));
  app.get("/healthz", (c) => {
    const { agent, leadership } = ports.overview();
    return c.json({ ok: true, ...agent, ...(leadership && { role: leadership.role }) });
  });
  app.get("/metrics", async (c) => {
    c.header("Content-Type", metrics.contentType);
    return c.body(await metrics.metrics());
  });
  app.get("/events", (c) => {
    const address = addressOf(c);
    const isFull = feed.watchers >= WATCHERS_MAX;
    if (isFull || feed.watchersOf(address) >= WATCHERS_OF_ADDRESS_MAX) {
      const most = isFull ? WATCHERS_MAX : WATCHERS_OF_ADDRESS_MAX;
      const where = isFull ? "" : " from this address";
      const error = new LabError("TL-9002", `${most} browsers watch${where} already`);
      return c.json(errorBody(error), 503);
    }
    const lastEventId = c.req.header("last-event-id");
    return streamSSE(c, (stream) => feed.serve(stream, { lastEventId, address }));
  });
  app.post("/api/command", sameOriginJson, (c) => handleCommand(c, ports, policy));
  app.route(DOOR, doorRoutes(ports, policy, lines));
  app.route("/api", apiRoutes(ports));
  app.route("/api", photoRoutes(ports, policy));
  app.notFound((c) =>
    c.json(errorBody(new LabError("TL-9005", `No such page: ${c.req.path}`)), 404),
  );
  app.onError((error, c) => {
    if (error instanceof LabError) return c.json(errorBody(error), 400);
    logger.error({ err: error.stack ?? error.message, path: c.req.path }, "page.requestFailed");
    return c.json(errorBody(new LabError("TL-1099", "The daemon failed to answer")), 500);
  });
  return app;
}

/** Of the other end of the socket; none where a test calls the routes without one. */
function addressOf({ env }: Context): string {
  const { incoming } = (env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress ?? "";
}
