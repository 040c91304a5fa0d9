import type { Clock } from "../../../src/core/clock.ts";
import type {
  LadsAddress,
  LadsContents,
  LadsLink,
  LadsLook,
  LadsMethod,
  LadsOrder,
  LadsRun,
  LadsUnit,
  UnitState,
} from "./lads-link.ts";
import { refusedByDevice, UNIT_STATES } from "./lads-link.ts";
import { type DataValue, isGood, type NodeId, type OpcUaModule } from "./opcua-module.ts";
import { RunList, readContents } from "./run-objects.ts";
import { Session } from "./session.ts";
import { structureOf } from "./structures.ts";
import { UnitLock } from "./unit-lock.ts";
import { findUnit, type Machine, METHODS, type UnitNodes } from "./unit-nodes.ts";

/** `ServerStatus.StartTime` and `.State` (OPC 10000-5, 12.10), and what `State` is while it serves. */
const START_TIME = "i=2257";
const SERVER_STATE = "i=2259";
const RUNNING = 0;
/** The files of a result may take so many times the longest answer; the rest of them stays at the device. */
const FILES_TIMEOUTS = 4;
const LADS = "http://opcfoundation.org/UA/LADS/";

/** A functional unit of a LADS server, asked by `node-opcua`. */
export class LadsClient implements LadsLink {
  readonly #opcua: OpcUaModule;
  readonly #address: LadsAddress;
  readonly #clock: Clock;
  readonly #session: Session;
  readonly #runs: RunList;
  readonly #lock: UnitLock;
  /** Of the type's states, by their node ids: names do not depend on the server's language. */
  readonly #stateNames = new Map<string, string>();
  #nodes: UnitNodes | undefined;

  constructor(opcua: OpcUaModule, address: LadsAddress, certificates: string, clock: Clock) {
    const { at, timeout_ms } = address;
    this.#clock = clock;
    this.#opcua = opcua;
    this.#address = address;
    this.#session = new Session({ opcua, url: at, certificates, timeout_ms });
    this.#runs = new RunList(this.#session);
    this.#lock = new UnitLock(this.#session, opcua);
  }

  /** Connects anew and looks for the unit again: another server may be there now. */
  async open(): Promise<LadsUnit> {
    await this.#session.close();
    this.#nodes = undefined;
    this.#runs.forget();
    const { device, unit } = await this.#unit();
    return { device, unit, methods: METHODS.filter((name) => this.#methodOf(name) !== undefined) };
  }

  async look(): Promise<LadsLook> {
    const unit = await this.#unit();
    const { state, running, active, lock, sensors } = unit;
    await this.#lock.renew(unit);
    const { wanted, read } = this.#reader();
    const [start, server] = [wanted(START_TIME), wanted(SERVER_STATE)];
    const outer = [wanted(state.current), wanted(state.currentId)] as const;
    const inner = [wanted(running?.current), wanted(running?.currentId)] as const;
    const names = ["DeviceProgramRunId", "CurrentStepName", "CurrentRuntime", "EstimatedRuntime"];
    const [runId, step, runtime, estimated] = names.map((name) => wanted(active.get(name)));
    const [locked, client, user] = ["Locked", "LockingClient", "LockingUser"].map((name) =>
      wanted(lock.get(name)),
    );
    const values = [...sensors].map(([name, node]) => [name, wanted(node)] as const);
    await read();
    const readings = values.flatMap(([name, value]) => {
      const number = numberOf(value());
      return number === undefined ? [] : [[name, number] as const];
    });
    const boot = start() instanceof Date ? (start() as Date).toISOString() : "";
    const stateName = await this.#stateOf(outer);
    const isLocked = locked?.() === true && !this.#lock.isHeld;
    return {
      ...{ boot, serves: server() === RUNNING },
      state: UNIT_STATES.find((one) => one === stateName) as UnitState | undefined,
      running: running === undefined ? undefined : await this.#stateOf(inner),
      ...{ runId: textOf(runId?.()), step: textOf(step?.()) },
      ...{ runtime_ms: numberOf(runtime?.()), estimated_ms: numberOf(estimated?.()) },
      readings: Object.fromEntries(readings),
      lockedBy: isLocked ? (textOf(user?.()) ?? textOf(client?.()) ?? "somebody") : undefined,
    };
  }

  async start({ program, jobId, taskId, properties, sampleIds }: LadsOrder): Promise<string> {
    const { state, startProgram } = await this.#unit();
    const { DataType, VariantArrayType } = this.#opcua;
    const text = (value: string) => ({ dataType: DataType["String"], value });
    const list = (value: object[]) => ({
      ...{ dataType: DataType["ExtensionObject"], arrayType: VariantArrayType["Array"], value },
    });
    const namespace = await this.#namespace();
    const structure = (type: "KeyValue" | "SampleInfo", fields: readonly string[]) =>
      structureOf(this.#opcua, namespace, type, fields);
    const [runId] = await this.#session.call(state.nodeId, startProgram, [
      text(program),
      list(properties.map((pair) => structure("KeyValue", pair))),
      ...[text(jobId), text(taskId)],
      list(sampleIds.map((id, k) => structure("SampleInfo", ["", id, `${k + 1}`, ""]))),
    ]);
    return String(runId ?? "");
  }

  async call(method: LadsMethod): Promise<void> {
    const { unit } = await this.#unit();
    const found = this.#methodOf(method);
    if (found === undefined) throw refusedByDevice(`${unit} has no ${method}`);
    await this.#session.call(found.objectId, found.methodId, []);
  }

  async lock(context: string): Promise<void> {
    await this.#lock.take(await this.#unit(), context);
  }

  async unlock(): Promise<void> {
    await this.#lock.give(await this.#unit());
  }

  async runs(): Promise<readonly LadsRun[]> {
    return await this.#runs.all((await this.#unit()).resultSet);
  }

  async contents(nodeId: string): Promise<LadsContents> {
    const until_ms = this.#clock.now_ms() + FILES_TIMEOUTS * this.#address.timeout_ms;
    const hasTime = (): boolean => this.#clock.now_ms() < until_ms;
    return await readContents(this.#session, this.#opcua, nodeId, hasTime);
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  async #unit(): Promise<UnitNodes> {
    this.#nodes ??= await findUnit(this.#session, this.#address);
    return this.#nodes;
  }

  #methodOf(name: LadsMethod): { objectId: NodeId; methodId: NodeId } | undefined {
    const machine: Machine | undefined =
      name === "Hold" || name === "Unhold" ? this.#nodes?.running : this.#nodes?.state;
    const methodId = machine?.methods.get(name);
    return machine && methodId && { objectId: machine.nodeId, methodId };
  }

  /** Collects what is wanted, reads it in one request, and gives each its value; `undefined` where it is not good. */
  #reader() {
    const nodes: (NodeId | string)[] = [];
    let values: DataValue[] = [];
    const wanted = (node: NodeId | string | undefined): (() => unknown) => {
      if (node === undefined) return () => undefined;
      const k = nodes.push(node) - 1;
      return () => (isGood(values[k]?.statusCode) ? values[k]?.value.value : undefined);
    };
    const read = async (): Promise<void> => {
      values = await this.#session.read(nodes);
    };
    return { wanted, read };
  }

  /** By the state's node, whose name the specification gives; by its text where the server names no node. */
  async #stateOf([text, id]: readonly [() => unknown, () => unknown]): Promise<string | undefined> {
    const node = id() as NodeId | null | undefined;
    const key = String(node ?? "");
    const known = this.#stateNames.get(key);
    const isNamed = node !== null && node !== undefined;
    const name = known ?? (isNamed ? await this.#session.browseName(node) : "");
    if (name === "") return textOf(text());
    this.#stateNames.set(key, name);
    return name;
  }

  async #namespace(): Promise<number> {
    const [array] = await this.#session.read(["i=2255"]);
    const found = isGood(array?.statusCode) ? ((array?.value.value ?? []) as string[]) : [];
    const index = Array.from(found).indexOf(LADS);
    if (index < 0) throw refusedByDevice(`it has no namespace ${LADS}`);
    return index;
  }
}

/** A text, localized or not; empty is none. */
function textOf(value: unknown): string | undefined {
  const text =
    typeof value === "object" && value !== null ? (value as { text?: unknown }).text : value;
  return typeof text === "string" && text !== "" ? text : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
