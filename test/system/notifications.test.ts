import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { exampleConfig, startDaemonProcess } from "../support/daemon-process.ts";

const cleanUp: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

interface Received {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A webhook's other end; its first answer is a failure, as on a bad day. */
async function listen(received: Received[]): Promise<string> {
  let answers = 0;
  const server: Server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      answers++;
      if (answers > 1) received.push({ path: request.url ?? "", body: JSON.parse(text) });
      response.writeHead(answers > 1 ? 200 : 503).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("webhooks of the configuration hear of approvals, alarms and the end, each in its form", async () => {
  const received: Received[] = [];
  const address = await listen(received);
  const config = `${exampleConfig("default.yaml")
    .replace("step: 0.025", "step: 0.1")
    .replace("approval: automatic", "approval: supervised")}
notifications:
  - { url: "${address}/all", format: generic }
  - { url: "${address}/slack", format: slack, events: [alarm, finished] }
`;
  const daemon = await startDaemonProcess({ config, speed: 1000 });
  cleanUp.push(() => daemon.stop());
  const heard = (path: string, word: string): Received | undefined =>
    received.find((one) => one.path === path && JSON.stringify(one.body).includes(word));
  const command = (body: unknown): Promise<Response> =>
    fetch(new URL("/api/command", daemon.url), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });

  await expect.poll(() => heard("/all", "approval"), { timeout: 120_000 }).toBeDefined();
  expect(heard("/all", "approval")?.body).toEqual({
    source: "tieline",
    site: "default",
    event: "approval",
    subject: "al-mg-zn",
    text: expect.stringMatching(
      /^“Al-Mg-Zn at 608 K” is waiting for approval of batch \d+ \(\d+ points?\), since .* UTC on .*\.$/,
    ),
  });
  await command({ kind: "emergencyStop", active: true, by: "ada", reason: "smoke" });
  await expect.poll(() => heard("/slack", "smoke"), { timeout: 120_000 }).toBeDefined();
  expect(Object.keys(heard("/slack", "smoke")?.body ?? {})).toEqual(["text"]);
  await command({ kind: "emergencyStop", active: false, by: "ada", reason: "steam" });
  await command({ kind: "campaign", campaignId: "al-mg-zn", action: "abort", by: "ada" });
  await expect.poll(() => heard("/slack", "is over (aborted)"), { timeout: 120_000 }).toBeDefined();
  expect(heard("/all", "is over (aborted)")?.body["event"]).toBe("finished");
  expect(heard("/slack", "waiting for approval")).toBeUndefined();
});
