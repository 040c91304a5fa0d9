import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import nock from "nock";
import { describe, expect, test } from "vitest";
import { createWebhook } from "../../../adapters/notifications/webhook.ts";
import { type Logger, silentLogger } from "../../../src/core/logger.ts";
import type { Notice } from "../../../src/views/notices.ts";
import { answerHttpByNock } from "../../support/answered-http.ts";

const NOTICE: Notice = {
  event: "alarm",
  subject: "furnace-1",
  text: "The furnace reports a fault.",
};
const SITE = "https://hooks.example";

function webhook(change: Partial<Parameters<typeof createWebhook>[0]> = {}) {
  const errors: string[] = [];
  const logger: Logger = { ...silentLogger, error: (_, event) => errors.push(event) };
  const hook = createWebhook({
    url: `${SITE}/secret`,
    format: "generic",
    site: "lab",
    logger,
    retryFirst_ms: 1,
    ...change,
  });
  return { hook, errors };
}

answerHttpByNock();

describe("a webhook", () => {
  test("posts the notice as JSON to a local server", async () => {
    const bodies: unknown[] = [];
    const server = createServer((request, response) => {
      let text = "";
      request.on("data", (part) => {
        text += part;
      });
      request.on("end", () => {
        bodies.push(JSON.parse(text));
        response.end();
      });
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const { hook } = webhook({ url: `http://127.0.0.1:${port}/hook` });
    hook.notify(NOTICE);
    await hook.idle();
    server.close();
    expect(bodies).toEqual([{ source: "tieline", site: "lab", ...NOTICE }]);
  });

  test("speaks Slack's form", async () => {
    const sent = nock(SITE)
      .post("/secret", (body: { text: string }) => body.text.includes("*lab / furnace-1*"))
      .reply(200);
    const { hook } = webhook({ format: "slack" });
    hook.notify(NOTICE);
    await hook.idle();
    expect(sent.isDone()).toBe(true);
  });

  test("tries again after a reset, a 503 and a 429, then delivers once", async () => {
    nock(SITE).post("/secret").replyWithError("ECONNRESET");
    nock(SITE).post("/secret").reply(503);
    nock(SITE).post("/secret").reply(429, "", { "Retry-After": "0" });
    const last = nock(SITE).post("/secret").reply(204);
    const { hook, errors } = webhook();
    hook.notify(NOTICE);
    await hook.idle();
    expect(last.isDone()).toBe(true);
    expect(errors).toEqual([]);
  });

  test("gives up at once on a refusal and after six attempts on an outage, and says so", async () => {
    nock(SITE).post("/secret").reply(404);
    const refused = webhook();
    refused.hook.notify(NOTICE);
    await refused.hook.idle();
    expect(refused.errors).toEqual(["notification.notDelivered"]);
    const outage = nock(SITE).post("/secret").times(6).reply(500);
    const down = webhook();
    down.hook.notify(NOTICE);
    await down.hook.idle();
    expect(outage.isDone()).toBe(true);
    expect(down.errors).toEqual(["notification.notDelivered"]);
  });

  test("sends only the events that were asked for", async () => {
    const { hook, errors } = webhook({ events: ["finished"] });
    hook.notify(NOTICE);
    await hook.idle();
    expect(errors).toEqual([]);
  });
});
