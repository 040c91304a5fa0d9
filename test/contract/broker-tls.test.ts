import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { shownBroker } from "../../adapters/mqtt/broker-address.ts";
import { childEnvironment } from "../../adapters/system/child-environment.ts";
import { tieline } from "../support/command-line.ts";
import { mosquittoIsThere } from "./mosquitto.ts";
import { cleanUp, startDaemon } from "./running-daemon.ts";
import { SecureMosquitto, TestAuthority } from "./secure-mosquitto.ts";

let authority: TestAuthority;
beforeEach(() => {
  authority = new TestAuthority();
  cleanUp.push(() => authority.remove());
});
afterEach(() => {
  for (const name of ["USERNAME", "PASSWORD"]) delete process.env[`TIELINE_BROKER_${name}`];
});

async function startBroker(settings: string): Promise<SecureMosquitto> {
  const broker = await new SecureMosquitto(authority).start(settings);
  cleanUp.push(() => broker.stop());
  return broker;
}

/** What doctor says of a broker, in a configuration with these settings. */
async function doctorOn(settings: string): Promise<{ ok: boolean; found: string; advice: string }> {
  const file = join(authority.folder, "lab.yaml");
  const page = "page: { port: 0 }";
  writeFileSync(file, `version: 1\ndata: ${authority.folder}/data\n${page}\nbroker: ${settings}\n`);
  const { out } = await tieline("doctor", "--config", file, "--json");
  return JSON.parse(out).findings.find((one: { check: string }) => one.check === "broker");
}

describe.skipIf(!mosquittoIsThere())(
  "a Mosquitto with a certificate of the laboratory's own",
  () => {
    test("takes the daemon by its certificate (mTLS), under another name than the address", async () => {
      const mTls = "allow_anonymous false\nrequire_certificate true\nuse_identity_as_username true";
      const { port } = await startBroker(mTls);
      const { cert, key } = authority.issue("tieline");
      const files = `ca: ${authority.ca}, cert: ${cert}, key: ${key}`;
      const broker = `{ url: "mqtts://127.0.0.1:${port}", ${files}, serverName: broker.lab, protocol: 5 }`;
      const daemon = await startDaemon({ broker });
      expect(daemon.view.overview().alarms).toEqual([]);
      expect(daemon.brokerLogin.tls?.servername).toBe("broker.lab");
    });

    test("doctor says what to do about an unknown authority, another name, a missing certificate, a wrong password", async () => {
      const { port } = await startBroker("allow_anonymous true");
      const url = `url: "mqtts://127.0.0.1:${port}"`;
      expect((await doctorOn(`{ ${url}, serverName: broker.lab }`)).advice).toMatch(/broker\.ca/);
      expect((await doctorOn(`{ ${url}, ca: ca.pem }`)).advice).toMatch(/broker\.serverName/);
      expect(await doctorOn(`{ ${url}, ca: ca.pem, serverName: broker.lab }`)).toMatchObject({
        ok: true,
      });
      const asking = await startBroker("allow_anonymous true\nrequire_certificate true");
      const there = `url: "mqtts://127.0.0.1:${asking.port}", ca: ca.pem, serverName: broker.lab`;
      expect((await doctorOn(`{ ${there} }`)).advice).toMatch(/broker\.cert and broker\.key/);
      const strict = await startBroker("allow_anonymous false");
      const named = `url: "mqtts://127.0.0.1:${strict.port}", ca: ca.pem, serverName: broker.lab`;
      process.env["TIELINE_BROKER_USERNAME"] = "ada";
      process.env["TIELINE_BROKER_PASSWORD"] = "not-the-right-one";
      const refused = await doctorOn(`{ ${named} }`);
      expect(refused.advice).toMatch(/TIELINE_BROKER_PASSWORD/);
      expect(JSON.stringify(refused)).not.toContain("not-the-right-one");
    });
  },
);

test("a password in an address is never shown", async () => {
  expect(shownBroker("mqtts://ada:p@ss@broker.lab:8883/x")).toBe("mqtts://broker.lab:8883/x");
  const found = await doctorOn('{ url: "mqtt://ada:hidden-word@127.0.0.1:1" }');
  expect(found.ok).toBe(false);
  expect(JSON.stringify(found)).not.toContain("hidden-word");
});

test("programs that are started inherit everything but the laboratory's secrets", () => {
  const own = {
    PATH: "/bin",
    OMP_NUM_THREADS: "2",
    TIELINE_BROKER_PASSWORD: "x",
    TIELINE_OPERATORS: "ada:k",
    PGPASSWORD: "y",
    SLURM_JWT: "z",
  };
  expect(childEnvironment({ CELLS: "3" }, own)).toEqual({
    PATH: "/bin",
    OMP_NUM_THREADS: "2",
    CELLS: "3",
  });
});

test("beyond this machine the broker inside the daemon wants users with passwords", async () => {
  const file = join(authority.folder, "open.yaml");
  writeFileSync(file, "version: 1\nbroker: { host: 0.0.0.0 }\n");
  const { code, err } = await tieline("validate", "--config", file);
  expect(code).not.toBe(0);
  expect(err).toMatch(/broker\.host: anybody who reaches 0\.0\.0\.0 could command instruments/);
  writeFileSync(join(authority.folder, "furnace-1.password"), "a long word\n");
  const user = "{ name: furnace-1, is: instrument, passwordFile: furnace-1.password }";
  writeFileSync(file, `version: 1\nbroker: { host: 0.0.0.0, users: [${user}] }\n`);
  expect((await tieline("validate", "--config", file)).code).toBe(0);
});
