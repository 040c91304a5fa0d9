import type { ChildProcess } from "node:child_process";
import type { Clock, Timers } from "../../../src/core/clock.ts";
import { type ErrorCode, LabError } from "../../../src/core/errors.ts";
import { startProcess } from "../../system/start-process.ts";
import type {
  LadsAddress,
  LadsContents,
  LadsLink,
  LadsLook,
  LadsMethod,
  LadsOrder,
  LadsRun,
  LadsUnit,
} from "./lads-link.ts";

/** What the process is told at its start. */
export interface ProcessSettings {
  readonly address: LadsAddress;
  /** Where `node-opcua` may lie, beside ours. */
  readonly folders: readonly string[];
  readonly certificates: string;
}

/** One call, and its answer under the same number. */
export interface Asked {
  readonly id: number;
  readonly verb: keyof LadsLink;
  readonly with: unknown;
}
export interface Answered {
  readonly id: number;
  readonly value?: unknown;
  readonly problem?: { readonly code: ErrorCode; readonly message: string; readonly hint: string };
}

export interface LadsProcessOptions extends ProcessSettings {
  readonly clock: Clock & Timers;
  /** Default: the program beside this module. */
  readonly start?: (settings: ProcessSettings) => ChildProcess;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** `node-opcua` takes two seconds of CPU to load, which a busy computer may make a minute. */
const LOAD_ms = 120_000;
/** A call takes several requests, each within its own time; a process that is silent for longer than them hangs, and is ended. */
const CALLS_MAX = 6;

/**
 * A LADS device asked by a process of its own: `node-opcua` takes 100 MB and seconds of CPU to load, and its faults stay there. The
 * process is started by the first call, and again by the first after its end.
 */
export class LadsProcess implements LadsLink {
  readonly #options: LadsProcessOptions;
  readonly #waiting = new Map<number, Waiting>();
  #child: { process: ChildProcess; ready: Promise<void>; isReady: boolean } | undefined;
  #asked = 0;

  constructor(options: LadsProcessOptions) {
    this.#options = options;
  }

  open(): Promise<LadsUnit> {
    return this.#ask("open");
  }

  look(): Promise<LadsLook> {
    return this.#ask("look");
  }

  start(order: LadsOrder): Promise<string> {
    return this.#ask("start", order);
  }

  call(method: LadsMethod): Promise<void> {
    return this.#ask("call", method);
  }

  lock(context: string): Promise<void> {
    return this.#ask("lock", context);
  }

  unlock(): Promise<void> {
    return this.#ask("unlock");
  }

  runs(): Promise<readonly LadsRun[]> {
    return this.#ask("runs");
  }

  contents(nodeId: string): Promise<LadsContents> {
    return this.#ask("contents", nodeId);
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    // One that still loads has opened nothing.
    if (child.isReady) await this.#ask("close").catch(() => {});
    this.#end(child.process, "the gateway has ended");
  }

  async #ask<T>(verb: keyof LadsLink, argument?: unknown): Promise<T> {
    const { clock, address } = this.#options;
    const { process: child, ready } = this.#started();
    await ready;
    // It was ended meanwhile: nobody would answer.
    if (this.#child?.process !== child) throw endedError("the process has been ended");
    const id = ++this.#asked;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    const cancel = clock.schedule(clock.now_ms() + CALLS_MAX * address.timeout_ms, () =>
      this.#end(child, `the process for ${address.at} did not answer`),
    );
    child.send({ id, verb, with: argument } satisfies Asked, (error) => {
      if (error !== null) this.#end(child, error.message);
    });
    try {
      return (await answer) as T;
    } finally {
      cancel();
      this.#waiting.delete(id);
    }
  }

  #started(): { readonly process: ChildProcess; readonly ready: Promise<void> } {
    if (this.#child !== undefined) return this.#child;
    const { address, folders, certificates, clock, start = launch } = this.#options;
    const child = start({ address, folders, certificates });
    const ready = new Promise<void>((resolve, reject) => {
      // Number 0 is nobody's call: its answer is the first word of the process.
      this.#waiting.set(0, { resolve: () => resolve(), reject });
    });
    const late = `the process for ${address.at} did not start`;
    const cancel = clock.schedule(clock.now_ms() + LOAD_ms, () => this.#end(child, late));
    const started = { process: child, ready, isReady: false };
    this.#child = started;
    ready.then(
      () => {
        cancel();
        started.isReady = true;
      },
      () => cancel(),
    );
    child.on("message", (said) => this.#hear(said as Answered));
    child.on("error", (error) => this.#end(child, error.message));
    child.on("exit", () => this.#end(child, `the process for ${address.at} has ended`));
    return started;
  }

  #hear({ id, value, problem }: Answered): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    if (problem === undefined) waiting.resolve(value);
    else waiting.reject(errorOf(problem));
  }

  /** Nobody knows whether what was asked of it is carried out. */
  #end(child: ChildProcess, why: string): void {
    if (this.#child?.process !== child) return;
    this.#child = undefined;
    child.kill("SIGKILL");
    for (const { reject } of this.#waiting.values()) reject(endedError(why));
    this.#waiting.clear();
  }
}

function endedError(why: string): LabError {
  return new LabError("TL-3201", why, { retryable: true });
}

function errorOf({ code, message, hint }: NonNullable<Answered["problem"]>): LabError {
  return new LabError(code, message, { hint, retryable: code !== "TL-3202" });
}

function launch(settings: ProcessSettings): ChildProcess {
  return startProcess(import.meta.url, "lads-client-process", [JSON.stringify(settings)]);
}
