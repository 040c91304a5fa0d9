import { LabError } from "../../../src/core/errors.ts";
import type { LadsAddress, LadsMethod } from "./lads-link.ts";
import type { NodeId } from "./opcua-module.ts";
import type { Session } from "./session.ts";

const OBJECTS = "i=85";
export const METHODS: readonly LadsMethod[] = ["Stop", "Abort", "Hold", "Unhold"];

/** Where everything of one functional unit lies; what is optional in the specification may be absent. */
export interface UnitNodes {
  readonly device: string;
  readonly unit: string;
  readonly state: Machine;
  readonly running: Machine | undefined;
  readonly startProgram: NodeId;
  readonly active: Children;
  readonly resultSet: NodeId;
  readonly lockId: NodeId | undefined;
  readonly lock: Children;
  /** Values of the functions that are wanted, by the functions' names. */
  readonly sensors: Children;
}

/** Children by their browse names; namespaces are not compared: names of one object are of its type. */
export type Children = ReadonlyMap<string, NodeId>;

export interface Machine {
  readonly nodeId: NodeId;
  readonly current: NodeId;
  readonly currentId: NodeId | undefined;
  readonly methods: Children;
}

/** Finds the unit by its names from `Objects` on. TL-3202 where the server has none, or several and none was named. */
export async function findUnit(session: Session, wanted: LadsAddress): Promise<UnitNodes> {
  const { at, program } = wanted;
  const objects = await childrenOf(session, OBJECTS);
  const set = objects.get("DeviceSet");
  if (set === undefined) throw notMeant(`${at} has no DeviceSet: it is no LADS server`);
  const devices: [string, NodeId][] = [];
  for (const [name, nodeId] of await childrenOf(session, set)) {
    const units = (await childrenOf(session, nodeId)).get("FunctionalUnitSet");
    if (units !== undefined) devices.push([name, units]);
  }
  const [device, units] = theOne(devices, wanted.device, `device of ${at}`, "device");
  const all = [...(await childrenOf(session, units))].filter(([name]) => name !== "NodeVersion");
  const [unit, nodeId] = theOne(all, wanted.unit, `functional unit of ${device}`, "functionalUnit");
  const inside = await childrenOf(session, nodeId);
  const manager = await childrenOf(session, need(inside, "ProgramManager", unit));
  await checkProgram(session, need(manager, "ProgramTemplateSet", unit), program, unit);
  const state = await machineAt(session, need(inside, "FunctionalUnitState", unit), unit);
  need(state.methods, "Stop", unit, "nobody could stop what it runs");
  const within = state.methods.get("RunningStateMachine");
  const lock = inside.get("Lock");
  return {
    ...{ device, unit, state, startProgram: need(state.methods, "StartProgram", unit) },
    running: within === undefined ? undefined : await machineAt(session, within, unit),
    active: await childrenOf(session, need(manager, "ActiveProgram", unit)),
    resultSet: need(manager, "ResultSet", unit),
    lockId: lock,
    lock: lock === undefined ? new Map() : await childrenOf(session, lock),
    sensors: await sensorsOf(session, inside.get("FunctionSet"), wanted.sensors ?? [], unit),
  };
}

/** A sensor shows what it measures, a controller what it has reached (OPC 30500-1, 7.4 and 7.5). */
const VALUES = ["SensorValue", "CurrentValue"];

async function sensorsOf(
  session: Session,
  set: NodeId | undefined,
  wanted: readonly string[],
  unit: string,
): Promise<Children> {
  if (wanted.length === 0) return new Map();
  const functions = set === undefined ? new Map<string, NodeId>() : await childrenOf(session, set);
  const found = new Map<string, NodeId>();
  for (const name of wanted) {
    const nodeId = functions.get(name);
    const inside = nodeId === undefined ? undefined : await childrenOf(session, nodeId);
    const value = VALUES.map((one) => inside?.get(one)).find((one) => one !== undefined);
    const names = [...functions.keys()].filter((one) => one !== "NodeVersion").join(", ") || "none";
    if (value === undefined)
      throw notMeant(`${unit} has no function ${name} with a value; it has ${names}`);
    found.set(name, value);
  }
  return found;
}

export async function childrenOf(session: Session, nodeId: NodeId | string): Promise<Children> {
  const [references = []] = await session.children([nodeId]);
  return new Map(references.map((one) => [one.browseName.name ?? "", one.nodeId]));
}

async function machineAt(session: Session, nodeId: NodeId, unit: string): Promise<Machine> {
  const methods = await childrenOf(session, nodeId);
  const current = need(methods, "CurrentState", unit);
  const currentId = (await childrenOf(session, current)).get("Id");
  return { nodeId, current, currentId, methods };
}

/** The program that jobs start must be there; where the device shows no templates at all, it will say so itself. */
async function checkProgram(
  session: Session,
  set: NodeId,
  program: string,
  unit: string,
): Promise<void> {
  const templates = await childrenOf(session, set);
  const ids: string[] = [];
  for (const [name, nodeId] of templates) {
    const id = (await childrenOf(session, nodeId)).get("DeviceTemplateId");
    if (id === undefined) continue;
    const [value] = await session.read([id]);
    ids.push(typeof value?.value.value === "string" ? value.value.value : name);
  }
  if (ids.length > 0 && !ids.includes(program))
    throw notMeant(`${unit} has no program ${program}; it has ${ids.join(", ")}`);
}

function theOne(
  all: readonly (readonly [string, NodeId])[],
  wanted: string | undefined,
  what: string,
  key: string,
): readonly [string, NodeId] {
  const names = all.map(([name]) => name).join(", ");
  const found = wanted === undefined ? all : all.filter(([name]) => name === wanted);
  const [one] = found;
  if (one !== undefined && found.length === 1) return one;
  if (wanted !== undefined) throw notMeant(`there is no ${what} called ${wanted}, but ${names}`);
  throw notMeant(`name the ${what} with \`${key}\`: there are ${names === "" ? "none" : names}`);
}

function need(children: Children, name: string, unit: string, why = "it runs no programs"): NodeId {
  const found = children.get(name);
  if (found === undefined) throw notMeant(`${unit} has no ${name}: ${why}`);
  return found;
}

function notMeant(text: string): LabError {
  return new LabError("TL-3202", text);
}
