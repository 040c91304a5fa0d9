import type { Duplex } from "node:stream";
import type { Clock, Timers } from "../../src/core/clock.ts";
import { LabError } from "../../src/core/errors.ts";

/** `urgent` goes ahead of everything that waits: a stop. */
export type Lane = "urgent" | "normal";

/** What the bytes that have come so far are. */
export type Heard<Answer> =
  | { readonly kind: "more" }
  | { readonly kind: "answer"; readonly answer: Answer; readonly length: number }
  /** Not to be understood, or not an answer to what was asked: the connection is not to be believed any more. */
  | { readonly kind: "disorder"; readonly why: string };

/** One question on its way. */
export interface Exchange<Answer> {
  readonly bytes: Uint8Array | string;
  /** Finds the answer in what came; absent: nothing is answered. */
  readonly find?: ((heard: Uint8Array) => Heard<Answer>) | undefined;
}

export interface QuestionLineOptions<Question, Answer> {
  readonly connect: (signal: AbortSignal) => Promise<Duplex>;
  /** Wraps a question; called once each time that it is sent. */
  readonly say: (question: Question) => Exchange<Answer>;
  /** Throws for a question that must never be sent: a mistake of ours, not the device's. */
  readonly check?: ((question: Question) => void) | undefined;
  /** A question for people: `read register 7`, `KRDG? A`. */
  readonly name: (question: Question) => string;
  /** How long to rest before the same is asked again, ms; `undefined`: the error stands. `times`: how often it was asked. */
  readonly again?: ((error: unknown, times: number) => number | undefined) | undefined;
  /** An answer that takes longer is not believed any more, and neither is the connection. */
  readonly timeout_ms: number;
  /** Rest between an answer and the next question; slow controllers need it. */
  readonly gap_ms: number;
  /** After a broken connection: how long a late answer may still be on its way through a serial converter. */
  readonly quiet_ms: number;
  readonly clock: Clock & Timers;
  /** On every new connection, before anything else is asked: asks what only this device answers. */
  readonly verify: (ask: (question: Question) => Promise<Answer>) => Promise<void>;
}

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One question in flight. Nothing ties an answer to its question, so one late answer would shift all that follow: whatever is late,
 * broken, comes twice or unasked ends the connection, and the next begins with a question whose answer is known. One connection is
 * all that many such devices have.
 */
export class QuestionLine<Question, Answer> {
  readonly #options: QuestionLineOptions<Question, Answer>;
  readonly #waiting: Record<Lane, Waiting<Question, Answer>[]> = { urgent: [], normal: [] };
  #connection: Duplex | undefined;
  #heard: Uint8Array = new Uint8Array(0);
  #onBytes: () => void = () => {};
  #onEnd: (why: string) => void = () => {};
  #quietUntil_ms = 0;
  /** An answer to something earlier may still be on its way. */
  #isOwed = false;
  #urgentWorks = 0;
  #isPumping = false;
  #isClosed = false;

  constructor(options: QuestionLineOptions<Question, Answer>) {
    this.#options = options;
  }

  /**
   * The answer. TL-3201 where it is late, TL-3203 where the line breaks or the answer is none; throws at once what `check` throws.
   */
  ask(question: Question, lane: Lane = "normal"): Promise<Answer> {
    this.#options.check?.(question);
    return this.#queue(question, lane) as Promise<Answer>;
  }

  /** Tells something that is not answered, so whoever tells asks afterwards. */
  async tell(question: Question, lane: Lane = "normal"): Promise<void> {
    await this.#queue(question, lane);
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

  /** Gives the connection up: what was read on it is not to be believed. The next question connects anew. */
  distrust(why: string): void {
    this.#isOwed = true;
    this.#drop(why);
  }

  close(): void {
    this.#isClosed = true;
    this.#drop("the line was closed");
    for (const lane of [this.#waiting.urgent, this.#waiting.normal])
      for (const one of lane.splice(0)) one.reject(brokenError("the line was closed"));
  }

  #queue(question: Question, lane: Lane): Promise<Answer | undefined> {
    if (this.#isClosed) return Promise.reject(brokenError("the line was closed"));
    return new Promise((resolve, reject) => {
      this.#waiting[lane].push({ question, resolve, reject });
      void this.#pump();
    });
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      try {
        await this.#connect();
        next.resolve(await this.#exchange(next.question));
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

  #next(): Waiting<Question, Answer> | undefined {
    const { urgent, normal } = this.#waiting;
    return urgent.shift() ?? (this.#urgentWorks === 0 ? normal.shift() : undefined);
  }

  async #connect(): Promise<void> {
    if (this.#connection !== undefined) return;
    const { clock, timeout_ms, connect, verify, quiet_ms } = this.#options;
    // No longer than it was meant to be, although the computer's clock may have been set back meanwhile.
    await this.#pause(Math.min(quiet_ms, this.#quietUntil_ms - clock.now_ms()));
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
      if (this.#isOwed) await this.#listen();
      await verify(async (question) => (await this.#exchange(question)) as Answer);
    } catch (error) {
      this.#drop("the device did not answer as itself");
      throw error;
    }
  }

  /**
   * A converter gives what it still holds to whoever is connected: nothing is asked before that has had its time, or it would stand
   * in the place of the first answer, and every later one would be its predecessor's.
   */
  async #listen(): Promise<void> {
    const connection = this.#connection;
    await this.#pause(this.#options.quiet_ms);
    if (this.#connection !== connection)
      throw brokenError("an answer to an earlier question came, or the connection was closed");
    this.#isOwed = false;
  }

  /** Bytes while nothing was asked: somebody's late answer. */
  readonly #unasked = (): void => this.#drop("an answer that nobody asked for");

  async #exchange(question: Question): Promise<Answer | undefined> {
    for (let times = 1; ; times++) {
      try {
        return await this.#exchangeOnce(question);
      } catch (error) {
        const pause_ms = this.#options.again?.(error, times);
        if (pause_ms === undefined) throw error;
        await this.#pause(pause_ms);
      }
    }
  }

  async #exchangeOnce(question: Question): Promise<Answer | undefined> {
    const { say, clock, timeout_ms } = this.#options;
    const connection = this.#connection;
    if (connection === undefined) throw brokenError("the connection was closed");
    const { bytes, find } = say(question);
    if (find === undefined) {
      connection.write(bytes);
      return undefined;
    }
    let cancel = (): void => {};
    try {
      return await new Promise<Answer>((resolve, reject) => {
        const fail = (error: LabError, why: string): void => {
          this.#isOwed = true;
          reject(error);
          this.#onEnd = () => {};
          this.#drop(why);
        };
        this.#onEnd = (why) => {
          this.#isOwed = true;
          reject(brokenError(why));
        };
        this.#onBytes = () => {
          let found: Heard<Answer>;
          try {
            found = find(this.#heard);
          } catch (error) {
            // A device that understood and said no: its words are whole, the connection stays good.
            this.#heard = new Uint8Array(0);
            if (error instanceof LabError) return reject(error);
            return fail(brokenError(textOf(error), error), "an answer to something else");
          }
          if (found.kind === "more") return;
          if (found.kind === "disorder") return fail(brokenError(found.why), found.why);
          const isJoined = this.#heard.length > found.length;
          if (isJoined) return fail(brokenError("more than one answer came"), "two answers");
          this.#heard = new Uint8Array(0);
          resolve(found.answer);
        };
        cancel = clock.schedule(clock.now_ms() + timeout_ms, () =>
          fail(lateError(this.#options.name(question), timeout_ms), "a late answer"),
        );
        connection.write(bytes);
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

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function lateError(question: string, timeout_ms: number): LabError {
  const what = `The device did not answer within ${timeout_ms} ms (${question})`;
  return new LabError("TL-3201", what, { retryable: true });
}

function brokenError(why: string, cause?: unknown): LabError {
  const what = `The line to the device broke: ${why}`;
  return new LabError("TL-3203", what, { retryable: true, cause });
}
