import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { LoadedConfiguration } from "../../../config/load-configuration.ts";
import { withPorts } from "../../../src/cli/start/ports.ts";

const opened: Server[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) server.close();
});

async function occupied(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.push(server);
  return (server.address() as { port: number }).port;
}

async function choose(ports: { broker: number; page: number }, options = {}) {
  const said: string[] = [];
  const host = "127.0.0.1";
  const written = {
    configuration: { broker: { host, port: ports.broker }, page: { host, port: ports.page } },
  } as unknown as LoadedConfiguration;
  const { configuration } = await withPorts(written, options, { out: (text) => said.push(text) });
  return { broker: configuration.broker.port, page: configuration.page.port, said: said.join("") };
}

test("without a configuration a taken port makes way for the next free one, and this is told", async () => {
  const taken = await occupied();
  const chosen = await choose({ broker: taken, page: 0 });
  expect(chosen.broker).toBeGreaterThan(taken);
  expect(chosen.page).toBe(0);
  expect(chosen.said).toBe(
    `Port ${taken} is taken; the broker is on ${chosen.broker} (--broker-port chooses).\n`,
  );
});

test("a written configuration keeps its ports, and an option is taken at its word", async () => {
  const taken = await occupied();
  expect(await choose({ broker: taken, page: taken }, { config: "lab.yaml" })).toMatchObject({
    ...{ broker: taken, page: taken, said: "" },
  });
  const options = { brokerPort: "18831", pagePort: "0" };
  expect(await choose({ broker: taken, page: taken }, options)).toMatchObject({
    ...{ broker: 18831, page: 0, said: "" },
  });
  await expect(choose({ broker: 1, page: 1 }, { pagePort: "eighty" })).rejects.toThrow("no port");
});
