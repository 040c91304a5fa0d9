import { isRefusal, refusedByDevice } from "./lads-link.ts";
import type { NodeId, OpcUaModule } from "./opcua-module.ts";
import type { Session } from "./session.ts";
import type { UnitNodes } from "./unit-nodes.ts";

/** `InitLockStatus` of a lock that was given (OPC 10000-100, 7.5). */
const GIVEN = 0;

/**
 * The lock of one unit, held against other clients while a job runs (OPC 10000-100, 7). It belongs to the session in which it was given,
 * and ends with it.
 */
export class UnitLock {
  readonly #session: Session;
  readonly #opcua: OpcUaModule;
  #heldIn: number | undefined;

  constructor(session: Session, opcua: OpcUaModule) {
    this.#session = session;
    this.#opcua = opcua;
  }

  get isHeld(): boolean {
    return this.#heldIn === this.#session.connections;
  }

  /** Refused where the unit has no lock, or somebody else has it. */
  async take(nodes: UnitNodes, context: string): Promise<void> {
    if (this.isHeld) return;
    const { DataType } = this.#opcua;
    const status = await this.#call(nodes, "InitLock", [
      { dataType: DataType["String"], value: context },
    ]);
    if (status !== GIVEN) throw refusedByDevice(`${nodes.unit} gives no lock (${status})`);
    this.#heldIn = this.#session.connections;
  }

  /** Before it expires; where the server has taken it back, it is not held any more. */
  async renew(nodes: UnitNodes): Promise<void> {
    if (!this.isHeld) return;
    const status = await this.#call(nodes, "RenewLock", []).catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      return undefined;
    });
    if (status !== GIVEN) this.#heldIn = undefined;
  }

  async give(nodes: UnitNodes): Promise<void> {
    if (!this.isHeld) return;
    this.#heldIn = undefined;
    await this.#call(nodes, "ExitLock", []);
  }

  async #call({ lock, lockId, unit }: UnitNodes, name: string, given: object[]): Promise<unknown> {
    const method: NodeId | undefined = lock.get(name);
    if (lockId === undefined || method === undefined)
      throw refusedByDevice(`${unit} has no ${name}`);
    const [status] = await this.#session.call(lockId, method, given);
    return status;
  }
}
