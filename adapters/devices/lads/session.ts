import { LabError } from "../../../src/core/errors.ts";
import { refusedByDevice } from "./lads-link.ts";
import {
  type BrowseResult,
  type DataValue,
  isGood,
  type NodeId,
  type OpcUaClient,
  type OpcUaModule,
  type OpcUaSession,
  type Reference,
} from "./opcua-module.ts";

/** Attributes (OPC 10000-6, A.1). */
const BROWSE_NAME = 3;
const VALUE = 13;
/** Nodes asked for in one request: servers have limits of their own, and this is below those that are usual. */
const AT_ONCE = 100;

export interface SessionOptions {
  readonly opcua: OpcUaModule;
  readonly url: string;
  /** Where the client keeps its certificate: it makes one on its own. */
  readonly certificates: string;
  readonly timeout_ms: number;
}

/**
 * One session with one server, made when it is needed. Every request has a deadline; whatever is late or broken ends the connection, and the
 * next request makes another: a session that restores itself would hide that the server was away, and answer from its next life.
 */
export class Session {
  readonly #options: SessionOptions;
  #open: Promise<{ client: OpcUaClient; session: OpcUaSession }> | undefined;
  /** Which session it is: what a server ties to one ends with it. */
  #connections = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get connections(): number {
    return this.#connections;
  }

  async read(nodes: readonly (NodeId | string)[]): Promise<DataValue[]> {
    return await this.#readAll(nodes.map((nodeId) => ({ nodeId, attributeId: VALUE })));
  }

  /** Empty where the server does not say. */
  async browseName(nodeId: NodeId): Promise<string> {
    const [name] = await this.#readAll([{ nodeId, attributeId: BROWSE_NAME }]);
    if (!isGood(name?.statusCode)) return "";
    return (name?.value.value as { name?: string } | undefined)?.name ?? "";
  }

  /** What lies below each node, by any reference that means "has". */
  async children(nodes: readonly (NodeId | string)[]): Promise<Reference[][]> {
    const found: Reference[][] = [];
    for (const part of chunks(nodes)) {
      const asked = part.map((nodeId) => ({
        ...{ nodeId, referenceTypeId: "i=33", includeSubtypes: true },
        ...{ browseDirection: 0, nodeClassMask: 0, resultMask: 63 },
      }));
      const results = await this.#ask("browse", (session) => session.browse(asked));
      for (const result of results) found.push(await this.#rest(result));
    }
    return found;
  }

  /** TL-3203 with the device's word where it refuses. */
  async call(objectId: NodeId, methodId: NodeId, inputArguments: object[]): Promise<unknown[]> {
    const request = { objectId, methodId, inputArguments };
    const { statusCode, outputArguments } = await this.#ask("call", (session) =>
      session.call(request),
    );
    if (!isGood(statusCode)) throw refusedByDevice(statusCode.name);
    return (outputArguments ?? []).map(({ value }) => value);
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    const client = (await open?.catch(() => undefined))?.client;
    await within(client?.disconnect(), 1000, "").catch(() => {});
  }

  async #readAll(nodes: { nodeId: NodeId | string; attributeId: number }[]): Promise<DataValue[]> {
    const found: DataValue[] = [];
    for (const part of chunks(nodes))
      found.push(...(await this.#ask("read", (session) => session.read(part))));
    return found;
  }

  async #rest({ references, continuationPoint }: BrowseResult): Promise<Reference[]> {
    const found = [...(references ?? [])];
    for (let point = continuationPoint; point !== null && point.length > 0; ) {
      const here = point;
      const more = await this.#ask("browse", (session) => session.browseNext(here, false));
      found.push(...(more.references ?? []));
      point = more.continuationPoint;
    }
    return found;
  }

  async #ask<T>(what: string, request: (session: OpcUaSession) => Promise<T>): Promise<T> {
    const { timeout_ms, url } = this.#options;
    this.#open ??= this.#connect();
    const own = this.#open;
    try {
      const { session } = await within(own, timeout_ms, `${url} does not answer`);
      return await within(request(session), timeout_ms, `${url} did not answer a ${what}`);
    } catch (error) {
      if (error instanceof LabError && error.code === "TL-3202") throw error;
      this.#drop(own);
      if (error instanceof LabError) throw error;
      throw new LabError("TL-3203", `${url}: ${(error as Error).message}`, { cause: error });
    }
  }

  #drop(own: Promise<{ client: OpcUaClient }>): void {
    if (this.#open === own) this.#open = undefined;
    own.then(({ client }) => client.disconnect()).catch(() => {});
  }

  async #connect(): Promise<{ client: OpcUaClient; session: OpcUaSession }> {
    const { opcua, url, certificates, timeout_ms } = this.#options;
    this.#connections += 1;
    const client = opcua.OPCUAClient.create({
      ...{ applicationName: "Tieline", endpointMustExist: false, keepSessionAlive: true },
      clientCertificateManager: new opcua.OPCUACertificateManager({ rootFolder: certificates }),
      connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 100 },
      ...{ requestedSessionTimeout: 60_000, transportTimeout: timeout_ms },
    });
    try {
      await within(client.connect(url), timeout_ms, `${url} does not answer`);
      const session = await within(client.createSession(), timeout_ms, `${url} opens no session`);
      return { client, session };
    } catch (error) {
      client.disconnect().catch(() => {});
      throw error;
    }
  }
}

function chunks<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / AT_ONCE);
  return Array.from({ length: count }, (_, k) => all.slice(k * AT_ONCE, (k + 1) * AT_ONCE));
}

/** TL-3201 where it takes longer. */
async function within<T>(work: Promise<T> | undefined, ms: number, why: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LabError("TL-3201", `${why} within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work as Promise<T>, late]);
  } finally {
    clearTimeout(timer);
  }
}
