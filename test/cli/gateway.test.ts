import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { protocolOf } from "../../config/check-gateways.ts";
import { lineMapSchema } from "../../config/devices/line-map.ts";
import { loadDeviceFile } from "../../config/devices/load-device-file.ts";
import { modbusMapSchema } from "../../config/devices/modbus-map.ts";
import { PYTHON } from "../adapters/devices/pymodbus-device.ts";
import { startFurnace } from "../adapters/devices/pymodbus-furnace.ts";
import { Agent, embeddedBroker, until } from "../adapters/gateway/gateway-bench.ts";
import { builtMain } from "../support/built-program.ts";
import { tieline } from "../support/command-line.ts";
import { findDeviceFiles } from "../support/device-files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tieline-gateway-command-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each(findDeviceFiles())("%s is a sound map", (name) => {
  const protocol = protocolOf(name, ".");
  const schema = protocol === "line" ? lineMapSchema : modbusMapSchema;
  expect(loadDeviceFile(name, schema)).toMatchObject({ protocol });
});

describe("a map with mistakes", () => {
  const broken = (): string => {
    const text = readFileSync(
      join(import.meta.dirname, "../../config/gateways/delta-dtb.yaml"),
      "utf8",
    );
    const file = join(folder, "mine.yaml");
    const wrong = text
      .replace("register: measured, min", "register: mesured, min")
      .replace("decimals: 1, unit: Cel }", "decimal: 1, unit: Celsius }");
    writeFileSync(file, wrong);
    return file;
  };

  test("is refused with every line, by the command and by validate", async () => {
    const file = broken();
    const { code, err } = await tieline(
      "gateway",
      "look",
      "--map",
      file,
      "--at",
      "tcp://127.0.0.1:1",
    );
    expect(code).toBe(2);
    expect(err).toMatch(
      /mine\.yaml:\d+: registers\.measured\.decimal: the key "decimal" is not known/,
    );
    expect(err).toMatch(
      /mine\.yaml:\d+: registers\.measured\.unit: "Celsius" is no UCUM unit, Cel is; write e\.g\. K/,
    );
    const config = join(folder, "lab.yaml");
    const entry = "{ id: f1, kind: modbus, map: mine.yaml, at: tcp://127.0.0.1:1 }";
    writeFileSync(
      config,
      `version: 1\ngateways:\n  - ${entry}\n  - { id: f1, kind: modbus, map: nope, at: x }\n`,
    );
    const checked = await tieline("validate", "--config", config);
    expect(checked.code).not.toBe(0);
    expect(checked.err).toContain("write tcp://host:port, rtu+tcp://host:port");
    writeFileSync(config, `version: 1\ngateways:\n  - ${entry}\n  - { ${entry.slice(2)}\n`);
    const again = await tieline("validate", "--config", config);
    expect(again.err).toContain("another one is called f1");
    expect(again.err).toContain("lab.yaml:3: gateways[0].map");
  });
});

test.skipIf(PYTHON === undefined)("look reads a controller once and writes nothing", async () => {
  const furnace = await startFurnace();
  try {
    const at = `tcp://127.0.0.1:${furnace.port}`;
    const { code, out } = await tieline("gateway", "look", "--map", "eurotherm-2400", "--at", at);
    expect(out).toContain(
      "It is a Eurotherm 2400, as far as its map tells: identity (instrumentType), verify (decimalPlaces), twins (measured, measuredFloat) hold.",
    );
    expect(out).toContain("Set points from 0 to 1200 Cel.");
    expect(out).toContain("its state is ready.\nA gateway would take a job.\n");
    expect(code).toBe(0);
    expect((await furnace.tell({})).written).toEqual([]);
    const other = await tieline("gateway", "look", "--map", "eurotherm-3500", "--at", at);
    expect(other.code).toBe(1);
    expect(other.err).toContain("instrumentType is 0x2480, not 0x3504 or 0x3508");
  } finally {
    await furnace.kill();
  }
});

test("serve makes an instrument of one entry of a configuration; a name that is not there is told with those that are", async () => {
  const config = join(folder, "bench.yaml");
  const press =
    "{ id: press-1, kind: folder, folder: ./press, capability: press, parameters: [{ name: force_N, unit: N }] }";
  writeFileSync(config, `version: 1\nsite: lab\ngateways:\n  - ${press}\n`);
  const wrong = await tieline("gateway", "serve", "--config", config, "--id", "press-2");
  expect([wrong.code, wrong.err]).toEqual([
    2,
    expect.stringContaining("has no gateway press-2; it has press-1"),
  ]);
  const broker = await embeddedBroker();
  const agent = await Agent.at(broker.url, "press-1");
  const argv = ["--config", config, "--id", "press-1", "--folder", join(folder, "own")];
  const child = spawn(process.execPath, [
    await builtMain(),
    "gateway",
    "serve",
    ...argv,
    "--broker",
    broker.url,
  ]);
  try {
    await until(() => expect(agent.last("birth")).toMatchObject({ kind: "drop-folder" }));
    expect(existsSync(join(folder, "press/jobs"))).toBe(true);
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
    await agent.end();
    await broker.stop();
  }
});
