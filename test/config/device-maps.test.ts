import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lineMapSchema } from "../../config/devices/line-map.ts";
import { loadDeviceFile } from "../../config/devices/load-device-file.ts";
import { modbusMapSchema } from "../../config/devices/modbus-map.ts";
import { unitMeant } from "../../src/domain/limits/unit-meant.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tieline-map-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What is said of a shipped definition after a change of its text. */
function complaintsOf(name: string, from: string, to: string): string {
  const shipped = join(import.meta.dirname, "../../config/gateways", `${name}.yaml`);
  const text = readFileSync(shipped, "utf8");
  expect(text).toContain(from);
  const file = join(folder, "mine.yaml");
  writeFileSync(file, text.replace(from, to));
  const schema = name === "lakeshore-336" ? lineMapSchema : modbusMapSchema;
  try {
    loadDeviceFile(file, schema);
    return "none";
  } catch (error) {
    return (error as Error).message.replace(/^.*problem\(s\): /s, "");
  }
}

describe("a definition is refused", () => {
  test.each([
    [
      "one word for two states",
      ...(["delta-dtb", "busy: [1] }", "busy: [1, 0] }"] as const),
      /state\.busy\[1\]: 0 means ready already: a value has one meaning/,
    ],
    [
      "one answer for two states",
      ...(["lakeshore-336", 'busy: ["1", "2", "3"]', 'busy: ["0", "2"]'] as const),
      /state\.busy\[0\]: 0 means ready already/,
    ],
    [
      "a value that its mask hides",
      ...(["eurotherm-2400", "equals: [0x2400]", "equals: [0x2480]"] as const),
      /identity\.equals\[0\]: 0x2480 has bits outside of mask 0xff00/,
    ],
    [
      "a charge for a temperature",
      ...([
        "delta-dtb",
        "target: { parameter: temperature_K, unit: K }",
        "target: { unit: C }",
      ] as const),
      /thermal\.target\.unit: C cannot be told in Cel, which the device takes/,
    ],
    [
      "a rate that nothing takes",
      ...(["delta-dtb", "  tolerance: 2", "  rate: { max: 5, value: 1 }\n  tolerance: 2"] as const),
      /thermal\.rate: the device has no rate of its own by this file/,
    ],
    [
      "a rate whose register has no unit",
      ...([
        "delta-dtb",
        "course: { by: setPoint }",
        "course: { by: setPoint, rate: run }",
      ] as const),
      /course\.rate: its register needs a unit/,
    ],
    [
      "a time for a rate",
      ...(["eurotherm-2400", "ramp: { unit: K/min, decimals: 1 }", "ramp: { unit: min }"] as const),
      /thermal\.rate\.unit: K\/min cannot be told in min/,
    ],
    [
      "another word for a unit",
      ...(["delta-dtb", "decimals: 1, unit: Cel }", "decimals: 1, unit: degC }"] as const),
      /registers\.measured\.unit: "degC" is no UCUM unit, Cel is; write e\.g\. K, Cel \(°C\)/,
    ],
  ])("that has %s", (_, name, from, to, words) => {
    expect(complaintsOf(name, from, to)).toMatch(words);
  });
});

test("units as people write them", () => {
  const written = [
    "degC",
    "°C",
    "celsius",
    "°C/min",
    "degK",
    "Kelvin",
    "hours",
    "Minutes",
    "K/hour",
  ];
  expect(written.map(unitMeant)).toEqual([
    ...["Cel", "Cel", "Cel", "K/min", "K", "K", "h", "min", "K/h"],
  ]);
  expect(["µm", "Å", "percent", "°F", "", "mPa*s"].map(unitMeant)).toEqual([
    ...["um", "Ao", "%", "[degF]", "1", "mPa.s"],
  ]);
  expect(["bananas", "K/", "K//min"].map(unitMeant)).toEqual([undefined, undefined, undefined]);
});
