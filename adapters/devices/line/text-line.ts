import type { Duplex } from "node:stream";
import type { Clock, Timers } from "../../../src/core/clock.ts";
import { LabError } from "../../../src/core/errors.ts";

/** `urgent` goes ahead of everything that waits: a stop. */
export type Lane = "urgent" | "normal";

export interface TextLineOptions {
  readonly connect: (signal: AbortSignal) => Promise<Duplex>;
  readonly ending: string;
  /** An answer that takes longer is not believed any more, and neither is the connection. */
  readonly timeout_ms: number;
  readonly gap_ms: number;
  /** Rest after a broken connection. */
  readonly quiet_ms: number;
  readonly clock: Clock & Timers;
  /** On every new connection, before anything else is asked. */
  readonly verify: (ask: (question: string) => Promise<string>) => Promise<void>;
}

interface Waiting {
  readonly words: string;
  readonly isQuestion: boolean;
  readonly resolve: (answer: string) => void;
  readonly reject: (error: unknown) => void;
}

/** An answer is short; a device that goes on for longer has lost its place. */
const ANSWER_BYTES_MAX = 4096;

/**
 * One question in flight: nothing ties an answer to its question, so one late answer would shift all that follow. Whatever is late,
 * comes twice or unasked ends the connection, and the next begins with a question whose answer is known. One connection is all
 * that such devices have.
 */
export class TextLine {
  readonly #options: TextLineOptions;
  readonly #waiting: Record<Lane, Waiting[]> = { urgent: [], normal: [] };
  #connection: Duplex | undefined;
  #heard = "";
  #onBytes: () => void = () => {};
  #onEnd: (why: string) => void = () => {};
  #quietUntil_ms = 0;
  #urgentWorks = 0;
  #isPumping = false;
  #isClosed = false;

  constructor(options: TextLineOptions) {
    this.#options = options;
  }

  /** The answer, without its ending. TL-3201 where it is late, TL-3203 where the line breaks. */
  ask(question: string, lane: Lane = "normal"): Promise<string> {
    return this.#queue(question, true, lane);
  }

  /** Tells something; nothing is answered, so whoever tells asks afterwards. */
  async tell(words: string, lane: Lane = "normal"): Promise<void> {
    await this.#queue(words, false, lane);
  }

  /** Nothing but `urgent` words leave until the work is done: between what a stop tells and asks there is no poll. */
  async urgently(work: () => Promise<void>): Promise<void> {
    this.#urgentWorks++;
    try {
      await work();
    } finally {
      this.#urgentWorks--;
      void this.#pump();
    }
  }

  /** Gives the connection up: what was read on it is not to be believed. */
  distrust(why: string): void {
    this.#drop(why);
  }

  close(): void {
    this.#isClosed = true;
    this.#drop("the line was closed");
    for (const lane of [this.#waiting.urgent, this.#waiting.normal])
      for (const one of lane.splice(0)) one.reject(brokenError("the line was closed"));
  }

  #queue(words: string, isQuestion: boolean, lane: Lane): Promise<string> {
    if (this.#isClosed) return Promise.reject(brokenError("the line was closed"));
    return new Promise((resolve, reject) => {
      this.#waiting[lane].push({ words, isQuestion, resolve, reject });
      void this.#pump();
    });
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      try {
        await this.#connect();
        next.resolve(await this.#exchange(next.words, next.isQuestion));
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
    const { urgent, normal } = this.#waiting;
    return urgent.shift() ?? (this.#urgentWorks === 0 ? normal.shift() : undefined);
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
        throw brokenError(`it cannot be reached: ${String(cause)}`, cause);
      })
      .finally(cancel);
    if (this.#isClosed) {
      connection.destroy();
      throw brokenError("the line was closed");
    }
    this.#connection = connection;
    this.#heard = "";
    connection.on("data", (chunk: Uint8Array) => {
      if (this.#connection !== connection) return;
      this.#heard += Buffer.from(chunk).toString("latin1");
      this.#onBytes();
    });
    connection.on("close", () => {
      if (this.#connection === connection) this.#drop("the connection was closed");
    });
    this.#onBytes = this.#unasked;
    try {
      await verify((question) => this.#exchange(question, true));
    } catch (error) {
      this.#drop("the device did not answer as itself");
      throw error;
    }
  }

  readonly #unasked = (): void => this.#drop("an answer that nobody asked for");

  async #exchange(words: string, isQuestion: boolean): Promise<string> {
    const { clock, timeout_ms, ending } = this.#options;
    const connection = this.#connection;
    if (connection === undefined) throw brokenError("the connection was closed");
    if (!isQuestion) {
      connection.write(`${words}${ending}`);
      return "";
    }
    let cancel = (): void => {};
    try {
      return await new Promise<string>((resolve, reject) => {
        const fail = (error: LabError, why: string): void => {
          reject(error);
          this.#onEnd = () => {};
          this.#drop(why);
        };
        this.#onEnd = (why) => reject(brokenError(why));
        this.#onBytes = () => {
          const end = this.#heard.indexOf("\n");
          if (end < 0 && this.#heard.length < ANSWER_BYTES_MAX) return;
          if (end !== this.#heard.length - 1) {
            const why = end < 0 ? "an answer without an end" : "more than one answer came";
            return fail(brokenError(why), why);
          }
          const answer = this.#heard.slice(0, end).replace(/\r$/, "").trim();
          this.#heard = "";
          resolve(answer);
        };
        cancel = clock.schedule(clock.now_ms() + timeout_ms, () =>
          fail(lateError(words, timeout_ms), "a late answer"),
        );
        connection.write(`${words}${ending}`);
      });
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

function lateError(question: string, timeout_ms: number): LabError {
  const what = `The device did not answer ${question} within ${timeout_ms} ms`;
  return new LabError("TL-3201", what, { retryable: true });
}

function brokenError(why: string, cause?: unknown): LabError {
  const what = `The line to the device broke: ${why}`;
  return new LabError("TL-3203", what, { retryable: true, cause });
}
