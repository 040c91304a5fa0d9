import { describe, expect, test } from "vitest";
import { LadsClient } from "../../../adapters/devices/lads/lads-client.ts";
import { isRefusal } from "../../../adapters/devices/lads/lads-link.ts";
import type { OpcUaModule } from "../../../adapters/devices/lads/opcua-module.ts";

/** Nodes by name, a leaf is a value or, where it is a function, a method: what it answers, or the device's word why not. */
interface Tree {
  readonly [name: string]: Tree | string | (() => unknown);
}

/** Codes of OPC 10000-6, annex A; every other name is a bad one. */
const CODES: Readonly<Record<string, number>> = {
  ...{ Good: 0, GoodCompletesAsynchronously: 0x002e0000, GoodClamped: 0x00300000 },
  ...{ "Good#SemanticChanged": 0x4000, GoodLocalOverride: 0x00960000 },
  UncertainLastUsableValue: 0x40900000,
};

/** The status of every value, or of each by the path of its node. */
type Statuses = string | ((path: string) => string);

/** `node-opcua` with one server of these nodes; a node's id is the path of its names. */
function serverOf(
  objects: Tree,
  values: Statuses = "Good",
): { readonly opcua: OpcUaModule; readonly called: string[] } {
  const called: string[] = [];
  const at = (path: unknown): Tree | string | (() => unknown) | undefined => {
    const names = String(path).split("/").slice(1);
    return names.reduce<unknown>((node, name) => (node as Tree | undefined)?.[name], objects) as
      | Tree
      | undefined;
  };
  const inside = (path: unknown): string[] => {
    const node = at(path);
    return typeof node === "object" ? Object.keys(node) : [];
  };
  // As node-opcua has it: `isGood()` is true of the code 0 alone.
  const status = (name: string) => {
    const value = CODES[name] ?? 0x80000000;
    return { name, value, isGood: () => value === 0 };
  };
  const session = {
    read: async (nodes: { nodeId: unknown }[]) =>
      nodes.map(({ nodeId }) => {
        const name = typeof values === "string" ? values : values(String(nodeId));
        return { statusCode: status(name), value: { value: at(nodeId) } };
      }),
    browse: async (nodes: { nodeId: unknown }[]) =>
      nodes.map(({ nodeId }) => ({
        continuationPoint: null,
        references: inside(nodeId).map((name) => ({
          ...{ nodeId: `${nodeId}/${name}`, browseName: { name } },
        })),
      })),
    call: async ({ methodId }: { methodId: unknown }) => {
      called.push(String(methodId).split("/").at(-1) ?? "");
      const value = (at(methodId) as () => unknown)();
      if (typeof value === "string") return { statusCode: status(value), outputArguments: [] };
      return { statusCode: status("Good"), outputArguments: [{ value }] };
    },
  };
  const client = {
    ...{ connect: async () => {}, disconnect: async () => {}, on: () => {} },
    createSession: async () => session,
  };
  const opcua = {
    ...{ DataType: {}, VariantArrayType: {}, OPCUAClient: { create: () => client } },
    OPCUACertificateManager: class {},
  };
  return { opcua: opcua as unknown as OpcUaModule, called };
}

const WELL = { CurrentState: "Stopped", StartProgram: () => 1, Stop: () => 1 };

/** A device with one unit whose state machine has these methods. */
function unitWith(state: Tree): Tree {
  const ProgramManager = { ProgramTemplateSet: {}, ActiveProgram: {}, ResultSet: {} };
  const XRD = { ProgramManager, FunctionalUnitState: state };
  return { DeviceSet: { Diffractometer: { FunctionalUnitSet: { XRD } } } };
}

const ADDRESS = { at: "opc.tcp://x", program: "scan", timeout_ms: 1000 };
const client = (opcua: OpcUaModule, now_ms = () => 0) =>
  new LadsClient(opcua, ADDRESS, "", { now_ms });

describe("a unit", () => {
  test.each([
    ["Stop", "XRD has no Stop: nobody could stop what it runs"],
    ["StartProgram", "XRD has no StartProgram: it runs no programs"],
  ])("without %s is not driven at all", async (name, message) => {
    const { [name as "Stop"]: _, ...state } = WELL;
    const { opcua } = serverOf(unitWith(state));
    await expect(client(opcua).open()).rejects.toMatchObject({ code: "TL-3202", message });
  });

  test("says what it can do, and what it cannot is refused and not in doubt", async () => {
    const { opcua, called } = serverOf(unitWith(WELL));
    const link = client(opcua);
    expect((await link.open()).methods).toEqual(["Stop"]);
    const error: unknown = await link.call("Hold").catch((why: unknown) => why);
    expect(error).toMatchObject({ message: "the device refused: XRD has no Hold" });
    expect(isRefusal(error)).toBe(true);
    await link.call("Stop");
    expect(called).toEqual(["Stop"]);
  });
});

describe("what is good by its severity", () => {
  test("a state and a sensor are read, whatever the device remarks beside them", async () => {
    for (const [name, seen] of [
      ["GoodClamped", "Stopped"],
      ["Good#SemanticChanged", "Stopped"],
      ["UncertainLastUsableValue", undefined],
    ] as const) {
      const link = client(serverOf(unitWith(WELL), name).opcua);
      await link.open();
      expect([name, (await link.look()).state]).toEqual([name, seen]);
    }
  });

  test("a method that goes on by itself was taken, not refused", async () => {
    const Stop = () => "GoodCompletesAsynchronously";
    const link = client(serverOf(unitWith({ ...WELL, Stop })).opcua);
    await link.open();
    await link.call("Stop");
  });

  test.each([
    ["GoodClamped", "Good"],
    ["Good#SemanticChanged", "Good"],
    ["GoodLocalOverride", "GoodLocalOverride"],
    ["UncertainLastUsableValue", "UncertainLastUsableValue"],
    ["BadSensorFailure", "BadSensorFailure"],
  ])("a result's variable that is %s counts as %s", async (name, word) => {
    const { opcua } = serverOf({ result: { VariableSet: { Peak: "7" } } }, name);
    const { variables } = await client(opcua).contents("objects/result");
    expect(variables).toMatchObject([{ name: "Peak", value: "7", status: word }]);
  });

  test("each value of an answer has a status of its own, and so has its scale", async () => {
    const range = { low: 0, high: 9 } as unknown as Tree;
    const set = { Width: "1", Peak: { EURange: range }, Shape: "2" };
    const { opcua } = serverOf({ result: { VariableSet: set } }, (path) => {
      if (path.endsWith("/EURange")) return "BadNotReadable";
      return path.endsWith("/Width") ? "UncertainLastUsableValue" : "GoodClamped";
    });
    const { variables } = await client(opcua).contents("objects/result");
    expect(variables.map(({ name, status, range: scale }) => [name, status, scale])).toEqual([
      ["Width", "UncertainLastUsableValue", undefined],
      ["Peak", "Good", { low: 0, high: 9, status: "BadNotReadable" }],
      ["Shape", "Good", undefined],
    ]);
  });
});

describe("the lock of a unit", () => {
  const unitWithLock = (lock: Tree): Tree => {
    const ProgramManager = { ProgramTemplateSet: {}, ActiveProgram: {}, ResultSet: {} };
    const XRD = { ProgramManager, FunctionalUnitState: WELL, Lock: lock };
    return { DeviceSet: { Diffractometer: { FunctionalUnitSet: { XRD } } } };
  };

  test("is held by our session: it is no other's, is renewed at each look, and given back", async () => {
    const world = { locked: false, renew: 0 };
    const lock = {
      LockingUser: "us",
      InitLock: () => {
        world.locked = true;
        return 0;
      },
      RenewLock: () => world.renew,
      ExitLock: () => 0,
      get Locked() {
        return world.locked as unknown as string;
      },
    };
    const { opcua, called } = serverOf(unitWithLock(lock));
    const link = client(opcua);
    await link.open();
    await link.lock("j1");
    await link.lock("j1");
    expect((await link.look()).lockedBy).toBeUndefined();
    await link.unlock();
    await link.unlock();
    expect(called).toEqual(["InitLock", "RenewLock", "ExitLock"]);
    // Whoever has it now is somebody else.
    expect((await link.look()).lockedBy).toBe("us");
    await link.lock("j2");
    world.renew = -1;
    expect((await link.look()).lockedBy).toBe("us");
    await link.lock("j2");
    await link.open();
    expect((await link.look()).lockedBy).toBe("us");
  });

  test.each([
    [{ InitLock: () => -1 }, "the device refused: XRD gives no lock (-1)"],
    [{}, "the device refused: XRD has no InitLock"],
  ])("that cannot be had is a refusal", async (lock, message) => {
    const link = client(serverOf(unitWithLock(lock as Tree)).opcua);
    await link.open();
    await expect(link.lock("j1")).rejects.toMatchObject({ message });
  });
});

describe("sensors of a unit", () => {
  const functions = { Chamber: { SensorValue: "1" }, Stage: { CurrentValue: "2" }, Lid: {} };
  const unit = unitWith(WELL) as { DeviceSet: { Diffractometer: { FunctionalUnitSet: Tree } } };
  const { FunctionalUnitSet } = unit.DeviceSet.Diffractometer;
  const XRD = { ...(FunctionalUnitSet["XRD"] as Tree), FunctionSet: functions };
  const objects = { DeviceSet: { Diffractometer: { FunctionalUnitSet: { XRD } } } };
  const openWith = (...sensors: string[]) => {
    const address = { ...ADDRESS, sensors };
    return new LadsClient(serverOf(objects).opcua, address, "", { now_ms: () => 0 }).open();
  };

  test("are found by their names, what they measure or have reached", async () => {
    await expect(openWith("Chamber", "Stage")).resolves.toMatchObject({ unit: "XRD" });
  });

  test.each(["Chambre", "Lid"])(
    "%s, which has no value, is told with those that are there",
    async (name) => {
      await expect(openWith(name)).rejects.toMatchObject({
        code: "TL-3202",
        message: `XRD has no function ${name} with a value; it has Chamber, Stage, Lid`,
      });
    },
  );
});

describe("files of a result", () => {
  /** Its methods; what is read comes in these pieces, then nothing. */
  const fileOf = (...pieces: readonly (string | Buffer)[]): Tree => {
    const left = pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece));
    return { Open: () => 7, Read: () => left.shift() ?? Buffer.alloc(0), Close: () => undefined };
  };
  const contentsOf = async (files: Tree, now_ms?: () => number) => {
    const server = serverOf({ result: { FileSet: files } });
    const contents = await client(server.opcua, now_ms).contents("objects/result");
    const texts = contents.files.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]);
    return { texts, missing: contents.missing, called: server.called };
  };

  test("are read until nothing more comes, not until a short piece", async () => {
    const File = fileOf("20 5\n", "3", "0 7\n");
    const { texts, missing, called } = await contentsOf({ scan: { Name: "scan.xy", File } });
    expect(texts).toEqual([["scan.xy", "20 5\n30 7\n"]]);
    expect(missing).toEqual([]);
    expect(called).toEqual(["Open", "Read", "Read", "Read", "Read", "Close"]);
  });

  const LARGE = Buffer.alloc(33 << 20);
  test.each<[string, Tree, string]>([
    ["lies elsewhere", { URL: "x" }, "scan (the device holds no copy of it)"],
    [
      "cannot be closed",
      { File: { Open: () => 7, Read: () => 1 } },
      "scan (the device gives no Close)",
    ],
    [
      "is refused",
      { File: { ...fileOf("x"), Open: () => "BadNotReadable" } },
      "scan (the device refused: BadNotReadable)",
    ],
    [
      "is refused in its middle",
      { File: { ...fileOf("x"), Read: () => "BadInvalidState" } },
      "scan (the device refused: BadInvalidState)",
    ],
    ["is too large", { File: fileOf(LARGE, LARGE) }, "scan (more than 64 MB)"],
  ])("one that %s stays at the device, which is said; the others come", async (_, scan, said) => {
    const { texts, missing, called } = await contentsOf({ scan, log: { File: fileOf("well") } });
    expect(missing).toEqual([said]);
    expect(texts).toEqual([["log", "well"]]);
    const opened = called.filter((name) => name === "Open").length;
    const closed = called.filter((name) => name === "Close").length;
    expect(opened - closed).toBe(said.includes("NotReadable") ? 1 : 0);
  });

  test("one that takes too long stays there too", async () => {
    let now_ms = 0;
    const Read = (): Buffer => {
      now_ms += 3000;
      return Buffer.alloc(now_ms < 60_000 ? 1 : 0);
    };
    const File = { ...fileOf(), Read };
    const { missing } = await contentsOf({ scan: { File } }, () => now_ms);
    expect(missing).toEqual(["scan (it takes too long)"]);
  });

  test("a line that breaks is no missing file: the result is asked for again", async () => {
    const Read = (): never => {
      throw new Error("Connection Break");
    };
    const contents = contentsOf({ scan: { File: { ...fileOf(), Read } } });
    await expect(contents).rejects.toThrow("Connection Break");
  });
});
