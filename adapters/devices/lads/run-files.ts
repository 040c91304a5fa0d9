import type { LabError } from "../../../src/core/errors.ts";
import { isRefusal, type LadsContents } from "./lads-link.ts";
import { isGood, type NodeId, type OpcUaModule } from "./opcua-module.ts";
import type { Session } from "./session.ts";
import { childrenOf } from "./unit-nodes.ts";

/** Files larger than this stay at the device. */
const FILE_BYTES_MAX = 64 << 20;
const CHUNK_BYTES = 1 << 16;

type Files = Pick<LadsContents, "files" | "missing">;

/** The files of one `FileSet`; what cannot be had stays at the device, and is told with the reason. */
export async function readFiles(
  session: Session,
  opcua: OpcUaModule,
  set: NodeId,
  hasTime: () => boolean,
): Promise<Files> {
  const files: Files["files"][number][] = [];
  const missing: string[] = [];
  for (const [browseName, nodeId] of await childrenOf(session, set)) {
    if (browseName === "NodeVersion") continue;
    const inside = await childrenOf(session, nodeId);
    const [label] = await session.read([...(inside.has("Name") ? [inside.get("Name")!] : [])]);
    const said = isGood(label?.statusCode) ? label?.value.value : undefined;
    const name = typeof said === "string" && said !== "" ? said : browseName;
    const found = await readFile(session, opcua, inside.get("File"), hasTime).catch(
      (error: unknown) => {
        // A broken connection is another matter: the whole result is asked for again.
        if (!isRefusal(error)) throw error;
        return (error as LabError).message;
      },
    );
    if (typeof found === "string") missing.push(`${name} (${found})`);
    else files.push({ name, bytes: found });
  }
  return { files, missing };
}

/** By `FileType`'s Open, Read and Close (OPC 10000-20, 4.2); or why it cannot be had. */
async function readFile(
  session: Session,
  opcua: OpcUaModule,
  file: NodeId | undefined,
  hasTime: () => boolean,
): Promise<Uint8Array | string> {
  if (file === undefined) return "the device holds no copy of it";
  const methods = await childrenOf(session, file);
  const [open, read, close] = ["Open", "Read", "Close"].map((name) => methods.get(name));
  if (open === undefined || read === undefined || close === undefined)
    return `the device gives no ${open === undefined ? "Open" : read === undefined ? "Read" : "Close"}`;
  const { DataType } = opcua;
  const [value] = await session.call(file, open, [{ dataType: DataType["Byte"], value: 1 }]);
  const handle = { dataType: DataType["UInt32"], value };
  const length = { dataType: DataType["Int32"], value: CHUNK_BYTES };
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    while (bytes <= FILE_BYTES_MAX) {
      const [part] = await session.call(file, read, [handle, length]);
      // A short part is not the last one: only an empty one is.
      if (!Buffer.isBuffer(part) || part.length === 0) return Buffer.concat(parts);
      if (!hasTime()) return "it takes too long";
      parts.push(part);
      bytes += part.length;
    }
  } finally {
    await session.call(file, close, [handle]).catch(() => {});
  }
  return `more than ${FILE_BYTES_MAX >> 20} MB`;
}
