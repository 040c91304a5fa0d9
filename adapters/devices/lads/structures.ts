import type { OpcUaModule } from "./opcua-module.ts";

/** Binary encodings of LADS' structures by their numbers, which no version of a nodeset may change (OPC 30500-1, 8.1 and 8.2). */
const ENCODINGS = { KeyValue: 5045, SampleInfo: 5042 } as const;

/** A structure of strings, in its binary encoding: a server need not describe its types for it. */
export function structureOf(
  { OpaqueStructure, coerceNodeId }: Pick<OpcUaModule, "OpaqueStructure" | "coerceNodeId">,
  namespace: number,
  type: keyof typeof ENCODINGS,
  fields: readonly string[],
): object {
  const body = Buffer.concat(fields.map(encodeString));
  return new OpaqueStructure(coerceNodeId(`ns=${namespace};i=${ENCODINGS[type]}`), body);
}

/** Length in bytes, then UTF-8 (OPC 10000-6, 5.2.2.4). */
function encodeString(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  const length = Buffer.alloc(4);
  length.writeInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}
