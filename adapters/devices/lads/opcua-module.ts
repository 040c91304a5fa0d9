import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { LabError } from "../../../src/core/errors.ts";

/** The part of `node-opcua` that is used; the package is optional, so its types are not there. */
export interface OpcUaModule {
  readonly OPCUAClient: { create(options: object): OpcUaClient };
  readonly OPCUACertificateManager: new (options: object) => object;
  readonly DataType: Readonly<Record<string, number>>;
  readonly VariantArrayType: Readonly<Record<string, number>>;
  coerceNodeId(text: string): NodeId;
  readonly OpaqueStructure: OpaqueStructure;
}

/** A node's address, as text where it crosses into our own code. */
export interface NodeId {
  readonly namespace: number;
  toString(): string;
}

export interface OpcUaClient {
  connect(url: string): Promise<void>;
  createSession(): Promise<OpcUaSession>;
  disconnect(): Promise<void>;
  on(event: string, listener: () => void): void;
}

export interface StatusCode {
  readonly name: string;
  readonly value: number;
}

export interface DataValue {
  readonly value: { readonly value: unknown };
  readonly statusCode: StatusCode;
}

export interface Reference {
  readonly nodeId: NodeId;
  readonly browseName: { readonly name: string | null };
}

export interface BrowseResult {
  readonly references: readonly Reference[] | null;
  readonly continuationPoint: Buffer | null;
}

export interface OpcUaSession {
  read(nodes: readonly { nodeId: NodeId | string; attributeId: number }[]): Promise<DataValue[]>;
  browse(nodes: readonly object[]): Promise<BrowseResult[]>;
  browseNext(point: Buffer, release: boolean): Promise<BrowseResult>;
  call(request: object): Promise<{
    readonly statusCode: StatusCode;
    readonly outputArguments?: readonly { readonly value: unknown }[] | null;
  }>;
}

/**
 * Good is a severity, the two highest bits (OPC 10000-4, 7.39): also GoodClamped, GoodCompletesAsynchronously, and Good with information bits.
 * node-opcua's own `isGood()` holds for the code 0 alone (finding `node-opcua-only-zero-is-good`).
 */
export function isGood(status: StatusCode | undefined): boolean {
  return status !== undefined && status.value >>> 30 === 0;
}

/** A structure by the number of its encoding: it needs no dictionary of the server. */
export type OpaqueStructure = new (encoding: NodeId, body: Buffer) => object;

/**
 * `node-opcua` as it is installed: beside Tieline, or in one of `folders` (where the configuration lies). TL-3202 where it is not: 74 MB
 * that only laboratories with such devices need.
 */
export async function loadOpcUa(folders: readonly string[]): Promise<OpcUaModule> {
  for (const from of [import.meta.url, ...folders.map((folder) => join(folder, "index.js"))]) {
    const file = resolveFrom(from, "node-opcua");
    const structures = file && resolveFrom(file, "node-opcua-extension-object");
    if (file === undefined || structures === undefined) continue;
    const parts = await importFile<Pick<OpcUaModule, "OpaqueStructure">>(structures);
    return { ...(await importFile<OpcUaModule>(file)), OpaqueStructure: parts.OpaqueStructure };
  }
  throw new LabError("TL-3202", "A LADS device needs the package node-opcua, which is not there", {
    hint: "npm install node-opcua@2.186.4, beside Tieline or in the folder of the configuration.",
  });
}

function resolveFrom(from: string, name: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}

async function importFile<T>(file: string): Promise<T> {
  return (await import(pathToFileURL(file).href)) as T;
}
