import type { LadsContents, LadsRun, LadsVariable } from "./lads-link.ts";
import type { DataValue, NodeId, OpcUaModule, Reference } from "./opcua-module.ts";
import type { Session } from "./session.ts";
import { type Children, childrenOf } from "./unit-nodes.ts";

const FIELDS = [
  ...["DeviceProgramRunId", "SupervisoryJobId", "SupervisoryTaskId"],
  ...["Stopped", "TotalRuntime", "EstimatedRuntime"],
] as const;
/** A time at or before this is none: OPC UA's null is 1601, and servers leave it at their epoch. */
const NO_TIME_ms = Date.UTC(1971, 0, 1);
/** Files larger than this stay on the device. */
const FILE_BYTES_MAX = 64 << 20;
const CHUNK_BYTES = 1 << 16;

/** The result objects of a unit: where their fields lie is asked once each, their values each time. */
export class RunList {
  readonly #session: Session;
  readonly #fields = new Map<string, Children>();

  constructor(session: Session) {
    this.#session = session;
  }

  forget(): void {
    this.#fields.clear();
  }

  async all(resultSet: NodeId): Promise<LadsRun[]> {
    const [found = []] = await this.#session.children([resultSet]);
    const fresh = found.filter(({ nodeId }) => !this.#fields.has(String(nodeId)));
    const inside = await this.#session.children(fresh.map(({ nodeId }) => nodeId));
    for (const [k, references] of inside.entries())
      this.#fields.set(String(fresh[k]?.nodeId), namesOf(references));
    const present = found.map(({ nodeId }) => String(nodeId));
    const runs = present.filter((id) => this.#fields.get(id)?.has("SupervisoryJobId"));
    const nodes = runs.flatMap((id) => FIELDS.map((name) => this.#fields.get(id)?.get(name)));
    const asked = nodes.filter((node) => node !== undefined);
    const values = new Map<NodeId, DataValue>();
    for (const [k, value] of (await this.#session.read(asked)).entries())
      values.set(asked[k] as NodeId, value);
    return runs.map((nodeId) => {
      const field = (name: (typeof FIELDS)[number]): unknown => {
        const node = this.#fields.get(nodeId)?.get(name);
        const value = node && values.get(node);
        return value?.statusCode.isGood() === true ? value.value.value : undefined;
      };
      const text = (name: (typeof FIELDS)[number]): string => String(field(name) ?? "");
      const time = (name: (typeof FIELDS)[number]): number | undefined =>
        typeof field(name) === "number" ? (field(name) as number) : undefined;
      const stopped = field("Stopped");
      return {
        ...{ nodeId, runId: text("DeviceProgramRunId"), jobId: text("SupervisoryJobId") },
        taskId: text("SupervisoryTaskId"),
        isOver: stopped instanceof Date && stopped.getTime() > NO_TIME_ms,
        ...{ total_ms: time("TotalRuntime"), estimated_ms: time("EstimatedRuntime") },
      };
    });
  }
}

/** The variables and files of one result. */
export async function readContents(
  session: Session,
  opcua: OpcUaModule,
  nodeId: string,
): Promise<LadsContents> {
  const inside = await childrenOf(session, nodeId);
  const variables = inside.get("VariableSet");
  const files = inside.get("FileSet");
  const got = files === undefined ? [] : await readFiles(session, opcua, files);
  return {
    variables: variables === undefined ? [] : await readVariables(session, variables),
    files: got.filter((one) => "bytes" in one),
    missing: got.flatMap((one) => ("bytes" in one ? [] : [one.name])),
  };
}

async function readVariables(session: Session, set: NodeId): Promise<LadsVariable[]> {
  const all = [...(await childrenOf(session, set))].filter(([name]) => name !== "NodeVersion");
  const nodes = all.map(([, nodeId]) => nodeId);
  const values = await session.read(nodes);
  const properties = await session.children(nodes);
  const read: LadsVariable[] = [];
  for (const [k, [name]] of all.entries()) {
    const range = namesOf(properties[k] ?? []).get("EURange");
    const [limits] = range === undefined ? [] : await session.read([range]);
    const { low, high } = (limits?.value.value ?? {}) as { low?: number; high?: number };
    const value = plain(values[k]?.value.value);
    const status = values[k]?.statusCode.name ?? "Bad";
    read.push({ name, value, status, low, high });
  }
  return read;
}

async function readFiles(session: Session, opcua: OpcUaModule, set: NodeId) {
  const found: ({ name: string; bytes: Uint8Array } | { name: string })[] = [];
  for (const [browseName, nodeId] of await childrenOf(session, set)) {
    if (browseName === "NodeVersion") continue;
    const inside = await childrenOf(session, nodeId);
    const [label] = await session.read([...(inside.has("Name") ? [inside.get("Name")!] : [])]);
    const name = typeof label?.value.value === "string" ? label.value.value : browseName;
    const file = inside.get("File");
    const bytes = file === undefined ? undefined : await readFile(session, opcua, file);
    found.push(bytes === undefined ? { name } : { name, bytes });
  }
  return found;
}

/** By `FileType`'s Open, Read and Close (OPC 10000-5, C.2); `undefined` where it is too large. */
async function readFile(session: Session, { DataType }: OpcUaModule, file: NodeId) {
  const methods = await childrenOf(session, file);
  const [open, read, close] = ["Open", "Read", "Close"].map((name) => methods.get(name));
  if (open === undefined || read === undefined || close === undefined) return undefined;
  const handle = async (): Promise<object> => {
    const [value] = await session.call(file, open, [{ dataType: DataType["Byte"], value: 1 }]);
    return { dataType: DataType["UInt32"], value };
  };
  const own = await handle();
  const parts: Buffer[] = [];
  let bytes = 0;
  const length = { dataType: DataType["Int32"], value: CHUNK_BYTES };
  for (let last = CHUNK_BYTES; last === CHUNK_BYTES && bytes <= FILE_BYTES_MAX; ) {
    const [part] = await session.call(file, read, [own, length]);
    const chunk = Buffer.isBuffer(part) ? part : Buffer.alloc(0);
    parts.push(chunk);
    bytes += chunk.length;
    last = chunk.length;
  }
  await session.call(file, close, [own]);
  return bytes > FILE_BYTES_MAX ? undefined : Buffer.concat(parts);
}

function namesOf(references: readonly Reference[]): Children {
  return new Map(references.map((one) => [one.browseName.name ?? "", one.nodeId]));
}

/** Typed arrays become lists. */
function plain(value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
}
