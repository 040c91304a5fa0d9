import { expect, test } from "vitest";
import { loadDeviceFile } from "../../config/devices/load-device-file.ts";
import { type ModbusMap, modbusMapSchema } from "../../config/devices/modbus-map.ts";

const REGISTER = { address: 900, type: "uint16", readable: false };

/** What is wrong with a shipped map that has a register `hidden` which cannot be read, and these changes. */
function complaints(
  shipped: string,
  hidden: object,
  change: (map: ModbusMap) => object,
): readonly string[] {
  const map = loadDeviceFile(shipped, modbusMapSchema);
  const registers = { ...map.registers, hidden: { ...REGISTER, ...hidden } };
  const { error } = modbusMapSchema.safeParse({ ...map, registers, ...change(map) });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

test("what cannot be read is only commanded, in one word, with a state that shows what came of it", () => {
  expect(complaints("omron-e5cc", {}, () => ({}))).toEqual([]);
  expect(complaints("omron-e5cc", {}, () => ({ output: "hidden" }))).toEqual([
    expect.stringMatching(/^output: "hidden" cannot be read/),
  ]);
  expect(complaints("omron-e5cc", { type: "float32" }, () => ({}))).toEqual([
    expect.stringMatching(/^registers\.hidden\.readable: .*one word/),
  ]);
  expect(complaints("omron-e5cc", {}, () => ({ state: undefined }))).toContainEqual(
    expect.stringMatching(/^registers\.hidden\.readable: .*name a state/),
  );
});

test("nor may it be among what is written before a program, for that is read back", () => {
  const before = [{ register: "hidden", write: 1 }];
  const found = complaints("eurotherm-2400", {}, ({ course }) => ({
    course: { ...course, before },
  }));
  expect(found).toEqual([
    expect.stringMatching(/^course\.before\.0\.register: "hidden" cannot be read/),
  ]);
});
