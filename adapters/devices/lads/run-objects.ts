import type { LadsContents, LadsRun, LadsVariable } from "./lads-link.ts";
import {
  type DataValue,
  isGood,
  type NodeId,
  type OpcUaModule,
  type Reference,
  type StatusCode,
} from "./opcua-module.ts";
import { readFiles } from "./run-files.ts";
import type { Session } from "./session.ts";
import { type Children, childrenOf } from "./unit-nodes.ts";

/** Its upper 16 bits. */
const LOCAL_OVERRIDE = 0x0096;
const FIELDS = [
  ...["DeviceProgramRunId", "SupervisoryJobId", "SupervisoryTaskId"],
  ...["Stopped", "TotalRuntime", "EstimatedRuntime"],
] as const;
/** A time at or before this is none: OPC UA's null is 1601, and servers leave it at their epoch. */
const NO_TIME_ms = Date.UTC(1971, 0, 1);

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
        return isGood(value?.statusCode) ? value?.value.value : undefined;
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
  hasTime: () => boolean,
): Promise<LadsContents> {
  const inside = await childrenOf(session, nodeId);
  const variables = inside.get("VariableSet");
  const files = inside.get("FileSet");
  const got = { files: [], missing: [] };
  return {
    variables: variables === undefined ? [] : await readVariables(session, variables),
    ...(files === undefined ? got : await readFiles(session, opcua, files, hasTime)),
  };
}

async function readVariables(session: Session, set: NodeId): Promise<LadsVariable[]> {
  const all = [...(await childrenOf(session, set))].filter(([name]) => name !== "NodeVersion");
  const nodes = all.map(([, nodeId]) => nodeId);
  const values = await session.read(nodes);
  const properties = await session.children(nodes);
  const ranges = properties.map((own) => namesOf(own).get("EURange"));
  const limits = await session.read(ranges.filter((node) => node !== undefined));
  return all.map(([name], k) => {
    const range = ranges[k] === undefined ? undefined : rangeOf(limits.shift());
    const value = plain(values[k]?.value.value);
    return { name, value, status: wordOf(values[k]?.statusCode), range };
  });
}

function rangeOf(read: DataValue | undefined): LadsVariable["range"] {
  const { low, high } = (read?.value.value ?? {}) as { low?: number; high?: number };
  return { low, high, status: wordOf(read?.statusCode) };
}

/**
 * `Good` where the device stands by what it measured, its own word otherwise. GoodLocalOverride (OPC 10000-8) is of good severity, but was put
 * in by hand: no measurement.
 */
function wordOf(status: StatusCode | undefined): string {
  if (status === undefined) return "Bad";
  const isMeasured = isGood(status) && status.value >>> 16 !== LOCAL_OVERRIDE;
  return isMeasured ? "Good" : status.name;
}

function namesOf(references: readonly Reference[]): Children {
  return new Map(references.map((one) => [one.browseName.name ?? "", one.nodeId]));
}

/** Typed arrays become lists. */
function plain(value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
}
