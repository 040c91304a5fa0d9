import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connectTo, parseAddress } from "../../../adapters/devices/connection.ts";
import { mbapFraming, rtuFraming } from "../../../adapters/devices/modbus/framing.ts";
import { ModbusController } from "../../../adapters/devices/modbus/modbus-controller.ts";
import { createModbusLine, type ModbusLine } from "../../../adapters/devices/modbus/modbus-line.ts";
import { ModbusRegisters } from "../../../adapters/devices/modbus/modbus-registers.ts";
import { EUROTHERM, HostileModbus, type Spite } from "./hostile-modbus.ts";
import { REAL, testMap } from "./thermal-bench.ts";

/** Client and server are this one process, which may not run for a while. */
const TIMEOUT_ms = 1000;
const IDENTITY = { kind: "read", fn: 3, address: 122, count: 1 } as const;
const read = (address: number, count = 1) => ({ kind: "read", fn: 3, address, count }) as const;

describe.each([
  ["Modbus TCP", false],
  ["RTU over TCP", true],
] as const)("one line over %s", (_, rtu) => {
  let server: HostileModbus;
  let line: ModbusLine;

  beforeEach(async () => {
    server = new HostileModbus(rtu);
    const port = await server.listen();
    const address = parseAddress(`tcp://127.0.0.1:${port}`, 502);
    line = createModbusLine({
      connect: (signal) => connectTo(address, signal),
      framing: rtu ? rtuFraming : mbapFraming,
      ...{ unit: 1, timeout_ms: TIMEOUT_ms, gap_ms: 0, quiet_ms: 5, clock: REAL },
      verify: async (ask) => {
        if ((await ask(IDENTITY))[0] !== 122) throw new Error("not the one that is meant");
      },
    });
  });

  afterEach(() => {
    line.close();
    server.close();
  });

  /** One good read, so that the connection is verified; then the spite. */
  const verifiedThen = async (...spites: Spite[]): Promise<void> => {
    expect(await line.ask(read(7))).toEqual([7]);
    server.spites.push(...spites);
  };

  test("an answer in two segments is one answer", async () => {
    for (let at = 1; at < (rtu ? 7 : 11); at++) {
      await verifiedThen({ kind: "split", at });
      expect(await line.ask(read(40, 1))).toEqual([40]);
    }
    expect(server.connections).toBe(1);
  });

  test("a late answer is never anybody's: the connection ends, and the next begins with the identity", async () => {
    await verifiedThen({ kind: "late", after_ms: TIMEOUT_ms + 20 });
    await expect(line.ask(read(1))).rejects.toMatchObject({ code: "TL-3201" });
    for (let address = 2; address < 12; address++)
      expect(await line.ask(read(address))).toEqual([address]);
    expect(server.connections).toBe(2);
    expect(server.asked[3]).toMatchObject({ address: 122 });
  });

  test.each<Spite>([
    { kind: "twice" },
    { kind: "wrongSum" },
    { kind: "otherUnit" },
    { kind: "cut", after_bytes: 0 },
    { kind: "cut", after_bytes: 4 },
    { kind: "silent" },
  ])("$kind $after_bytes: no value, and the line is good again", async (spite) => {
    await verifiedThen(spite);
    await expect(line.ask(read(1))).rejects.toMatchObject({ retryable: true });
    expect(await line.ask(read(2))).toEqual([2]);
    expect(server.connections).toBe(2);
  });

  test("an answer to an earlier connection that a converter still holds is not believed", async () => {
    await verifiedThen({ kind: "silent" });
    await expect(line.ask(read(1))).rejects.toMatchObject({ code: "TL-3201" });
    server.spites.push({ kind: "stale", value: 250 });
    await expect(line.ask(read(2))).rejects.toThrow("not the one that is meant");
    expect(await line.ask(read(3))).toEqual([3]);
  });

  test.each([
    ["handedOn", "TL-3201"],
    ["endedAndHandedOn", "TL-3203"],
  ] as const)(
    "an answer that a converter hands on to the next connection is nobody's, although it looks like the identity (%s)",
    async (kind, code) => {
      server.registers.set(7, 122).set(1, 250);
      await line.ask(read(7));
      server.spites.push({ kind });
      await expect(line.ask(read(7))).rejects.toMatchObject({ code });
      const seen = [];
      for (let k = 0; k < 4; k++) seen.push(await line.ask(read(1)).catch(() => [250]));
      expect(seen).toEqual(Array.from({ length: 4 }, () => [250]));
      expect(await line.ask(read(40))).toEqual([40]);
    },
  );

  test("a clock that is set back while a line rests keeps it from nobody", async () => {
    const clock = { set_ms: 0 };
    const other = createModbusLine({
      connect: (signal) => connectTo(parseAddress(`tcp://127.0.0.1:${server.port}`, 502), signal),
      framing: rtu ? rtuFraming : mbapFraming,
      ...{ unit: 1, timeout_ms: TIMEOUT_ms, gap_ms: 0, quiet_ms: 20 },
      clock: {
        now_ms: () => REAL.now_ms() + clock.set_ms,
        schedule: (at_ms, callback) => REAL.schedule(at_ms - clock.set_ms, callback),
      },
      verify: async () => {},
    });
    try {
      expect(await other.ask(read(7))).toEqual([7]);
      server.spites.push({ kind: "cut", after_bytes: 0 });
      await expect(other.ask(read(1))).rejects.toMatchObject({ code: "TL-3203" });
      clock.set_ms = -3_600_000;
      const late = new Promise((resolve) => setTimeout(resolve, 3000, "it still rests"));
      expect(await Promise.race([other.ask(read(2)), late])).toEqual([2]);
    } finally {
      other.close();
    }
  });

  test("exceptions keep the connection; a busy device is asked again", async () => {
    await verifiedThen({ kind: "exception", code: 2 });
    await expect(line.ask(read(1))).rejects.toMatchObject({ code: "TL-3203", retryable: false });
    server.spites.push({ kind: "exception", code: 6 }, { kind: "exception", code: 6 });
    expect(await line.ask(read(5))).toEqual([5]);
    server.spites.push(...Array.from({ length: 4 }, (): Spite => ({ kind: "exception", code: 6 })));
    await expect(line.ask(read(6))).rejects.toMatchObject({ retryable: true });
    expect(server.connections).toBe(1);
  });

  test("a stop goes ahead of fifty polls, and one request is in flight", async () => {
    await verifiedThen();
    const polls = Array.from({ length: 50 }, (__, k) => line.ask(read(200 + k)));
    await line.ask({ kind: "write", fn: 6, address: 23, word: 1 }, "urgent");
    expect(server.asked.findIndex(({ fn }) => fn === 6)).toBeLessThanOrEqual(3);
    expect(await Promise.all(polls)).toEqual(Array.from({ length: 50 }, (__, k) => [200 + k]));
  });

  test("polls behind a broken connection are refused at once, a stop is tried", async () => {
    await verifiedThen({ kind: "silent" });
    const polls = Array.from({ length: 50 }, (__, k) => line.ask(read(200 + k)));
    const stop = line.ask({ kind: "write", fn: 6, address: 23, word: 1 }, "urgent");
    const ended = await Promise.allSettled(polls);
    expect(await stop).toEqual([1]);
    expect(new Set(ended.map(({ status }) => status))).toContain("rejected");
  });

  test("several registers are written at once", async () => {
    await line.ask({ kind: "write", fn: 16, address: 300, words: [1, 2, 0xffff] });
    expect(await line.ask(read(300, 3))).toEqual([1, 2, 0xffff]);
  });

  test("more than 125 registers are never asked for", async () => {
    expect(() => line.ask(read(0, 126))).toThrow("not 1 to 125");
    await expect(line.ask(read(0, 125))).resolves.toHaveLength(125);
  });

  test("a line that was closed answers nobody", async () => {
    const pending = line.ask(read(1));
    line.close();
    await expect(pending).rejects.toMatchObject({ code: "TL-3203" });
    await expect(line.ask(read(2))).rejects.toMatchObject({ code: "TL-3203" });
  });
});

test.each([
  ["the program's end", 23, 2],
  ["the set point", 2, 23],
])(
  "a stop of which a furnace refuses a part, %s, does the other all the same",
  async (_, refused, done) => {
    const server = new HostileModbus(false);
    for (const [address, word] of EUROTHERM) server.registers.set(address, word);
    const address = `tcp://127.0.0.1:${await server.listen()}`;
    const controller = new ModbusController({
      ...{ map: testMap("eurotherm-2400"), address, unit: 1, clock: REAL },
    });
    try {
      await controller.open();
      server.registers.set(23, 2).set(2, 9000);
      server.refused.add(refused);
      await expect(controller.stop()).rejects.toMatchObject({ code: "TL-3203" });
      expect([server.registers.get(23), server.registers.get(2)]).toEqual(
        done === 2 ? [2, 250] : [1, 9000],
      );
    } finally {
      controller.close();
      server.close();
    }
  },
);

test("answers that have shifted by one are not believed: the identity is read after every look", async () => {
  const server = new HostileModbus(true);
  const port = await server.listen();
  const map = testMap("eurotherm-2400");
  const address = `rtu+tcp://127.0.0.1:${port}`;
  server.registers.set(122, 0x2480);
  const verified = { count: 0 };
  const line = createModbusLine({
    connect: (signal) => connectTo(parseAddress(address, 502), signal),
    framing: rtuFraming,
    ...{ unit: 1, timeout_ms: TIMEOUT_ms, gap_ms: 0, quiet_ms: 5, clock: REAL },
    verify: async () => {
      verified.count += 1;
    },
  });
  const registers = new ModbusRegisters(map, line);
  try {
    expect((await registers.read(["setPoint"])).get("setPoint")?.raw).toBe(2);
    server.spites.push({ kind: "stale", value: 6000 });
    await expect(registers.read(["setPoint"])).rejects.toMatchObject({ code: "TL-3203" });
    expect((await registers.read(["setPoint"])).get("setPoint")?.raw).toBe(2);
    expect(verified.count).toBe(2);
  } finally {
    line.close();
    server.close();
  }
});
