import type { Duplex } from "node:stream";
import type { Clock, Timers } from "../../../src/core/clock.ts";
import { LabError } from "../../../src/core/errors.ts";
import type { Framing } from "./framing.ts";
import {
  decodeAnswer,
  encodeRequest,
  ModbusException,
  type ModbusRequest,
} from "./protocol-data.ts";

export interface ModbusLineOptions {
  readonly connect: (signal: AbortSignal) => Promise<Duplex>;
  readonly framing: Framing;
  readonly unit: number;
  /** An answer that takes longer is not believed any more, and neither is the connection. */
  readonly timeout_ms: number;
  /** Rest between an answer and the next request; slow controllers need it. */
  readonly gap_ms: number;
  /** After a broken connection: how long a late answer may still be on its way through a serial converter. */
  readonly quiet_ms: number;
  readonly clock: Clock & Timers;
  /** On every new connection, before anything else is asked: reads what only this device answers. */
  readonly verify: (ask: Ask) => Promise<void>;
}

export type Ask = (request: ModbusRequest) => Promise<number[]>;

/** `urgent` goes ahead of everything that waits: a stop. */
export type Lane = "urgent" | "normal";

interface Waiting {
  readonly request: ModbusRequest;
  readonly resolve: (words: number[]) => void;
  readonly reject: (error: unknown) => void;
}

/** A device that is busy is asked again so often, each time after a longer pause. */
const BUSY = { times: 4, pause_ms: 50 };

/**
 * One request in flight. RTU over TCP has nothing that ties an answer to its question, so one late answer would shift all that
 * follow: whatever is late, broken or unasked for ends the connection, and the next one begins with a question whose answer is known.
 */
export class ModbusLine {
  readonly #options: ModbusLineOptions;
  readonly #waiting: Record<Lane, Waiting[]> = { urgent: [], normal: [] };
  #connection: Duplex | undefined;
  #heard: Uint8Array = new Uint8Array(0);
  #onBytes: () => void = () => {};
  #onEnd: (why: string) => void = () => {};
  #transaction = 0;
  #quietUntil_ms = 0;
  #isPumping = false;
  #isClosed = false;

  constructor(options: ModbusLineOptions) {
    this.#options = options;
  }

  /** The registers read or written. TL-3203 where the device refuses or does not answer as asked, TL-3201 where it is late. */
  ask(request: ModbusRequest, lane: Lane = "normal"): Promise<number[]> {
    encodeRequest(request);
    if (this.#isClosed) return Promise.reject(brokenError("the line was closed"));
    return new Promise((resolve, reject) => {
      this.#waiting[lane].push({ request, resolve, reject });
      void this.#pump();
    });
  }

  /** Gives the connection up: what was read on it is not to be believed. The next request connects anew. */
  distrust(why: string): void {
    this.#drop(why);
  }

  close(): void {
    this.#isClosed = true;
    this.#drop("the line was closed");
    this.#refuseAll(brokenError("the line was closed"));
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      try {
        await this.#connect();
        next.resolve(await this.#exchange(next.request));
        await this.#pause(this.#options.gap_ms);
      } catch (error) {
        next.reject(error);
        // What waited behind a broken connection is old; only a stop is tried whatever happens.
        if (this.#connection === undefined)
          for (const one of this.#waiting.normal.splice(0)) one.reject(error);
      }
    }
    this.#isPumping = false;
  }

  #next(): Waiting | undefined {
    return this.#waiting.urgent.shift() ?? this.#waiting.normal.shift();
  }

  #refuseAll(error: LabError): void {
    for (const lane of [this.#waiting.urgent, this.#waiting.normal])
      for (const one of lane.splice(0)) one.reject(error);
  }

  async #connect(): Promise<void> {
    if (this.#connection !== undefined) return;
    const { clock, timeout_ms, connect, verify } = this.#options;
    await this.#pause(this.#quietUntil_ms - clock.now_ms());
    const abort = new AbortController();
    const cancel = clock.schedule(clock.now_ms() + timeout_ms, () => abort.abort());
    const connection = await connect(abort.signal)
      .catch((cause: unknown) => {
        if (cause instanceof LabError) throw cause;
        const why = abort.signal.aborted ? `not within ${timeout_ms} ms` : String(cause);
        throw brokenError(`it cannot be reached: ${why}`, cause);
      })
      .finally(cancel);
    if (this.#isClosed) {
      connection.destroy();
      throw brokenError("the line was closed");
    }
    this.#connection = connection;
    this.#heard = new Uint8Array(0);
    connection.on("data", (chunk: Uint8Array) => {
      if (this.#connection !== connection) return;
      this.#heard = Buffer.concat([this.#heard, chunk]);
      this.#onBytes();
    });
    connection.on("close", () => {
      if (this.#connection === connection) this.#drop("the connection was closed");
    });
    this.#onBytes = this.#unasked;
    try {
      await verify((request) => this.#exchange(request));
    } catch (error) {
      this.#drop("the device did not answer as itself");
      throw error;
    }
  }

  /** Bytes while nothing was asked: somebody's late answer. */
  readonly #unasked = (): void => this.#drop("an answer that nobody asked for");

  async #exchange(request: ModbusRequest): Promise<number[]> {
    for (let times = 1; ; times++) {
      try {
        return await this.#exchangeOnce(request);
      } catch (error) {
        if (!(error instanceof ModbusException) || !error.isBusy || times >= BUSY.times)
          throw error;
        await this.#pause(BUSY.pause_ms * times);
      }
    }
  }

  async #exchangeOnce(request: ModbusRequest): Promise<number[]> {
    const { framing, unit, clock, timeout_ms } = this.#options;
    const connection = this.#connection;
    if (connection === undefined) throw brokenError("the connection was closed");
    this.#transaction = (this.#transaction + 1) & 0xffff;
    const asked = { request, unit, transaction: this.#transaction };
    let cancel = (): void => {};
    try {
      const pdu = await new Promise<Uint8Array>((resolve, reject) => {
        const fail = (error: LabError, why: string): void => {
          reject(error);
          this.#onEnd = () => {};
          this.#drop(why);
        };
        this.#onEnd = (why) => reject(brokenError(why));
        this.#onBytes = () => {
          const found = framing.unwrap(this.#heard, asked);
          if (found.kind === "more") return;
          if (found.kind === "disorder") return fail(brokenError(found.why), found.why);
          const isJoined = this.#heard.length > found.length;
          if (isJoined) return fail(brokenError("more than one answer came"), "two answers");
          this.#heard = new Uint8Array(0);
          resolve(found.pdu);
        };
        cancel = clock.schedule(clock.now_ms() + timeout_ms, () =>
          fail(lateError(request, timeout_ms), "a late answer"),
        );
        connection.write(framing.wrap(encodeRequest(request), unit, asked.transaction));
      });
      return decodeAnswer(request, pdu);
    } catch (error) {
      if (!(error instanceof LabError)) {
        this.#drop("an answer to something else");
        throw brokenError(error instanceof Error ? error.message : String(error), error);
      }
      throw error;
    } finally {
      cancel();
      this.#onBytes = this.#unasked;
      this.#onEnd = () => {};
    }
  }

  #drop(why: string): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#connection = undefined;
    const { clock, quiet_ms } = this.#options;
    this.#quietUntil_ms = clock.now_ms() + quiet_ms;
    connection.destroy();
    this.#onEnd(why);
  }

  async #pause(wait_ms: number): Promise<void> {
    if (!(wait_ms > 0)) return;
    const { clock } = this.#options;
    await new Promise<void>((resolve) => {
      clock.schedule(clock.now_ms() + wait_ms, resolve);
    });
  }
}

function lateError({ kind, address }: ModbusRequest, timeout_ms: number): LabError {
  return new LabError(
    "TL-3201",
    `The device did not answer within ${timeout_ms} ms (${kind} register ${address})`,
    { retryable: true },
  );
}

function brokenError(why: string, cause?: unknown): LabError {
  return new LabError("TL-3203", `The line to the device broke: ${why}`, {
    retryable: true,
    cause,
  });
}
