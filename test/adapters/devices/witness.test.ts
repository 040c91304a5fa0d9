import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type {
  ThermalController,
  ThermalLook,
} from "../../../adapters/devices/thermal/controller.ts";
import {
  NEW_WITNESS,
  type Witness,
  witness,
} from "../../../adapters/devices/thermal/run-record.ts";
import { ThermalDevice } from "../../../adapters/devices/thermal/thermal-device.ts";
import { testMap } from "./thermal-bench.ts";

const BAND = { target: 600, tolerance: 2, silence_max_ms: 900_000 };

function after(looks: readonly (readonly [number, number | undefined])[]): Witness {
  return looks.reduce(
    (seen, [s, measured]) => witness(seen, { now_ms: 1000 * s, measured, isHeld: false }, BAND),
    NEW_WITNESS,
  );
}

test("time counts between two looks within the band, not at its first touch", () => {
  expect(
    after([
      [0, 590],
      [10, 599],
    ]).inBand_ms,
  ).toBe(0);
  expect(
    after([
      [0, 599],
      [10, 601],
      [20, 603],
      [30, 600],
      [40, 600],
    ]).inBand_ms,
  ).toBe(20_000);
});

test("a silence of ten minutes is bridged, one of twenty is not, a clock that goes back is no time", () => {
  expect(
    after([
      [0, 600],
      [600, 600],
    ]).inBand_ms,
  ).toBe(600_000);
  expect(
    after([
      [0, 600],
      [1200, 600],
    ]).inBand_ms,
  ).toBe(0);
  expect(
    after([
      [0, 600],
      [600, 590],
    ]).inBand_ms,
  ).toBe(0);
  expect(
    after([
      [100, 600],
      [0, 600],
    ]).inBand_ms,
  ).toBe(0);
});

test("a broken sensor is counted, and no time", () => {
  const seen = after([
    [0, 600],
    [10, undefined],
    [20, undefined],
  ]);
  expect(seen).toMatchObject({ inBand_ms: 0, brokenLooks: 2 });
  expect(
    after([
      [0, undefined],
      [10, 600],
    ]).brokenLooks,
  ).toBe(0);
});

describe("an outage of ten minutes, in virtual time", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tieline-outage-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    ["of the line: the dwell is whole", 600, true],
    ["of twenty minutes: the dwell is not", 1200, false],
  ])("%s", async (_, outage_s, isWhole) => {
    let now_ms = 1e12;
    let look: ThermalLook | undefined = rest();
    const controller = virtualController(() => {
      if (look === undefined) throw new Error("no answer");
      return look;
    });
    const { thermal } = testMap("eurotherm-2400");
    const device = new ThermalDevice({ controller, thermal, clock: { now_ms: () => now_ms } });
    const job = {
      ...{ jobId: "j1", attempt: 1, capability: "anneal", sampleIds: [], folder, held: false },
      parameters: { temperature_K: 873.15, duration_h: 0.5 },
    };
    look = { ...rest(), state: "busy" };
    await device.begin(job);
    const token = controller.planned;
    for (let s = 0; s <= 1800; s += 10) {
      now_ms += 10_000;
      const isOut = s > 300 && s <= 300 + outage_s;
      look = isOut ? undefined : { ...rest(), state: "busy", measured: 600, token };
      if (isOut) await expect(Promise.resolve().then(() => device.status())).rejects.toThrow();
      else expect((await device.status()).state).toBe("busy");
    }
    look = { ...rest(), state: "done", measured: 600, token };
    now_ms += 10_000;
    expect((await device.status()).state).toBe("done");
    const result = device.result(job);
    if (isWhole) expect(result).toMatchObject({ observations: [] });
    else expect(result).toMatchObject({ failed: expect.stringContaining("of 30.0 min only") });
  });
});

test("a job whose set point the device's own limits leave out by now does not begin", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tieline-begin-"));
  const prepared: number[] = [];
  const controller: ThermalController = {
    ...virtualController(() => ({ ...rest(), state: "busy" })),
    prepare: async ({ target }) => void prepared.push(target),
  };
  const { thermal } = testMap("eurotherm-2400");
  const beginAt = async (max: number): Promise<void> => {
    const limited = { ...controller, limits: { min: 0, max } };
    const clock = { now_ms: () => 1e12 };
    const device = new ThermalDevice({ controller: limited, thermal, clock });
    await device.begin({
      ...{ jobId: "j1", attempt: 1, capability: "anneal", sampleIds: [], folder, held: false },
      parameters: { temperature_K: 873.15, duration_h: 0.5 },
    });
  };
  try {
    await expect(beginAt(599)).rejects.toMatchObject({
      code: "TL-3202",
      message: expect.stringContaining("from 0 to 599 Cel by now, and 600 is none"),
    });
    await beginAt(600);
    expect(prepared).toEqual([600]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe("the end of a job", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tieline-end-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A job that has begun, on a controller that shows `world.look`. */
  async function begun(hasProgram: boolean) {
    const world = { look: { ...rest(), state: "busy" } as ThermalLook, now_ms: 1e12, stops: 0 };
    const controller = {
      ...virtualController(() => world.look),
      hasProgram,
      stop: async () => {
        world.stops += 1;
        if (world.stops < 3) throw new Error("no answer");
        world.look = rest();
      },
    };
    const { thermal } = testMap("eurotherm-2400");
    const clock = { now_ms: () => world.now_ms };
    const device = new ThermalDevice({ controller, thermal, clock });
    const job = {
      ...{ jobId: "j1", attempt: 1, capability: "anneal", sampleIds: [], folder, held: false },
      parameters: { temperature_K: 873.15, duration_h: 0.5 },
    };
    if (!hasProgram) world.look = { ...world.look, setPoint: 600 };
    await device.begin(job);
    world.look = { ...world.look, token: controller.planned };
    return { device, world, job, controller };
  }

  test("is not over before it rests: a stop that is lost is told again", async () => {
    for (const hasProgram of [true, false]) {
      const { device, world } = await begun(hasProgram);
      world.look = { ...world.look, measured: undefined };
      const states: string[] = [];
      for (let looks = 0; looks < 6; looks++) {
        const status = await Promise.resolve(device.status()).catch(() => ({ state: "no answer" }));
        states.push(status.state);
      }
      expect(states).toEqual([...["busy", "busy", "no answer", "no answer", "done", "done"]]);
      expect(world.stops).toBe(3);
    }
  });

  test("nor where it is set up otherwise by now, so that no set point tells whether it still works", async () => {
    for (const hasProgram of [true, false]) {
      const { device, world } = await begun(hasProgram);
      const nothing = { measured: undefined, setPoint: Number.NaN, token: undefined };
      world.look = { ...world.look, ...nothing, misfit: "it speaks °F" };
      const states: string[] = [];
      for (let looks = 0; looks < 6; looks++) {
        const status = await Promise.resolve(device.status()).catch(() => ({ state: "no answer" }));
        states.push(status.state);
      }
      expect(states).toEqual([...["busy", "busy", "no answer", "no answer", "done", "done"]]);
      expect(world.stops).toBe(3);
    }
  });

  test("is no cloak for who uses it next: local control is told once the result is read", async () => {
    const { device, world, job, controller } = await begun(true);
    for (let s = 0; s <= 1810; s += 10) {
      world.now_ms += 10_000;
      world.look = { ...world.look, measured: 600 };
      expect((await device.status()).state).toBe("busy");
    }
    world.look = { ...world.look, state: "done" };
    expect((await device.status()).state).toBe("done");
    expect(device.result(job)).toMatchObject({ observations: [] });
    expect(await device.status()).toEqual({ state: "ready" });
    world.look = { ...rest(), state: "busy", setPoint: 900 };
    expect(await device.status()).toMatchObject({ state: "busy", control: "local" });
    // An answer that was lost on its way is given once more.
    expect(await device.recover(job)).toBe("done");
    controller.holds = async () => false;
    expect((await device.status()).state).toBe("done");
    expect(device.result(job)).toMatchObject({ observations: [] });
    expect(world.stops).toBe(0);
  });
});

function rest(): ThermalLook {
  return { state: "ready", measured: 25, setPoint: 25, isAutomatic: true };
}

/** A controller with a program of its own, whose looks the test decides. */
function virtualController(see: () => ThermalLook): ThermalController & { planned: number } {
  return {
    ...{ model: "virtual", kind: "furnace", hasProgram: true, canHold: true, token_max: 9999 },
    ...{ rest: 25, rate_min: 0, resolution: 0.1, limits: { min: 0, max: 1200 }, planned: 0 },
    birthChecks: [],
    units: { temperature: "Cel", rate: "K/min", dwell: "min" },
    open: async () => {},
    close: () => {},
    look: async () => see(),
    refuse: () => undefined,
    prepare(plan) {
      this.planned = plan.token;
      return Promise.resolve();
    },
    start: async () => {},
    holds: async () => true,
    hold: async () => {},
    resume: async () => {},
    stop: async () => {},
  };
}
